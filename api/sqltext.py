"""Text that belongs to a statement's structure (names, braces, separators): written into it, never bound.

What comes from a caller is a value and is always bound. The alphabet allowed here cannot end a literal.
"""

import re

from sqlalchemy import ColumnElement, Text, literal_column

_HARMLESS = re.compile(r"[ -&(-\[\]-~\n]*")  # printable ASCII without quote and backslash


def known_text(text: str) -> ColumnElement[str]:
    """A text literal of the statement."""
    assert _HARMLESS.fullmatch(text), f"{text!r} is no structure"
    return literal_column(f"'{text}'", Text())

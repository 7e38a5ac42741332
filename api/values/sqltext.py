"""Text that belongs to a statement's structure (names, braces, separators): written into it, never bound.

What comes from a caller is a value and is always bound. The alphabet allowed in a literal cannot end it.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

_HARMLESS = re.compile(r"[ -&(-\[\]-~\n]*")  # printable ASCII without quote and backslash


def quoted(text: str) -> str:
    """A text literal as SQL writes it."""
    assert _HARMLESS.fullmatch(text), f"{text!r} is no structure"
    return f"'{text}'"


def known_text(text: str) -> ColumnElement[str]:
    """A text literal of the statement."""
    return literal_column(quoted(text), Text())


class Phrase(ColumnElement[str]):
    """A text expression as it is written: SQL around the expressions in it.

    A big selection is made of thousands of small expressions; SQLAlchemy's own elements for each cast, function and
    operator take three times as long to build and to compile. Which tables are read the statement around it says.
    """

    inherit_cache = False
    type = Text()

    def __init__(self, *parts: str | ColumnElement[Any]) -> None:
        self.parts = parts


@compiles(Phrase)
def _compile_phrase(phrase: Phrase, compiler: SQLCompiler, **options: Any) -> str:
    written: list[str] = []
    for part in phrase.parts:
        if isinstance(part, str):
            written.append(part)
        elif isinstance(part, Phrase):
            written.append(_compile_phrase(part, compiler, **options))
        else:
            written.append(compiler.process(part, **options))
    return "".join(written)

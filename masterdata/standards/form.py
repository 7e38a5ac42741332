"""What a standard says of a text: how it is written, or why it is none.

One identifier is typed in many ways: with spaces, in small letters, with a prefix or without. It is kept in one, so
that equal means the same. A reading is that one form, or the words for whoever typed it: what is wrong, and how a right
one looks.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """Why a text is not what it should be; reads on from the text itself, as in `'12' has 2 digits, not 13`."""

    why: str


Reading = str | Wrong
"""The form in which a value is kept, or why it is none."""

Standard = Callable[[str], Reading]
"""Reads a value by a standard."""


def without(text: str, separators: str) -> str:
    """The text in capitals, without separators and the space around it."""
    return "".join(each for each in text.strip().upper() if each not in separators)


def is_digits(text: str) -> bool:
    """Whether it is made of the digits 0 to 9 alone: other scripts have digits too."""
    return text.isascii() and text.isdigit()

"""Text brought to one form, so that spelling alone makes no difference."""

import re
import unicodedata

_UNDIVIDED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Letters that Unicode does not take apart into a plain one and a mark."""
_UNHEARD = re.compile(r"['`\u2019\u00b4]|(?<=\b\w)\.(?=\w\b)")
"""Apostrophes, and the dots within S.A."""
_SEPARATORS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Lower case, no accents, words apart by one space: `Société Générale S.A.` is `societe generale sa`.

    Apostrophes and the dots of an abbreviation hold a word together (O'Neill, S.A.); everything else that is no letter
    or digit parts it.
    """
    bare = text.lower() if text.isascii() else _without_marks(text)
    return _SEPARATORS.sub(" ", _UNHEARD.sub("", bare)).strip()


def _without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_UNDIVIDED)


def words(text: str) -> list[str]:
    """The words of the folded text."""
    return folded(text).split()


def digits(text: str) -> str:
    """The digits alone, in ASCII: `(0312) 555-0199` is `03125550199`."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter in "0123456789")

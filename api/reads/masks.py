"""Masks: what is shown of a value that the reader may not see, as SQL over the value.

A mask is made in the database, so that what it hides never leaves it. A text shows its last four characters if it has
more than four. A number shows the power of ten below it, with its sign; one between -1 and 1 shows 0. What a mask makes
nothing of is null: half a date, say.
"""

from typing import Any

from sqlalchemy import ColumnElement

from api.reads.kinds import NUMBERS, STRING, Kind
from api.values.sqltext import Phrase
from authz.fields import Mask


def masked(mask: Mask, kind: Kind, value: ColumnElement[Any]) -> ColumnElement[str] | None:
    """The masked value as text, NULL where there is none; None if it is always NULL."""
    if mask is Mask.LAST4 and kind is STRING:
        return _last_four(value)
    if mask is Mask.BUCKET and kind in NUMBERS:
        return _power_of_ten(value)
    return None


def _last_four(value: ColumnElement[Any]) -> ColumnElement[str]:
    return Phrase("CASE WHEN length(", value, ") > 4 THEN right(", value, ", 4) END")


def _power_of_ten(value: ColumnElement[Any]) -> ColumnElement[str]:
    """By the digits before the point, which is exact; a logarithm is not. No power is below NaN or infinity."""
    number = Phrase("CAST(", value, " AS numeric)")
    digits = Phrase("length(CAST(trunc(abs(", number, ")) AS text))")
    return Phrase(
        "CASE WHEN ", number, " IN ('NaN', 'Infinity', '-Infinity') THEN NULL WHEN abs(", number, ") < 1 THEN '0' ",
        "ELSE CASE WHEN ", number, " < 0 THEN '-' ELSE '' END || rpad('1', ", digits, ", '0') END",
    )  # fmt: skip

"""Values that a compiler of reads gets wrong: what ends a literal, breaks JSON, ties, overflows, or is not a number.

The first and the last day that Python knows are left out: asyncpg takes them for PostgreSQL's infinities.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import BigInteger, Column

HOSTILE = "quote ' double \" backslash \\ newline \n tab \t bell \x07 \u2028 é 😀 '; DROP TABLE item; -- $1 %s :x {}"
TEXTS: Sequence[str] = (
    "", " ", "A", "B", "a", "b", "ab", "abc", "Zebra", "zebra", "éclair", "ÀÉ", "ß", "İ", "😀", "日本語",
    "%", "_", "a%", "a_b", "'", '"', "\\", "\\\\", "\\u0041", "\\n", "null", "true", "{}", "[1]", "$1", ":x", "%s",
    "\x01", "\x1f\x7f", "\r\n", "\u0080", "\u2028\u2029", "\ufeff", "\uffff", "SO-1", "SO-10", "SO-2",
    "x" * 300, '\\"' * 40, HOSTILE,
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "JPY")
COUNTRIES = ("DE", "US")
GTINS = ("00000096385074", "00036000291452", "04006381333931", "10012345678902")
NO_NUMBERS = tuple(map(Decimal, ("NaN", "Infinity", "-Infinity")))
DECIMALS: Sequence[Decimal] = (
    *map(Decimal, ("0", "0.00", "1", "1", "1.0", "1.50", "2", "2.5", "3", "10", "10.000", "99.99", "-1", "-0.5")),
    *map(Decimal, ("NaN", "NaN", "Infinity", "Infinity", "-Infinity", "-12345.678900", "0.00000000000000000001")),
    *map(Decimal, ("123456789012345678901234567890.123456789", f"-{'9' * 70}")),
)
SMALL_INTEGERS = (0, 1, 1, 2, 3, 3, 7, 100, -1, 2**31 - 1, -(2**31))
LARGE_INTEGERS = (0, 1, 1, 2, 12, 2**31, 2**53 - 1, 2**62 - 1, -(2**62), -1)
DAYS = (date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 1), date(2024, 2, 29), date(1, 1, 2), date(9999, 12, 30))
INSTANTS: Sequence[datetime] = (
    datetime(2026, 1, 31, 12, tzinfo=UTC),
    datetime(2026, 1, 31, 12, tzinfo=UTC),
    datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 1, 31, 12, 0, 0, 100_000, tzinfo=UTC),
    datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(1, 1, 2, 0, 0, 0, 20, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_990, tzinfo=UTC),
)
OBJECTS: Sequence[dict[str, Any]] = (
    {},
    {"b": 1, "aa": None, "a": [True, {"": HOSTILE}]},
    {"n": 2**53 - 1, "f": 0.1, "e": 1e300, "z": -0.0},
    {'k"\\': "\x1f", "日本": [], "nested": {"deep": {"er": ["", 0]}}},
)
NULL_SHARE = 0.35
_BY_TYPE: Mapping[type, Sequence[Any]] = {
    str: TEXTS,
    bool: (True, False),
    Decimal: DECIMALS,
    date: DAYS,
    datetime: INSTANTS,
    object: OBJECTS,
}
PERIODS = ("[2026-01-31 12:00+00,)", "[2026-01-31 12:00+00,2026-03-29 01:30:00.000001+00)")
_BY_NAME: Mapping[str, Sequence[Any]] = {
    "valid_during": PERIODS,
    "changed": ([], ["name"], ["name", HOSTILE]),
    "needs": ([1], [1, 2]),
    "currency": CURRENCIES,
    "pair_limit_currency": CURRENCIES,
    "country": COUNTRIES,
    "gtin": GTINS,
}


def values_of(column: Column[Any]) -> Sequence[Any]:
    """The values to draw from for a column that is not a key."""
    if column.name in _BY_NAME:
        return _BY_NAME[column.name]
    if column.type.python_type is int:
        return LARGE_INTEGERS if isinstance(column.type, BigInteger) else SMALL_INTEGERS
    return _BY_TYPE[column.type.python_type]


def is_listed(column: Column[Any]) -> bool:
    """Whether the values of a column are given for its name."""
    return column.name in _BY_NAME


def drawn(rng: Random, column: Column[Any]) -> Any:
    """A value of a column; texts are sometimes made of two, so that there are enough for a unique one."""
    value = rng.choice(values_of(column))
    if isinstance(value, str) and column.name not in _BY_NAME and rng.random() < 0.5:
        return value + rng.choice(TEXTS)
    return value

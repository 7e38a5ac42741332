"""Kinds of values: how a column's SQL type becomes a GraphQL type, JSON text in SQL, and a value in a cursor.

JSON text is concatenated by PostgreSQL, so every kind says how to write one non-null value of its SQL type as JSON.
Numbers with decimals are strings; instants are ISO 8601 in UTC; text is quoted by PostgreSQL's own to_json.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import String, TypeEngine

from api.values.scalars import JSON, BigInt, parse_day, parse_instant, parse_uuid, storable
from api.values.sqltext import Phrase, quoted

Piece = ColumnElement[str] | str
"""Part of a JSON text: an SQL expression, or text that is known when the statement is built."""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of value. `annotation` is its strawberry type; `revive` makes the Python value of a cursor's JSON."""

    name: str
    annotation: Any
    sql_type: TypeEngine[Any]
    pieces: Callable[[ColumnElement[Any]], tuple[Piece, ...]]
    revive: Callable[[Any], Any] | None = None


def _bare(value: ColumnElement[Any]) -> tuple[Piece, ...]:
    return (as_text(value),)


def _quoted(value: ColumnElement[Any]) -> tuple[Piece, ...]:
    return ('"', as_text(value), '"')


def _escaped(value: ColumnElement[Any]) -> tuple[Piece, ...]:
    return (Phrase("CAST(to_json(", value, ") AS TEXT)"),)


def _instant(value: ColumnElement[Any]) -> tuple[Piece, ...]:
    return (Phrase("rtrim(CAST(to_json(timezone('UTC', ", value, ")) AS TEXT), '\"')"), 'Z"')


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return storable(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not a boolean")
    return value


def _whole(value: Any, *, bits: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        raise ValueError(f"not a whole number of {bits} bits")
    return value


def _number(value: Any) -> Decimal:
    """Whatever a row may hold, of any length: more than the API takes for an input."""
    if not _NUMBER.fullmatch(_text(value)):
        raise ValueError("not a number")
    return Decimal(value)


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?|NaN|-?Infinity")


BOOLEAN = Kind("Boolean", bool, Boolean(), _bare, _boolean)
INT = Kind("Int", int, Integer(), _bare, partial(_whole, bits=32))
BIG_INT = Kind("BigInt", BigInt, BigInteger(), _bare, partial(_whole, bits=64))
DECIMAL = Kind("Decimal", Decimal, Numeric(), _quoted, _number)
STRING = Kind("String", str, Text(), _escaped, _text)
CASELESS = Kind("CaselessString", str, Text(), _escaped, _text)
"""A text that is compared in lower case, and kept so in a column of its own."""
DATE = Kind("Date", date, Date(), _quoted, parse_day)
DATE_TIME = Kind("DateTime", datetime, DateTime(timezone=True), _instant, parse_instant)
UUID_ = Kind("UUID", UUID, Uuid(), _quoted, parse_uuid)
JSON_ = Kind("JSON", JSON, JSONB(), _bare)

NUMBERS = frozenset({INT, BIG_INT, DECIMAL})

_BY_SQL_TYPE: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, BOOLEAN),
    (BigInteger, BIG_INT),
    (Integer, INT),
    (Numeric, DECIMAL),
    (String, STRING),
    (Date, DATE),
    (DateTime, DATE_TIME),
    (Uuid, UUID_),
    (JSONB, JSON_),
)


def has_kind(sql_type: TypeEngine[Any]) -> bool:
    """Whether the API can show a column of this type as it is; lists and ranges are shown by expressions over them."""
    return isinstance(sql_type, tuple(known for known, _ in _BY_SQL_TYPE))


def kind_of(sql_type: TypeEngine[Any]) -> Kind:
    """The kind of a column. Integer is Int; BigInteger is BigInt, since GraphQL's Int has 32 bits."""
    for known, kind in _BY_SQL_TYPE:
        if isinstance(sql_type, known):
            return kind
    raise AssertionError(f"no GraphQL kind for {sql_type!r}")


def enum_kind(shown_enum: type[StrEnum]) -> Kind:
    """A text column with a closed set of values, shown as an enum.

    A member's value is what the column holds; its name is what GraphQL shows, and is the value in capitals.
    """
    for member in shown_enum:
        assert member.name == str(member.value).upper(), f"{shown_enum.__name__}.{member.name} is {member.value!r}"
    stored_as_shown = all(member.name == member.value for member in shown_enum)
    shown = _quoted if stored_as_shown else lambda value: ('"', Phrase("upper(", value, ")"), '"')
    return Kind(shown_enum.__name__, shown_enum, Text(), shown)


def json_value(kind: Kind, value: ColumnElement[Any], *, nullable: bool) -> tuple[Piece, ...]:
    """The JSON text of a value; SQL's NULL, which would swallow the whole concatenation, becomes null."""
    pieces = kind.pieces(value)
    return (or_null(joined(pieces)),) if nullable else pieces


def as_text(value: ColumnElement[Any]) -> ColumnElement[str]:
    """A value as PostgreSQL writes it."""
    return Phrase("CAST(", value, " AS TEXT)")


def joined(pieces: Iterable[Piece]) -> ColumnElement[str]:
    """One concatenation of all pieces, with neighbouring known texts merged."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    terms = [quoted(piece) if isinstance(piece, str) else piece for piece in merged]
    return Phrase("(", terms[0], *chain.from_iterable((" || ", term) for term in terms[1:]), ")")


def json_object(members: Iterable[tuple[str, Iterable[Piece]]]) -> Iterator[Piece]:
    """The JSON text of an object from its keys and their values. Directives may have left no member."""
    yield "{"
    for position, (key, value) in enumerate(members):
        yield f'{"," if position else ""}"{key}":'
        yield from value
    yield "}"


def json_name(name: str) -> tuple[Piece]:
    """The JSON text of a name of the schema."""
    return (f'"{name}"',)


def or_null(text: ColumnElement[str]) -> ColumnElement[str]:
    """The text, or JSON's null."""
    return Phrase("coalesce(", text, ", 'null')")

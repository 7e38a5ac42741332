"""Scalars of the API: what each looks like in JSON, and what is refused at the edge, before any SQL.

A Decimal travels as a string, so that no client rounds it. An instant is UTC, ISO 8601, with `Z`. Text may hold neither
NUL nor lone surrogates, which PostgreSQL cannot store.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError, GraphQLID, GraphQLScalarType, GraphQLString
from graphql.language import FloatValueNode, IntValueNode, StringValueNode, ValueNode
from strawberry.scalars import JSON as JSON
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
Cursor = NewType("Cursor", str)

BIG_INT_MAX = 2**53 - 1
"""Beyond it a JavaScript client would lose digits."""

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DECIMAL_LENGTH_MAX = 60
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: str) -> str:
    """Refuses NUL characters and lone surrogates."""
    if _UNSTORABLE.search(value):
        raise GraphQLError("Text may not contain NUL characters or lone surrogates.")
    return value


def parse_decimal(value: object) -> Decimal:
    """A finite number in plain notation; the domain checks its own bounds and scale."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    if text is None or len(text) > _DECIMAL_LENGTH_MAX or not _DECIMAL.fullmatch(text):
        raise GraphQLError(
            'Decimal must be a string of digits such as "12.50", without an exponent, '
            f"of at most {_DECIMAL_LENGTH_MAX} characters."
        )
    return Decimal(text)


def parse_instant(value: object) -> datetime:
    """An instant with its offset, converted to UTC."""
    try:
        instant = datetime.fromisoformat(_text_of("DateTime", value))
        if instant.tzinfo is None:
            raise GraphQLError("DateTime needs an offset, e.g. 2026-01-31T12:00:00Z.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError("DateTime must be ISO 8601, e.g. 2026-01-31T12:00:00Z.") from None


def parse_day(value: object) -> date:
    """A calendar day."""
    text = _text_of("Date", value)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # there is no such day
    raise GraphQLError("Date must be a day as in 2026-01-31.")


def parse_uuid(value: object) -> UUID:
    """A UUID in its usual form."""
    try:
        return UUID(_text_of("UUID", value))
    except ValueError:
        raise GraphQLError("UUID must look like 0197a3c1-6f10-7d3e-8f5e-0d1c2b3a4f50.") from None


def parse_big_int(value: object) -> int:
    """A whole number that every client can hold."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > BIG_INT_MAX:
        raise GraphQLError("BigInt must be a whole number between -(2^53 - 1) and 2^53 - 1.")
    return value


def parse_cursor(value: object) -> str:
    """Text that a list or stream gave out; whoever reads it decodes it."""
    return storable(_text_of("Cursor", value))


def parse_json(value: object) -> object:
    """Any JSON whose texts PostgreSQL can store."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(key): parse_json(item) for key, item in value.items()}
    return [parse_json(item) for item in value] if isinstance(value, list) else value


def _text_of(scalar: str, value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{scalar} must be a string.")
    return value


def serialize_instant(value: datetime) -> str:
    """ISO 8601 in UTC, as PostgreSQL writes it for compiled reads."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def _same(value: object) -> object:
    return value


def serialize_decimal(value: Decimal) -> str:
    """Plain notation, never an exponent."""
    return format(value, "f")


def _parse_decimal_literal(node: ValueNode, _variables: Mapping[str, Any] | None = None) -> Decimal:
    """A number written in the query keeps its digits: it never becomes a float."""
    return parse_decimal(node.value if isinstance(node, IntValueNode | FloatValueNode | StringValueNode) else None)


@cache
def refuse_unstorable_text() -> None:
    """Makes the built-in String and ID scalars check their inputs.

    The specification reserves their names, and introspection uses the library's own objects, so no schema can bring
    other ones: these two are changed in place, once per process.
    """
    for scalar in (GraphQLString, GraphQLID):
        _guard(scalar)


def _guard(scalar: GraphQLScalarType) -> None:
    coerce_value, coerce_literal = scalar.coerce_input_value, scalar.coerce_input_literal
    assert coerce_literal is not None
    scalar.coerce_input_value = lambda value: storable(coerce_value(value))
    scalar.coerce_input_literal = lambda node: storable(coerce_literal(node))


def _scalar(name: str, description: str, *, parse: Any, serialize: Any, literal: Any = None) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, parse_value=parse, parse_literal=literal, serialize=serialize
    )


SCALARS: Mapping[object, ScalarDefinition] = {
    Decimal: _scalar(
        "Decimal",
        'A decimal number as a string, e.g. "12.50", so that no client rounds it.',
        parse=parse_decimal,
        literal=_parse_decimal_literal,
        serialize=serialize_decimal,
    ),
    datetime: _scalar(
        "DateTime",
        "An instant: ISO 8601 in UTC, e.g. 2026-01-31T12:00:00Z. Inputs may have any offset.",
        parse=parse_instant,
        serialize=serialize_instant,
    ),
    date: _scalar("Date", "A calendar day: ISO 8601, e.g. 2026-01-31.", parse=parse_day, serialize=date.isoformat),
    UUID: _scalar("UUID", "A universally unique identifier (RFC 9562).", parse=parse_uuid, serialize=str),
    BigInt: _scalar(
        "BigInt",
        "A whole number that may be beyond 32 bits, as a JSON number of at most 2^53 - 1.",
        parse=parse_big_int,
        serialize=int,
    ),
    Cursor: _scalar("Cursor", "An opaque place in an ordered list or stream.", parse=parse_cursor, serialize=str),
    JSON: _scalar("JSON", "A JSON object: the facts of the place where it stands.", parse=parse_json, serialize=_same),
}
"""What `StrawberryConfig(scalar_map=...)` takes."""

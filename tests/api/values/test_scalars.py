"""Scalars at the edge: what is taken, what is refused, and how values look."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from api.values.scalars import (
    JSON,
    SCALARS,
    BigInt,
    parse_big_int,
    parse_day,
    parse_decimal,
    parse_instant,
    parse_json,
    parse_uuid,
    refuse_unstorable_text,
    serialize_decimal,
    serialize_instant,
)

TAKEN: list[tuple[Callable[[object], object], object, object]] = [
    (parse_decimal, "12.50", Decimal("12.50")),
    (parse_decimal, "-0.000001", Decimal("-0.000001")),
    (parse_decimal, 3, Decimal(3)),
    (parse_instant, "2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    (parse_instant, "2026-01-31T12:00:00.000001Z", datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=UTC)),
    (parse_big_int, 2**53 - 1, 2**53 - 1),
    (parse_json, {"a": [1, None, {"b": "c"}]}, {"a": [1, None, {"b": "c"}]}),
]


@pytest.mark.parametrize(("parse", "given", "value"), TAKEN)
def test_taken(parse: Callable[[object], object], given: object, value: object) -> None:
    assert parse(given) == value


REFUSED: list[tuple[Callable[[object], object], object]] = [
    *((parse_decimal, each) for each in ("NaN", "Infinity", "1e30", "", " 1", "1_000", "٣", "1" * 61, 1.5, True, None)),
    *((parse_instant, each) for each in ("2026-01-31T12:00:00", "2026-01-31", "now", "0001-01-01T00:00:00+14:00", 5)),
    *((parse_day, each) for each in ("2026-02-30", "20260131", "2026-W05-6", "10000-01-01", 5)),
    *((parse_uuid, each) for each in ("", "x", 5)),
    *((parse_big_int, each) for each in (2**53, -(2**53), 1.0, "1", True)),
    *((parse_json, each) for each in ({"a": "\x00"}, {"\ud800": 1}, ["\udfff"])),
]


@pytest.mark.parametrize(("parse", "given"), REFUSED)
def test_refused(parse: Callable[[object], object], given: object) -> None:
    with pytest.raises(GraphQLError):
        parse(given)


def test_values_look_the_same_from_python_as_from_postgresql() -> None:
    in_cairo = datetime(2026, 1, 31, 12, 0, 0, 500000, tzinfo=timezone(timedelta(hours=2)))
    assert serialize_instant(in_cairo) == "2026-01-31T10:00:00.5Z"
    assert serialize_instant(datetime(2026, 1, 31, tzinfo=UTC)) == "2026-01-31T00:00:00Z"
    assert serialize_decimal(Decimal("1E+3")) == "1000"
    assert serialize_decimal(Decimal("0.00000001")) == "0.00000001"


def echo(
    text: str | None = None,
    id: strawberry.ID | None = None,  # noqa: A002
    number: Decimal | None = None,
    big: BigInt | None = None,
    anything: JSON | None = None,
) -> str:
    return f"{text} {id} {number} {big} {anything}"


@pytest.fixture(scope="module")
def schema() -> strawberry.Schema:
    refuse_unstorable_text()
    field = strawberry.field(resolver=echo, description="Echo.")
    return strawberry.Schema(
        query=strawberry.type(type("Query", (), {"echo": field})), config=StrawberryConfig(scalar_map=SCALARS)
    )


async def test_numbers_written_in_a_query_keep_their_digits(schema: strawberry.Schema) -> None:
    result = await schema.execute("{ echo(number: 0.1000000000000000055511151231257827) }")
    assert result.data == {"echo": "None None 0.1000000000000000055511151231257827 None None"}


BAD_LITERALS = ['text: "\\u0000"', 'id: "\\u0000"', "number: 1e5", "number: true", "big: 9007199254740992",
                'anything: {a: "\\u0000"}']  # fmt: skip


@pytest.mark.parametrize("argument", BAD_LITERALS)
async def test_bad_literals_are_refused_by_validation(schema: strawberry.Schema, argument: str) -> None:
    result = await schema.execute(f"{{ echo({argument}) }}")
    assert result.data is None
    assert len(result.errors or ()) == 1


@pytest.mark.parametrize(("declared", "value"), [("String!", "a\x00b"), ("String!", "\ud800"), ("ID!", "\x00")])
async def test_bad_variables_are_refused_with_their_name(schema: strawberry.Schema, declared: str, value: Any) -> None:
    argument = "id" if declared == "ID!" else "text"
    result = await schema.execute(f"query ($v: {declared}) {{ echo({argument}: $v) }}", variable_values={"v": value})
    assert result.errors is not None
    assert "$v" in result.errors[0].message
    assert "NUL characters or lone surrogates" in result.errors[0].message

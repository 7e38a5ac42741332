"""Masking: an exception that nobody meant for the client stays inside, wherever in an operation it is raised."""

from typing import Any, NewType

import pytest
import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from structlog.testing import capture_logs

from api.faults import told_errors
from tests.api.office import SECRET

Fragile = NewType("Fragile", str)


@strawberry.input
class Parcel:
    """An input with a scalar that breaks."""

    content: Fragile | None = None


def take(content: Fragile | None = None, parcel: Parcel | None = None) -> str:
    """Takes what breaks before it arrives."""
    raise AssertionError(content, parcel)


def give() -> Fragile:
    """Gives what breaks on its way out."""
    return Fragile("glass")


def refuse() -> str:
    """Fails on purpose, because of something that is none of the client's."""
    try:
        broken("glass")
    except RuntimeError as error:
        raise GraphQLError("There is none.") from error
    return "never"


def broken(_: Any) -> Any:
    raise RuntimeError(f"cannot reach {SECRET}")


@pytest.fixture(scope="module")
def schema() -> strawberry.Schema:
    """A schema whose scalar breaks in both directions."""
    scalar = strawberry.scalar(name="Fragile", parse_value=broken, serialize=broken)
    fields = {field.__name__: strawberry.field(field) for field in (take, give, refuse)}
    query = strawberry.type(type("Query", (), fields))
    return strawberry.Schema(query=query, config=StrawberryConfig(scalar_map={Fragile: scalar}))


BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "a literal": ('{ take(content: "glass") }', {}),
    "a literal in an input": ('{ take(parcel: {content: "glass"}) }', {}),
    "a default": ('query ($c: Fragile = "glass") { take(content: $c) }', {}),
    "a variable": ("query ($c: Fragile) { take(content: $c) }", {"c": "glass"}),
    "a variable in an input": ("query ($c: Fragile) { take(parcel: {content: $c}) }", {"c": "glass"}),
    "an input as a variable": ("query ($p: Parcel) { take(parcel: $p) }", {"p": {"content": "glass"}}),
    "an answer": ("{ give }", {}),
}


@pytest.mark.parametrize("place", BROKEN)
async def test_a_scalar_that_breaks_tells_nothing(schema: strawberry.Schema, place: str) -> None:
    query, variables = BROKEN[place]
    result = await schema.execute(query, variable_values=variables)
    with capture_logs() as logs:
        (error,) = told_errors(result.errors or [], "trace-7")
    assert error.message == "Something went wrong on our side. The request's id is trace-7."
    assert error.extensions == {"code": "INTERNAL", "requestId": "trace-7"}
    assert SECRET not in str(error.formatted)
    assert SECRET in str(logs)


async def test_the_reason_behind_a_deliberate_error_is_not_told(schema: strawberry.Schema) -> None:
    result = await schema.execute("{ refuse }")
    (error,) = told_errors(result.errors or [], "trace-7")
    assert (error.message, error.extensions) == ("There is none.", {"code": "BAD_REQUEST"})
    assert SECRET not in str(error.formatted)

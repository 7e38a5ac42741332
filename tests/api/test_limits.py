"""Documents that would cost seconds, a stack or an answer are refused before anything of them runs."""

from time import perf_counter
from typing import Any

import pytest

from api.limits import MUTATIONS_MAX
from api.reads.planner import DEPTH_MAX, FIELDS_MAX
from authz.vocabulary import Role
from tests.api.serving import Office
from tests.factories.world import World

NESTED = "customer { salesOrders(first: 1) { nodes { "


@pytest.fixture(scope="module")
async def reader(house: Office, north: World) -> str:
    return await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)


async def told(house: Office, token: str, query: str, **parameters: Any) -> list[str]:
    """The messages of the errors, none of which may be a fault of ours."""
    answer = await house.post(token, {"query": query, **parameters})
    assert answer.status_code == 200
    errors = answer.json().get("errors", [])
    assert not [error for error in errors if error["extensions"]["code"] == "INTERNAL"], errors
    return [error["message"] for error in errors]


def mutations(count: int) -> str:
    one = 'cancelSalesOrder(input: {salesOrderId: "x", expectedVersion: 1, reason: "r", idempotencyKey: "k"})'
    return " ".join(f"m{number}: {one} {{ replayed }}" for number in range(count))


FLOODS = {
    "names": "{" + " ".join(f"a{n}: __typename" for n in range(10_000)) + "}",
    "directives": "{ __typename " + "@include(if: true) " * 12_000 + "}",
    "the same field": "{" + " items { nodes { id } }" * 3_000 + "}",
    "operations": " ".join(f"query q{n} {{ __typename }}" for n in range(8_000)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(15_000)) + ") { __typename }",
}


@pytest.mark.parametrize("query", FLOODS.values(), ids=FLOODS)
async def test_floods_are_refused_while_they_are_read(house: Office, reader: str, query: str) -> None:
    began = perf_counter()
    (message,) = await told(house, reader, query, operationName="q1")
    assert "token" in message
    assert perf_counter() - began < 1


async def test_a_field_has_a_limit_of_fields_under_it(house: Office, reader: str) -> None:
    def query(count: int) -> str:
        return "{ items(first: 1) { nodes {" + " ".join(f"a{n}: sku" for n in range(count)) + "} } }"

    (message,) = await told(house, reader, query(FIELDS_MAX))
    assert message == f"One root field may select {FIELDS_MAX} fields at most, with those of nested objects."
    assert await told(house, reader, query(FIELDS_MAX - 1)) == []


async def test_objects_have_a_limit_of_depth(house: Office, reader: str) -> None:
    def query(depth: int) -> str:
        pairs = (depth - 1) // 2
        return "{ salesOrders(first: 1) { nodes { " + NESTED * pairs + "id" + " } } }" * pairs + " } } }"

    assert await told(house, reader, query(DEPTH_MAX - 1)) == []
    (message,) = await told(house, reader, query(DEPTH_MAX + 1))
    assert message == f"Objects may be nested {DEPTH_MAX} deep at most."


async def test_a_document_has_a_limit_of_mutations(house: Office, reader: str) -> None:
    assert await told(house, reader, f"mutation {{ {mutations(MUTATIONS_MAX)} }}") == []
    refused = [f"A request may have {MUTATIONS_MAX} mutations at most; this has {MUTATIONS_MAX + 1}."]
    assert await told(house, reader, f"mutation {{ {mutations(MUTATIONS_MAX + 1)} }}") == refused
    hidden = f"mutation {{ ...all ... {{ m: __typename }} }} fragment all on Mutation {{ {mutations(MUTATIONS_MAX)} }}"
    assert await told(house, reader, hidden) == refused


async def test_of_several_operations_the_client_must_name_one(house: Office, reader: str) -> None:
    query = "query first { __typename } query second { __typename }"
    (message,) = await told(house, reader, query)
    assert "operationName" in message
    assert await told(house, reader, query, operationName="second") == []

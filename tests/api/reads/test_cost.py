"""The cost of an operation: the rows that it may read at worst, told with the answer and limited before any SQL."""

from typing import Any

import pytest

from api.operations.allowance import Allowance
from api.operations.execution import CompiledSchema
from api.reads.cost import COST_MAX, COUNT_COST, VALUES_OF_A_ROW
from tests.api.reads.conftest import Ask

ALIASES = " ".join(f"sku{number}: sku" for number in range(2 * VALUES_OF_A_ROW))
COSTS = {
    "nothing but the type": ("{ __typename }", 0),
    "one object": ('{ item(sku: "SKU-1") { sku } }', 1),
    "an object and what it points to": ('{ salesOrder(number: "SO-1") { entity { code } } }', 2),
    "a page": ("{ items(first: 7) { nodes { sku } } }", 7),
    "a page of the usual size": ("{ items { nodes { sku } } }", 50),
    "a page from the end": ("{ items(last: 3) { edges { node { sku } } } }", 3),
    "nothing but cursors": ("{ items(first: 9) { edges { cursor } } }", 9),
    "nothing but a count": ("{ items { totalCount } }", COUNT_COST),
    "a count in each row": ("{ salesOrders(first: 3) { nodes { lines { totalCount } } } }", 3 * (1 + COUNT_COST)),
    "pages in pages": ("{ salesOrders(first: 20) { nodes { lines(first: 5) { nodes { item { sku } } } } } }", 220),
    "the same page shown twice": ("{ items(first: 4) { nodes { sku } edges { node { name } } } }", 8),
    "a look into a relation": (
        "{ salesOrders(first: 4, where: {not: {lines: {some: {}}}}) { nodes { id } } }",
        COUNT_COST + 4,
    ),
    "aliases": ("{ a: items(first: 4) { nodes { sku } } b: items(first: 5) { nodes { sku } } }", 9),
    "many values": (f"{{ items(first: 4) {{ nodes {{ {ALIASES} }} }} }}", 4 * (1 + 2)),
    "what is left out": ("{ items(first: 4) { nodes { sku lines @skip(if: true) { totalCount } } } }", 4),
}


@pytest.mark.parametrize(("query", "cost"), COSTS.values(), ids=COSTS)
async def test_the_answer_tells_its_cost(ask: Ask, query: str, cost: int) -> None:
    answer = await ask(query)
    assert answer.extensions == {"cost": {"requested": cost, "limit": COST_MAX, "left": COST_MAX - cost}}


@pytest.mark.parametrize("size", [1, 8])
async def test_the_cost_follows_the_variables(ask: Ask, size: int) -> None:
    query = "query ($size: Int) { items(first: $size) { nodes { lines(first: $size) { nodes { id } } } } }"
    assert (await ask(query, size=size)).extensions["cost"]["requested"] == size * (1 + size)


async def test_an_operation_that_costs_too_much_runs_no_sql(ask: Ask) -> None:
    dear = (
        "{ items(first: 100) { nodes { lines(first: 100) { nodes { order { lines(first: 3) { nodes { id } } } } } } } }"
    )
    answer = await ask('{ item(sku: "SKU-1") { sku } ' + dear[1:])
    assert answer["data"] is None
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "COST_EXCEEDED", "requested": 50_101, "limit": COST_MAX}
    assert error["message"].startswith(f"The operation may read 50101 rows; {COST_MAX} is the limit.")
    assert answer.statements == []


async def test_the_limit_is_a_setting(schema: CompiledSchema, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    query: Any = "{ items(first: 6) { nodes { sku } } }"
    monkeypatch.setattr(schema, "allowance", Allowance(cost_max=6))
    assert (await ask(query)).extensions["cost"] == {"requested": 6, "limit": 6, "left": 0}
    monkeypatch.setattr(schema, "allowance", Allowance(cost_max=5))
    assert (await ask(query))["errors"][0]["extensions"]["code"] == "COST_EXCEEDED"

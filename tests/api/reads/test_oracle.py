"""The compiler against plain, slow resolvers of the same schema: the same query, the same reader, the same answer."""

from typing import Any

import pytest
import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine

from api.values.ids import encode_id
from tests.api.reads.trade import Trade, made_id
from tests.api.reads.world import NODES
from tests.oracle.asking import Oracle
from tests.oracle.house import House
from tests.oracle.ordering import Cursors
from tests.oracle.rows import read_rows
from tests.oracle.trade import trade_house

READERS = ("everything", "north", "no items", "no lines", "nothing")
QUERIES = {
    "every value": """{ salesOrders(first: 100) { nodes { __typename id number status placedAt requestedOn priority
        position total rush note extra label doubled value { amount currency } carriage { amount currency } } } }""",
    "the nested page": """{ salesOrders(first: 20) { nodes { id number lines(first: 5) { nodes { lineNumber quantity
        item { id sku name suppliers(first: 2) { nodes { rank supplier { id name } } } } } } } } }""",
    "counts at every level": """{ salesOrders(first: 7) { totalCount nodes { lines(first: 1) { totalCount
        pageInfo { hasNextPage hasPreviousPage } } } } items { totalCount nodes { lines { totalCount } } } }""",
    "from the end": """{ salesOrders(last: 5) { edges { node { number lines(last: 2) { edges { node { lineNumber } }
        pageInfo { hasNextPage hasPreviousPage } } } } pageInfo { hasNextPage hasPreviousPage } } }""",
    "orders with nulls": """{ a: salesOrders(orderBy: [PRIORITY_DESC, REQUESTED_ON_ASC]) { nodes { id } }
        b: salesOrders(orderBy: [REQUESTED_ON_DESC, TOTAL_ASC], last: 10) { nodes { id } }
        c: items(orderBy: [WEIGHT_ASC]) { nodes { sku weight } } }""",
    "around a circle": """{ items(first: 3) { nodes { sku lines(first: 2, orderBy: [QUANTITY_DESC]) { nodes { quantity
        order { number entity { code orders(first: 2) { nodes { number } } }
        lines { nodes { item { sku } } } } } } } } }""",
    "aliases and fragments": """query ($wide: Boolean!) { salesOrders(first: 4) { ...Page everything: totalCount } }
        fragment Page on SalesOrderConnection { rows: edges { it: node { ...Order ...Order @include(if: $wide) } } }
        fragment Order on SalesOrder { number ... on Node { id } ... @skip(if: $wide) { rush } n: number number }""",
    "merged fields": """{ salesOrders(first: 3) { nodes { lines { nodes { lineNumber } } } }
        salesOrders(first: 3) { nodes { number lines { nodes { item { sku } } totalCount } } } }""",
    "the same list twice": """{ salesOrders(first: 3) { nodes { few: lines(first: 1) { nodes { lineNumber } }
        many: lines(first: 9, orderBy: [LINE_NUMBER_DESC]) { nodes { lineNumber } } } } }""",
    "nodes and edges together": """{ items(first: 2) { nodes { sku } edges { node { name } } again: nodes { id } } }""",
    "an order by its id": """query ($order: ID!) { node(id: $order) { id
        ... on SalesOrder { number lines { totalCount } } } }""",
    "an item by its id": """query ($item: ID!) { node(id: $item) { __typename
        ... on Item { sku } ... on Supplier { name } } }""",
    "an empty page": "{ salesOrders(first: 0) { nodes { id } totalCount pageInfo { hasNextPage } } }",
}
VARIABLES: dict[str, Any] = {
    "wide": False,
    "order": encode_id("SalesOrder", made_id("order N3"), made_id("north")),
    "item": encode_id("Item", made_id("item 0")),
}


@pytest.fixture
async def house(schema: strawberry.Schema, read_engine: AsyncEngine, trade: Trade) -> House:
    """The trade, with whatever other tests added to it."""
    rows = await read_rows(read_engine, NODES)
    entities = sorted(rows["LegalEntity"], key=lambda row: row["id"] not in (trade.north, trade.south))
    return trade_house(schema, read_engine, {**rows, "LegalEntity": entities})


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_the_compiler_answers_like_plain_resolvers(house: House, query: str, name: str) -> None:
    variables = {variable: value for variable, value in VARIABLES.items() if f"${variable}" in query}
    (reader,) = (each for each in house.readers if each.name == name)
    assert await Oracle(house).difference(query, variables, reader, Cursors()) is None

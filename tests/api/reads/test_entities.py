"""Lists over one, three and all legal entities: merged entity by entity, they are the one list that Python sorts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from api.values.ids import encode_id
from tests.api.reads.conftest import Ask
from tests.api.reads.trade import Row, Trade, made_id, made_order
from tests.api.reads.world import EntityRow, EntityScope, LineRow, OrderRow

CODES = ("PORTO", "RIGA", "GENT", "TURIN", "LYON")
TALLOW = made_id("item 7")
"""An item of the whole group."""


@dataclass(frozen=True)
class Group:
    """Five companies that sell tallow, nine orders each; the instants of two companies are the same."""

    entities: Sequence[UUID]
    orders: Sequence[Row]
    lines: Sequence[Row]

    def newest_first(self, reader: EntityScope) -> list[str]:
        seen = [row for row in self.orders if row["entity_id"] in reader.entities]
        seen.sort(key=lambda row: (row["placed_at"], row["id"], row["entity_id"]), reverse=True)
        return [encode_id("SalesOrder", row["id"], row["entity_id"]) for row in seen]

    def largest_first(self, reader: EntityScope) -> list[str]:
        seen = [row for row in self.lines if row["entity_id"] in reader.entities]
        seen.sort(key=lambda row: (row["quantity"], row["id"], row["entity_id"]), reverse=True)
        return [encode_id("SalesOrderLine", row["id"], row["entity_id"]) for row in seen]


@pytest.fixture(scope="module")
async def group(read_engine: AsyncEngine, trade: Trade) -> Group:
    assert TALLOW in [item["id"] for item in trade.items]
    entities = [made_id(code) for code in CODES]
    orders = [made_order(entity, CODES[place], n) for place, entity in enumerate(entities) for n in range(9)]
    for row in orders[9:18]:
        # The same id in another company: only both together are a key.
        row["id"] = orders[orders.index(row) - 9]["id"]
    lines = [_line(row, n) for n, row in enumerate(orders)]
    async with read_engine.begin() as connection:
        companies = [{"id": made_id(code), "code": code} for code in CODES]
        await connection.execute(insert(EntityRow), companies)
        await connection.execute(insert(OrderRow), orders)
        await connection.execute(insert(LineRow), lines)
    return Group(entities, orders, lines)


def _line(order: Row, n: int) -> Row:
    return {
        "entity_id": order["entity_id"],
        "id": made_id(f"tallow {n}"),
        "order_id": order["id"],
        "line_number": 1,
        "item_id": TALLOW,
        "quantity": Decimal(n % 7),
    }


@pytest.fixture(params=[1, 3, 5], ids=["one", "three", "all"])
def reader(request: pytest.FixtureRequest, group: Group) -> EntityScope:
    return EntityScope(tuple(group.entities[: request.param]))


ROOT = """query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
    list: salesOrders(first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
NESTED = """query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
    item(sku: "SKU-7") {
        list: lines(first: $first, after: $after, last: $last, before: $before, orderBy: [QUANTITY_DESC]) {
            totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def page(ask: Ask, query: str, reader: EntityScope, **arguments: Any) -> Any:
    answer = await ask(query, reader, **arguments)
    assert "errors" not in answer, answer
    data = answer["data"]
    return (data.get("item") or data)["list"]


@pytest.mark.parametrize("query", [ROOT, NESTED], ids=["root", "below a shared item"])
async def test_the_pages_join_to_the_whole_list_in_both_directions(
    ask: Ask, group: Group, reader: EntityScope, query: str
) -> None:
    whole = group.newest_first(reader) if query is ROOT else group.largest_first(reader)
    forward: list[str] = []
    cursor, more = None, True
    while more:
        read = await page(ask, query, reader, first=7, after=cursor)
        assert read["totalCount"] == len(whole)
        assert read["pageInfo"]["hasPreviousPage"] is bool(forward)
        forward += [node["id"] for node in read["nodes"]]
        cursor, more = read["pageInfo"]["endCursor"], read["pageInfo"]["hasNextPage"]
    assert forward == whole
    backward: list[str] = []
    cursor, more = None, True
    while more:
        read = await page(ask, query, reader, last=7, before=cursor)
        assert read["pageInfo"]["hasNextPage"] is bool(backward)
        backward = [node["id"] for node in read["nodes"]] + backward
        cursor, more = read["pageInfo"]["startCursor"], read["pageInfo"]["hasPreviousPage"]
    assert backward == whole


async def test_a_page_between_two_cursors(ask: Ask, group: Group, reader: EntityScope) -> None:
    whole = group.newest_first(reader)
    first = await page(ask, ROOT, reader, first=2)
    third = await page(ask, ROOT, reader, first=3)
    bounds = {"after": first["pageInfo"]["startCursor"], "before": third["pageInfo"]["endCursor"]}
    between = await page(ask, ROOT, reader, first=9, **bounds)
    assert [node["id"] for node in between["nodes"]] == whole[1:2]
    assert between["pageInfo"]["hasPreviousPage"] is True


async def test_a_filter_holds_in_every_entity(ask: Ask, group: Group, reader: EntityScope) -> None:
    shipped = {
        encode_id("SalesOrder", row["id"], row["entity_id"]) for row in group.orders if row["status"] == "shipped"
    }
    query = """{ salesOrders(first: 5, where: {status: {eq: SHIPPED}}) { totalCount nodes { id }
        pageInfo { hasNextPage } } }"""
    expected = [each for each in group.newest_first(reader) if each in shipped]
    found = (await ask(query, reader))["data"]["salesOrders"]
    assert found["totalCount"] == len(expected)
    assert [node["id"] for node in found["nodes"]] == expected[:5]
    assert found["pageInfo"]["hasNextPage"] is (len(expected) > 5)


async def test_the_list_of_one_entity_is_its_own_even_for_who_reads_several(
    ask: Ask, group: Group, reader: EntityScope
) -> None:
    query = """query ($id: ID!) { legalEntity(id: $id) { orders(first: 100) { totalCount nodes { id
        lines { nodes { order { id } } } } } } }"""
    for entity in group.entities:
        answer = await ask(query, reader, id=encode_id("LegalEntity", entity))
        orders = answer["data"]["legalEntity"]["orders"]
        expected = group.newest_first(EntityScope((entity,))) if entity in reader.entities else []
        assert [node["id"] for node in orders["nodes"]] == expected
        assert orders["totalCount"] == len(expected)
        assert all(node["lines"]["nodes"] == [{"order": {"id": node["id"]}}] for node in orders["nodes"])


async def test_several_are_merged_and_one_is_a_plain_range(ask: Ask, reader: EntityScope) -> None:
    statement = (await ask("{ salesOrders(first: 2) { nodes { number lines { nodes { id } } } } }", reader)).statements
    assert statement[0].count("LATERAL") == (len(reader.entities) > 1)

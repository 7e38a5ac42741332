"""Keyset pages: both ways, while rows are inserted, over NULLs and ties, with cursors that are refused when wrong."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from api.values.ids import decode_bytes, encode_bytes, encode_id
from tests.api.reads.conftest import Answer, Ask
from tests.api.reads.trade import Row, Trade, made_id, made_order
from tests.api.reads.world import EntityRow, EntityScope, OrderRow

PAGE = """query ($first: Int, $after: Cursor, $last: Int, $before: Cursor, $order: [SalesOrderOrderBy!]) {
    salesOrders(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        edges { cursor node { id number } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def page(answer: Answer) -> Any:
    assert "errors" not in answer, answer
    return answer["data"]["salesOrders"]


def ids(answer: Answer) -> list[str]:
    return [edge["node"]["id"] for edge in page(answer)["edges"]]


ORDERS = {
    "number": ["NUMBER_ASC"],
    "nulls among ties": ["PRIORITY_ASC"],
    "nulls first": ["REQUESTED_ON_DESC"],
    "mixed directions": ["PRIORITY_DESC", "TOTAL_ASC"],
    "mixed with nulls": ["REQUESTED_ON_ASC", "PRIORITY_DESC", "PLACED_AT_DESC"],
    "default": None,
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_pages_in_both_directions_join_to_the_whole_list(ask: Ask, order: list[str] | None) -> None:
    whole = ids(await ask(PAGE, first=100, order=order))
    assert len(whole) == len(set(whole)) == 24
    forward: list[str] = []
    cursor, more = None, True
    while more:
        answer = await ask(PAGE, first=5, after=cursor, order=order)
        info = page(answer)["pageInfo"]
        assert info["hasPreviousPage"] is bool(forward)
        forward += ids(answer)
        cursor, more = info["endCursor"], info["hasNextPage"]
    assert forward == whole
    backward: list[str] = []
    cursor, more = None, True
    while more:
        answer = await ask(PAGE, last=5, before=cursor, order=order)
        info = page(answer)["pageInfo"]
        assert info["hasNextPage"] is bool(backward)
        backward = ids(answer) + backward
        cursor, more = info["startCursor"], info["hasPreviousPage"]
    assert backward == whole


async def test_no_value_counts_as_the_greatest(ask: Ask, trade: Trade) -> None:
    query = "query ($o: [SalesOrderOrderBy!]) { salesOrders(first: 100, orderBy: $o) { nodes { priority } } }"
    ascending = [node["priority"] for node in page(await ask(query, o=["PRIORITY_ASC"]))["nodes"]]
    values = sorted(row["priority"] for row in trade.orders if row["priority"] is not None)
    assert ascending == values + [None] * (24 - len(values))
    descending = [node["priority"] for node in page(await ask(query, o=["PRIORITY_DESC"]))["nodes"]]
    assert descending == ascending[::-1]


@pytest.mark.parametrize(
    ("selected", "told"),
    [
        ("__typename", {"__typename": "PageInfo"}),
        ("hasPreviousPage", {"hasPreviousPage": False}),
        ("hasNextPage", {"hasNextPage": True}),
    ],
)
async def test_page_info_can_be_asked_for_alone(ask: Ask, selected: str, told: dict[str, Any]) -> None:
    """Whatever is told of the page, it is one answer, of many rows and of none."""
    many = await ask(f"{{ salesOrders(first: 3) {{ pageInfo {{ {selected} }} }} }}")
    assert page(many) == {"pageInfo": told}
    none = await ask(f'{{ salesOrders(first: 3, where: {{number: {{eq: "no"}}}}) {{ pageInfo {{ {selected} }} }} }}')
    assert page(none) == {"pageInfo": {key: value if key == "__typename" else False for key, value in told.items()}}


async def test_page_info_and_cursors_agree(ask: Ask) -> None:
    answer = page(await ask(PAGE, first=3))
    cursors = [edge["cursor"] for edge in answer["edges"]]
    assert answer["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[2],
    }
    between = page(await ask(PAGE, first=10, after=cursors[0], before=cursors[2]))
    assert [edge["cursor"] for edge in between["edges"]] == [cursors[1]]
    last_between = page(await ask(PAGE, last=1, after=cursors[0], before=cursors[2]))
    assert last_between["edges"] == between["edges"]
    assert last_between["pageInfo"]["hasNextPage"] is True
    nothing = page(await ask(PAGE, first=0))
    assert nothing["edges"] == []
    assert nothing["pageInfo"] == {
        "hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None,
    }  # fmt: skip


async def own_entity(engine: AsyncEngine, numbers: range) -> Any:
    entity = uuid4()
    async with engine.begin() as connection:
        await connection.execute(insert(EntityRow), [{"id": entity, "code": str(entity)}])
        await connection.execute(insert(OrderRow), [made_order(entity, str(entity), n) for n in numbers])
    return entity


async def insert_order(engine: AsyncEngine, order: Row) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(OrderRow), [order])


@pytest.mark.parametrize(
    ("size", "cursor", "edge"), [("first", "after", "endCursor"), ("last", "before", "startCursor")]
)
async def test_rows_inserted_while_paging_shift_nothing(
    ask: Ask, read_engine: AsyncEngine, size: str, cursor: str, edge: str
) -> None:
    entity = await own_entity(read_engine, range(10, 20))
    reader = EntityScope((entity,))
    seen: list[str] = []
    place = None
    for inserted in (0, 99, 1, 98, 2):
        answer = page(await ask(PAGE, reader, order=["NUMBER_ASC"], **{size: 2, cursor: place}))
        seen += [each["node"]["number"] for each in answer["edges"]]
        place = answer["pageInfo"][edge]
        # One row on each side of the page, over and over.
        order = made_order(entity, str(entity), inserted)
        await insert_order(read_engine, {**order, "number": f"SO-{inserted:02}"})
    in_order = [f"SO-{n}" for n in range(10, 20)]
    assert sorted(seen) == in_order


async def test_pages_go_on_behind_every_number_that_a_column_may_hold(ask: Ask, read_engine: AsyncEngine) -> None:
    totals = [
        "-Infinity",
        f"-{'9' * 100}",
        "-0.5",
        "0.00",
        "0.00",
        f"{'1' * 50}.5",
        "Infinity",
        "Infinity",
        "NaN",
        "NaN",
    ]
    entity = await own_entity(read_engine, range(1))
    reader = EntityScope((entity,))
    for n, total in enumerate(totals, start=1):
        await insert_order(read_engine, {**made_order(entity, str(entity), n), "total": Decimal(total), "rush": False})
    query = """query ($after: Cursor) { salesOrders(first: 1, after: $after, orderBy: [TOTAL_ASC],
        where: {rush: {eq: false}}) { nodes { total } pageInfo { endCursor } } }"""
    seen, place = [], None
    for _ in totals:
        answer = page(await ask(query, reader, after=place))
        seen += [node["total"] for node in answer["nodes"]]
        place = answer["pageInfo"]["endCursor"]
    assert seen == totals


async def test_nested_pages_go_on_from_their_cursors(ask: Ask, trade: Trade) -> None:
    order = next(row for row in trade.orders_of(trade.north) if len(trade.lines_of(row)) == 4)
    query = """query ($id: ID!, $after: Cursor, $first: Int, $last: Int) { salesOrder(id: $id) {
        lines(first: $first, last: $last, after: $after) { edges { cursor node { lineNumber } }
            pageInfo { hasNextPage hasPreviousPage } } } }"""
    identity = encode_id("SalesOrder", order["id"], trade.north)
    first = (await ask(query, id=identity, first=3))["data"]["salesOrder"]["lines"]
    assert [edge["node"]["lineNumber"] for edge in first["edges"]] == [1, 2, 3]
    assert first["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
    rest = (await ask(query, id=identity, first=3, after=first["edges"][2]["cursor"]))["data"]["salesOrder"]["lines"]
    assert [edge["node"]["lineNumber"] for edge in rest["edges"]] == [4]
    assert rest["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    last = (await ask(query, id=identity, last=3))["data"]["salesOrder"]["lines"]
    assert [edge["node"]["lineNumber"] for edge in last["edges"]] == [2, 3, 4]


@pytest.mark.parametrize("fields", ["endCursor", "startCursor", "startCursor endCursor", "hasPreviousPage endCursor"])
async def test_the_ends_of_a_page_are_told_without_asking_whether_it_goes_on(ask: Ask, fields: str) -> None:
    whole = page(await ask(PAGE, first=2))["pageInfo"]
    alone = await ask(f"{{ salesOrders(first: 2) {{ pageInfo {{ {fields} }} }} }}")
    assert page(alone)["pageInfo"] == {name: whole[name] for name in fields.split()}
    nested = page(await ask(f"{{ salesOrders(first: 1) {{ nodes {{ lines {{ pageInfo {{ {fields} }} }} }} }} }}"))
    assert nested["nodes"][0]["lines"]["pageInfo"].keys() == set(fields.split())


async def test_the_total_is_counted_only_when_it_is_selected(ask: Ask) -> None:
    without = await ask("{ salesOrders(first: 2) { nodes { number } pageInfo { endCursor } } }")
    assert len(page(without)["nodes"]) == 2
    assert "SELECT count(*)" not in without.statements[0]
    alone = await ask('{ salesOrders(first: 2, where: {number: {eq: "SO-1"}}) { totalCount __typename } }')
    assert alone["data"]["salesOrders"] == {"totalCount": 2, "__typename": "SalesOrderConnection"}
    assert "SELECT count(*)" in alone.statements[0]
    assert "LIMIT" not in alone.statements[0]


REFUSED = {
    "first and last": ({"first": 1, "last": 1}, "Give first or last, not both."),
    "negative": ({"first": -1}, "first must be between 0 and 100, not -1."),
    "too many": ({"last": 101}, "last must be between 0 and 100, not 101."),
    "no base64": ({"after": "%%%"}, "The cursor is malformed."),
    "no ascii": ({"after": "é"}, "The cursor is malformed."),
    "no json": ({"before": encode_bytes(b"[")}, "The cursor is malformed."),
    "no list": ({"before": encode_bytes(b"1")}, "The cursor is malformed."),
    "empty": ({"after": ""}, "The cursor is malformed."),
    "deep": ({"after": encode_bytes(b"[" * 3000)}, "The cursor is malformed."),
    "another order": (
        {"after": encode_bytes(b'["00000000", 1]')},
        "The cursor belongs to another list or another order.",
    ),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED)
async def test_a_page_that_cannot_be_is_refused(ask: Ask, arguments: dict[str, Any], message: str) -> None:
    answer = await ask(PAGE, **arguments)
    assert answer.messages == [message]
    assert answer["errors"][0]["extensions"] == {"code": "VALIDATION_FAILED"}
    assert answer.statements == []


async def test_a_cursor_of_another_order_is_refused(ask: Ask) -> None:
    cursor = page(await ask(PAGE, first=1, order=["NUMBER_ASC"]))["pageInfo"]["endCursor"]
    answer = await ask(PAGE, first=1, after=cursor, order=["NUMBER_DESC"])
    assert answer.messages == ["The cursor belongs to another list or another order."]


FORGED: list[list[Any]] = [
    [1, "x", "y"],
    ["SO-1\x00", str(made_id("x")), str(made_id("x"))],
    ["SO-1", "not a uuid", str(made_id("x"))],
    ["SO-1", 5, str(made_id("x"))],
    [None, str(made_id("x")), str(made_id("x"))],
    [{"a": 1}, str(made_id("x")), str(made_id("x"))],
]


@pytest.mark.parametrize("values", FORGED)
async def test_a_forged_cursor_is_refused_before_any_sql(ask: Ask, values: list[Any]) -> None:
    real = page(await ask(PAGE, first=1, order=["NUMBER_ASC"]))["pageInfo"]["endCursor"]
    mark = orjson.loads(decode_bytes(real))[0]
    answer = await ask(PAGE, first=1, after=encode_bytes(orjson.dumps([mark, *values])), order=["NUMBER_ASC"])
    assert answer.messages == ["The cursor is malformed."]
    assert answer.statements == []


@pytest.mark.parametrize("total", ["nan", "-NaN", "1e999999", "\u0661", ".5", 5, [5], None])
async def test_a_forged_number_is_refused_before_any_sql(ask: Ask, total: Any) -> None:
    real = page(await ask(PAGE, first=1, order=["TOTAL_ASC"]))["pageInfo"]["endCursor"]
    mark, _, *key = orjson.loads(decode_bytes(real))
    answer = await ask(PAGE, first=1, after=encode_bytes(orjson.dumps([mark, total, *key])), order=["TOTAL_ASC"])
    assert answer.messages == ["The cursor is malformed."]
    assert answer.statements == []

"""Rights to single fields: masks by exact values, and that nothing masked is found, ordered, or told by a cursor."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from api.operations.execution import CompiledSchema
from api.reads.assembly import assemble
from api.values.ids import decode_bytes, encode_id
from authz.fields import FieldRight, Mask, Shown
from tests.api.reads.conftest import Answer, Ask
from tests.api.reads.schema import make_trade_schema
from tests.api.reads.trade import Trade, made_id, made_order
from tests.api.reads.world import NODES, SHOWN_IN, EntityRow, EntityScope, OrderRow

NUMBERS = ("0", "0.99", "-0.5", "1", "9.99", "10", "999.999", "1000", "-1", "-43210.5", "NaN", "Infinity", "9" * 40)
POWERS = ("0", "0", "0", "1", "1", "10", "100", "1000", "-1", "-10000", None, None, "1" + "0" * 39)
TEXTS = ("", "1234", "12345", "DE89 3704 0044 0532 0130 00", "日本語の名前です", 'quote " \\ end')
ENDINGS = (None, None, "2345", "0 00", "の名前です"[-4:], " end")
MASKED = (
    "status", "placedAt", "requestedOn", "priority", "position", "total", "note", "value", "carriage", "doubled",
    "label", "entity", "lines", "number",
)  # fmt: skip
ORDER = "query ($id: ID!) { node(id: $id) { ... on SalesOrder { %s } } }"


def masked_by(
    mask: Mask, *fields: str, shown: Shown = Shown.NOWHERE, **more: bool
) -> dict[tuple[str, str], FieldRight]:
    parameter = SHOWN_IN if shown is Shown.SOMEWHERE else None
    return {("SalesOrder", each): FieldRight(shown, mask, parameter=parameter, **more) for each in fields}


@pytest.fixture(scope="session")
def schema() -> CompiledSchema:
    """The schema of the trade, in which every field may be masked."""
    names = {node.name: {*node.columns, *node.computed, *node.composites, *node.one, *node.many} for node in NODES}
    return make_trade_schema(restrictable=names)


@pytest.fixture(scope="module")
async def branch(read_engine: AsyncEngine, trade: Trade) -> Any:
    """A company with one order for each number and text."""
    assert trade.orders
    entity = made_id("branch with masks")
    orders = [made_order(entity, "MASK", n) for n in range(len(NUMBERS))]
    for n, order in enumerate(orders):
        order |= {"total": Decimal(NUMBERS[n]), "freight": Decimal(NUMBERS[n]), "note": TEXTS[n % len(TEXTS)]}
        order |= {"position": [0, 7, -99, 2**61][n % 4], "priority": [None, 3, 0, -12][n % 4]}
    async with read_engine.begin() as connection:
        await connection.execute(insert(EntityRow), [{"id": entity, "code": "MASKS"}])
        await connection.execute(insert(OrderRow), orders)
    return entity


async def read(ask: Ask, branch: Any, selection: str, rights: Mapping[Any, FieldRight], *shown_in: Any) -> list[Any]:
    """The orders of the branch, oldest first, as somebody sees them with these rights."""
    query = f"{{ salesOrders(first: 50, orderBy: [PLACED_AT_ASC]) {{ nodes {{ {selection} }} }} }}"
    answer = await ask(query, EntityScope((branch,), rights=rights, shown_in=shown_in))
    assert "errors" not in answer, answer
    nodes: list[Any] = answer["data"]["salesOrders"]["nodes"]
    return nodes


async def test_a_number_shows_the_power_of_ten_below_it(ask: Ask, branch: Any) -> None:
    rights = masked_by(Mask.BUCKET, "total", "value", "carriage", "position", "priority", "doubled")
    nodes = await read(ask, branch, "total value { currency amount } position priority doubled", rights)
    assert [node["total"] for node in nodes] == list(POWERS)
    money = [None if power is None else {"currency": "EUR", "amount": power} for power in POWERS]
    assert [node["value"] for node in nodes] == money
    assert [node["position"] for node in nodes][:4] == [0, 1, -10, 10**18]
    assert [node["priority"] for node in nodes][:4] == [None, 1, 0, -10]
    assert [node["doubled"] for node in nodes][:4] == [0, 10, -100, 10**18]


async def test_a_text_shows_its_last_four_characters(ask: Ask, branch: Any) -> None:
    nodes = await read(ask, branch, "note status label", masked_by(Mask.LAST4, "note", "status", "label"))
    assert [node["note"] for node in nodes][: len(ENDINGS)] == list(ENDINGS)
    assert nodes[0]["label"] == "0EUR"
    assert nodes[0]["status"] is None, "a status is no text"


@pytest.mark.parametrize("mask", Mask)
async def test_what_a_mask_makes_nothing_of_is_null(ask: Ask, branch: Any, mask: Mask) -> None:
    of_numbers = {"total", "position", "priority", "value", "carriage", "doubled"} if mask is Mask.BUCKET else set()
    of_texts = {"note", "label", "number"} if mask is Mask.LAST4 else set()
    selected = {"value": "value { amount }", "carriage": "carriage { amount }", "entity": "entity { id }"}
    selected |= {"lines": "lines { totalCount }"}
    rights = masked_by(mask, *MASKED) | {("SalesOrder", "placedAt"): FieldRight(Shown.EVERYWHERE, sorts=True)}
    nodes = await read(ask, branch, " ".join(selected.get(each, each) for each in MASKED), rights)
    for name in set(MASKED) - of_numbers - of_texts - {"placedAt"}:
        assert {node[name] is None for node in nodes} == {True}, name


async def test_a_field_is_shown_in_some_entities(ask: Ask, trade: Trade) -> None:
    rights = masked_by(Mask.NULL, "total", "lines", "entity", shown=Shown.SOMEWHERE)
    rights |= masked_by(Mask.BUCKET, "value", shown=Shown.SOMEWHERE)
    reader = EntityScope((trade.north, trade.south), rights=rights, shown_in=(trade.south,))
    query = (
        "{ salesOrders(first: 50) { nodes { number total entity { code } lines { totalCount } value { amount } } } }"
    )
    nodes = (await ask(query, reader))["data"]["salesOrders"]["nodes"]
    whole = (await ask(query))["data"]["salesOrders"]["nodes"]
    for node, row in zip(nodes, whole, strict=True):
        if row["entity"]["code"] == "SOUTH":
            assert node == row
        else:
            assert (node["number"], node["total"], node["entity"], node["lines"]) == (row["number"], None, None, None)
            assert Decimal(node["value"]["amount"]) in (0, 1, 10, 100)


async def test_a_row_of_the_group_shows_what_is_shown_anywhere(ask: Ask) -> None:
    rights = {("Item", "weight"): FieldRight(Shown.SOMEWHERE, parameter=SHOWN_IN, sorts=True, filters=True)}
    reader = EntityScope((made_id("north"),), rights=rights, shown_in=(made_id("north"),))
    query = "{ items(orderBy: [WEIGHT_ASC]) { nodes { sku weight } } }"
    assert (await ask(query, reader))["data"] == (await ask(query))["data"]


REFUSED: dict[str, tuple[str, str, str]] = {
    "a condition": ("{ salesOrders(where: {total: {gt: 5}}) { totalCount } }", "SalesOrder.total", "where.total"),
    "whether it is empty": (
        "{ salesOrders(where: {or: [{note: {isNull: true}}]}) { totalCount } }", "SalesOrder.note", "where.or.note",
    ),
    "a condition on related rows": (
        "{ items(where: {lines: {none: {not: {quantity: {gt: 5}}}}}) { totalCount } }",
        "SalesOrderLine.quantity", "where.lines.none.not.quantity",
    ),
    "an order": (
        "{ salesOrders(orderBy: [PLACED_AT_ASC, TOTAL_DESC]) { totalCount } }", "SalesOrder.total", "orderBy.1",
    ),
    "a list in a list": (
        "{ items { nodes { lines(orderBy: [QUANTITY_ASC]) { totalCount } } } }",
        "SalesOrderLine.quantity", "orderBy.0",
    ),
    "a look into related rows": (
        "{ legalEntity(code: \"NORTH\") { orders(where: {lines: {some: {}}}) { totalCount } } }",
        "SalesOrder.lines", "where.lines",
    ),
    "a search": ('{ items(where: {search: "ite"}) { totalCount } }', "Item.name", "where.search"),
    "a key": ('{ item(sku: "SKU-1") { weight } }', "Item.sku", "sku"),
}  # fmt: skip
HIDDEN = {
    ("SalesOrder", "value"), ("SalesOrder", "note"), ("SalesOrderLine", "quantity"), ("Item", "name"),
    ("Item", "sku"), ("SalesOrder", "lines"),
}  # fmt: skip


@pytest.mark.parametrize("mask", Mask)
@pytest.mark.parametrize(("query", "field", "argument"), REFUSED.values(), ids=REFUSED)
async def test_nothing_is_asked_of_what_is_masked(
    ask: Ask, trade: Trade, query: str, field: str, argument: str, mask: Mask
) -> None:
    """Not by a field that shows the same column either: `total` is the amount of the masked `value`."""
    hidden = HIDDEN - {("Item", "sku")} if field == "Item.name" else HIDDEN
    rights = {each: FieldRight(Shown.NOWHERE, mask) for each in hidden}
    answer = await ask(query, EntityScope((trade.north,), rights=rights))
    assert answer.statements == [], "it is refused before any SQL"
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN_FIELD", "field": field, "argument": argument}
    verb = "order" if "orderBy" in argument else "filter"
    name = field.partition(".")[2]
    message = f"You may not {verb} by {name}: your roles show at most a mask of it. Leave {argument} out."
    assert error["message"] == message
    assert query[error["locations"][-1]["column"] - 1 :].startswith(
        ("lines(", "orders(", "salesOrders(", "items(", "item(")
    )


async def test_who_sees_a_field_only_somewhere_has_no_order_by_it(ask: Ask, trade: Trade) -> None:
    rights = masked_by(Mask.NULL, "total", shown=Shown.SOMEWHERE, sorts=True, filters=True)
    reader = EntityScope((trade.north, trade.south), rights=rights, shown_in=(trade.south,))
    refused = await ask("{ salesOrders(orderBy: [TOTAL_ASC]) { edges { cursor } } }", reader)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN_FIELD"
    allowed = await ask('{ salesOrders(where: {total: {gt: "20"}}) { totalCount } }', reader)
    assert allowed["data"] == (await ask('{ salesOrders(where: {total: {gt: "20"}}) { totalCount } }'))["data"]


async def test_a_cursor_tells_nothing_that_is_masked(ask: Ask, trade: Trade) -> None:
    """The usual order falls back to that of the keys, and pages follow one another in it."""
    reader = EntityScope((trade.north, trade.south), rights=masked_by(Mask.NULL, "placedAt"))
    query = """query ($after: Cursor) { salesOrders(first: 5, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await ask(query, reader, after=after))["data"]["salesOrders"]
        for edge in page["edges"]:
            _, *values = orjson.loads(decode_bytes(edge["cursor"]))
            assert encode_id("SalesOrder", *map(UUID, values)) == edge["node"]["id"], "nothing but the keys"
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    whole = sorted(trade.orders, key=lambda row: (row["id"], row["entity_id"]))
    assert seen == [encode_id("SalesOrder", row["id"], row["entity_id"]) for row in whole]
    others: Answer = await ask("{ salesOrders(first: 1) { pageInfo { endCursor } } }")
    forged = await ask(query, reader, after=others["data"]["salesOrders"]["pageInfo"]["endCursor"])
    assert forged.messages == ["The cursor belongs to another list or another order."]


def test_a_value_that_is_shown_twice_is_masked_in_both_places_or_none() -> None:
    with pytest.raises(AssertionError, match=r"SalesOrder.value may be masked, but \['total'\] tell total too"):
        assemble(NODES, restrictable={"SalesOrder": {"value"}})
    made = assemble(NODES, restrictable={"SalesOrder": {"value", "total"}})
    assert made["SalesOrder"].restrictable == {"value", "total"}

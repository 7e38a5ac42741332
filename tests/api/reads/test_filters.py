"""`where`: each query is answered as Python answers it from the rows that were written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from api.values.ids import encode_id
from tests.api.reads.conftest import Ask
from tests.api.reads.trade import HOSTILE, Row, Trade, made_id
from tests.api.reads.world import EntityScope

FIND = "query ($w: SalesOrderWhere) { salesOrders(first: 100, where: $w) { totalCount nodes { id } } }"

NORTH = encode_id("LegalEntity", made_id("north"))


def nothing(_row: Row) -> bool:
    return False


def everything(_row: Row) -> bool:
    return True


ORACLE: dict[str, tuple[dict[str, Any], Callable[[Row], bool]]] = {
    "eq": ({"number": {"eq": "SO-3"}}, lambda row: row["number"] == "SO-3"),
    "in": ({"number": {"in": ["SO-3", "SO-4", "SO-99"]}}, lambda row: row["number"] in ("SO-3", "SO-4")),
    "in nothing": ({"number": {"in": []}}, nothing),
    "range": ({"total": {"gt": "10.5", "lte": "52.50"}}, lambda row: Decimal("10.5") < row["total"] <= Decimal("52.5")),
    "range of text": ({"number": {"gte": "SO-2", "lt": "SO-5"}}, lambda row: "SO-2" <= row["number"] < "SO-5"),
    "prefix": ({"number": {"startsWith": "SO-1"}}, lambda row: row["number"].startswith("SO-1")),
    "prefix is no pattern": ({"note": {"startsWith": "%"}}, nothing),
    "hostile": ({"note": {"eq": HOSTILE}}, lambda row: row["note"] == HOSTILE),
    "hostile prefix": ({"note": {"startsWith": "quote ' double \""}}, lambda row: row["note"] == HOSTILE),
    "enum": ({"status": {"eq": "SHIPPED"}}, lambda row: row["status"] == "shipped"),
    "enums": ({"status": {"in": ["SHIPPED", "OPEN"]}}, everything),
    "boolean": ({"rush": {"eq": True}}, lambda row: row["rush"]),
    "is null": ({"requestedOn": {"isNull": True}}, lambda row: row["requested_on"] is None),
    "is not null": ({"priority": {"isNull": False}}, lambda row: row["priority"] is not None),
    "date": (
        {"requestedOn": {"gte": "2026-02-03"}},
        lambda row: row["requested_on"] is not None and row["requested_on"] >= date(2026, 2, 3),
    ),
    "instant with an offset": (
        {"placedAt": {"lt": "2026-01-03T10:00:00+02:00"}},
        lambda row: row["placed_at"] < datetime(2026, 1, 3, 8, tzinfo=UTC),
    ),
    "relation": ({"entity": {"eq": NORTH}}, lambda row: row["entity_id"] == made_id("north")),
    "relations": ({"entity": {"in": [NORTH]}}, lambda row: row["entity_id"] == made_id("north")),
    "both": (
        {"rush": {"eq": False}, "status": {"eq": "OPEN"}},
        lambda row: not row["rush"] and row["status"] == "open",
    ),
    "or": (
        {"or": [{"rush": {"eq": True}}, {"number": {"eq": "SO-5"}}]},
        lambda row: row["rush"] or row["number"] == "SO-5",
    ),
    "or of nothing": ({"or": []}, nothing),
    "and of nothing": ({"and": []}, everything),
    "and": ({"and": [{"total": {"gt": "20"}}, {"total": {"lt": "40"}}]}, lambda row: 20 < row["total"] < 40),
    "not is the complement": ({"not": {"priority": {"gt": 0}}}, lambda row: not (row["priority"] or 0) > 0),
    "not of both": (
        {"not": {"rush": {"eq": True}, "number": {"eq": "SO-0"}}},
        lambda row: not (row["rush"] and row["number"] == "SO-0"),
    ),
    "deep": (
        {"or": [{"not": {"or": [{"rush": {"eq": False}}]}}, {"and": [{"priority": {"isNull": True}}]}]},
        lambda row: row["rush"] or row["priority"] is None,
    ),
    "empty": ({}, everything),
}


@pytest.mark.parametrize(("where", "holds"), ORACLE.values(), ids=ORACLE)
async def test_a_condition_finds_the_rows_for_which_it_holds(
    ask: Ask, trade: Trade, where: dict[str, Any], holds: Callable[[Row], bool]
) -> None:
    answer = await ask(FIND, w=where)
    assert "errors" not in answer, answer
    expected = {encode_id("SalesOrder", row["id"], row["entity_id"]) for row in trade.orders if holds(row)}
    found = answer["data"]["salesOrders"]
    assert {node["id"] for node in found["nodes"]} == expected
    assert found["totalCount"] == len(found["nodes"]) == len(expected)


async def test_a_nested_list_is_filtered(ask: Ask, trade: Trade) -> None:
    item = encode_id("Item", made_id("item 4"))
    query = """query ($item: ID!) { salesOrders(first: 100) { nodes { id
        lines(where: {item: {eq: $item}}) { totalCount nodes { item { id } } } } } }"""
    answer = await ask(query, item=item)
    for node, row in zip(answer["data"]["salesOrders"]["nodes"], newest_first(trade), strict=True):
        expected = [line for line in trade.lines_of(row) if line["item_id"] == made_id("item 4")]
        assert node["id"] == encode_id("SalesOrder", row["id"], row["entity_id"])
        assert node["lines"] == {"totalCount": len(expected), "nodes": [{"item": {"id": item}}] * len(expected)}


def newest_first(trade: Trade) -> list[Row]:
    return sorted(trade.orders, key=lambda row: (row["placed_at"], row["id"], row["entity_id"]), reverse=True)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "null": ({"number": {"eq": None}}, "where.number.eq cannot be null; use isNull to look for empty values."),
    "null condition": ({"number": None}, "where.number cannot be null; leave it out."),
    "malformed id": ({"entity": {"eq": "garbage"}}, "where.entity.eq is malformed: not an id."),
    "id of another type": (
        {"entity": {"in": [encode_id("Item", made_id("item 1"))]}},
        "where.entity.in must be an id of LegalEntity, not of Item.",
    ),
    "too many": ({"number": {"in": ["x"] * 1001}}, "where.number.in takes 1000 values at most, not 1001."),
}


@pytest.mark.parametrize(("where", "message"), REFUSED.values(), ids=REFUSED)
async def test_a_condition_that_cannot_be_is_refused(ask: Ask, where: dict[str, Any], message: str) -> None:
    answer = await ask(FIND, w=where)
    assert answer.messages == [message]
    assert answer.statements == []


UNACCEPTABLE: dict[str, dict[str, Any]] = {
    "column off the list": {"currency": {"eq": "EUR"}},
    "operator off the list": {"number": {"like": "%"}},
    "NUL": {"number": {"eq": "SO\x00"}},
    "lone surrogate": {"number": {"eq": "\ud800"}},
    "not a number": {"total": {"eq": "NaN"}},
    "infinite": {"total": {"lt": "Infinity"}},
    "exponent": {"total": {"lt": "1e30"}},
    "float": {"total": {"lt": 1.5}},
    "too long a number": {"total": {"lt": "1" * 61}},
    "date": {"requestedOn": {"eq": "2026-02-30"}},
    "instant without offset": {"placedAt": {"eq": "2026-02-01T00:00:00"}},
    "instant out of range": {"placedAt": {"eq": "0001-01-01T00:00:00+14:00"}},
    "status": {"status": {"eq": "LOST"}},
}


@pytest.mark.parametrize("where", UNACCEPTABLE.values(), ids=UNACCEPTABLE)
async def test_input_that_no_column_can_hold_never_reaches_sql(ask: Ask, where: dict[str, Any]) -> None:
    answer = await ask(FIND, w=where)
    assert len(answer["errors"]) == 1
    assert answer["data"] is None
    assert answer.statements == []


async def test_orders_take_several_columns(ask: Ask, trade: Trade) -> None:
    off_the_list = await ask("{ salesOrders(orderBy: [RUSH_DESC]) { totalCount } }")
    assert off_the_list["data"] is None
    query = "{ salesOrders(first: 100, orderBy: [PLACED_AT_ASC, NUMBER_DESC]) { nodes { number } } }"
    numbers = [node["number"] for node in (await ask(query))["data"]["salesOrders"]["nodes"]]
    assert numbers == [row["number"] for row in sorted(trade.orders, key=lambda row: row["placed_at"])]


LINES: dict[str, tuple[dict[str, Any], Callable[[list[Row]], bool]]] = {
    "some": ({"some": {"quantity": {"gt": "8"}}}, lambda lines: any(line["quantity"] > 8 for line in lines)),
    "some of anything": ({"some": {}}, bool),
    "none": ({"none": {"quantity": {"gt": "8"}}}, lambda lines: all(line["quantity"] <= 8 for line in lines)),
    "both hold for one row": (
        {"some": {"quantity": {"eq": "9"}, "lineNumber": {"eq": 2}}},
        lambda lines: any(line["quantity"] == 9 and line["line_number"] == 2 for line in lines),
    ),
    "some and none": (
        {"some": {"lineNumber": {"eq": 1}}, "none": {"lineNumber": {"eq": 3}}},
        lambda lines: 3 not in [line["line_number"] for line in lines],
    ),
    "an item": (
        {"some": {"item": {"eq": encode_id("Item", made_id("item 4"))}}},
        lambda lines: made_id("item 4") in [line["item_id"] for line in lines],
    ),
    "neither": ({}, lambda _lines: True),
}


@pytest.mark.parametrize(("lines", "holds"), LINES.values(), ids=LINES)
async def test_a_condition_looks_into_related_rows(
    ask: Ask, trade: Trade, lines: dict[str, Any], holds: Callable[[list[Row]], bool]
) -> None:
    for where, expected in (
        ({"lines": lines}, {row["id"] for row in trade.orders if holds(trade.lines_of(row))}),
        ({"not": {"lines": lines}}, {row["id"] for row in trade.orders if not holds(trade.lines_of(row))}),
    ):
        for entities in ((trade.north,), (trade.south,), (trade.north, trade.south)):
            found = (await ask(FIND, EntityScope(entities), w=where))["data"]["salesOrders"]
            assert {node["id"] for node in found["nodes"]} == {
                encode_id("SalesOrder", row["id"], row["entity_id"])
                for row in trade.orders
                if row["id"] in expected and row["entity_id"] in entities
            }
            assert found["totalCount"] == len(found["nodes"])


FIND_ITEMS = "query ($w: ItemWhere) { items(where: $w) { nodes { sku } } }"


async def test_what_a_reader_cannot_see_is_not_found_through_a_relation(ask: Ask, trade: Trade) -> None:
    of_north = {line["item_id"] for line in trade.lines if line["entity_id"] == trade.north}
    ordered = {"lines": {"some": {"quantity": {"gte": "0"}}}}
    answer = await ask(FIND_ITEMS, EntityScope((trade.north,)), w=ordered)
    assert {node["sku"] for node in answer["data"]["items"]["nodes"]} == {
        item["sku"] for item in trade.items if item["id"] in of_north
    }
    nobody = EntityScope((), frozenset({"SalesOrderLine"}))
    assert (await ask(FIND_ITEMS, nobody, w=ordered))["data"]["items"]["nodes"] == []
    none: dict[str, Any] = {"lines": {"none": {}}}
    assert len((await ask(FIND_ITEMS, nobody, w=none))["data"]["items"]["nodes"]) == len(trade.items)


SEARCHES = {
    "capitals do not matter": ("sKu-3", ["SKU-3"]),
    "in the middle of a name": ("tem 5", ["SKU-5"]),
    "space around it": ("  item 6 ", ["SKU-6"]),
    "per cent is no pattern": ("%%%", []),
    "an underscore is no pattern": ("sku_3", []),
    "a backslash is itself": ("backslash \\ newline", ["SKU-0"]),
    "a backslash escapes nothing": ("\\i\\t\\e\\m", []),
    "signs of SQL": ("'; drop table", ["SKU-0"]),
}


@pytest.mark.parametrize(("search", "skus"), SEARCHES.values(), ids=SEARCHES)
async def test_a_search_finds_a_text_anywhere(ask: Ask, search: str, skus: list[str]) -> None:
    answer = await ask(FIND_ITEMS, w={"search": search})
    assert [node["sku"] for node in answer["data"]["items"]["nodes"]] == skus


UNREASONABLE: dict[str, tuple[dict[str, Any], str]] = {
    "too short": ({"search": "  ab "}, "where.search takes 3 to 100 characters, not 2."),
    "too long": ({"search": "x" * 101}, "where.search takes 3 to 100 characters, not 101."),
    "null": ({"search": None}, "where.search cannot be null; leave it out."),
    "null relation": ({"lines": {"some": None}}, "where.lines.some cannot be null; leave it out."),
    "a place inside": (
        {"lines": {"some": {"item": {"eq": "x"}}}},
        "where.lines.some.item.eq is malformed: not an id.",
    ),
}


@pytest.mark.parametrize(("where", "message"), UNREASONABLE.values(), ids=UNREASONABLE)
async def test_an_unreasonable_condition_is_refused(ask: Ask, where: dict[str, Any], message: str) -> None:
    answer = await ask(FIND_ITEMS, w=where)
    assert answer.messages == [message]
    assert answer.statements == []


async def test_conditions_have_a_depth(ask: Ask) -> None:
    deep: dict[str, Any] = {"sku": {"eq": "SKU-1"}}
    for _ in range(10):
        deep = {"not": deep}
    assert (await ask(FIND_ITEMS, w=deep))["data"]["items"]["nodes"] == [{"sku": "SKU-1"}]
    assert (await ask(FIND_ITEMS, w={"not": deep})).messages == ["Conditions may be nested 10 deep at most."]


@pytest.mark.parametrize("group", [{}, {"sku": {"eq": "x"}}, {"lines": {"some": {}}}], ids=["empty", "column", "some"])
async def test_conditions_have_a_number(ask: Ask, group: dict[str, Any]) -> None:
    assert "errors" not in await ask(FIND_ITEMS, w={"or": [group] * 20})
    refused = await ask(FIND_ITEMS, w={"or": [group] * 101})
    assert refused.messages == ["where may have 100 conditions at most."]


async def test_one_variable_does_not_multiply_conditions(ask: Ask) -> None:
    """A `where` of a hundred conditions is one variable, and a document has room for hundreds of lists."""
    where = {"or": [{"quantity": {"eq": "1"}}] * 30}
    lists = " ".join(f"list{number}: lines(where: $w) {{ totalCount }}" for number in range(12))
    query = f"query ($w: SalesOrderLineWhere) {{ items(first: 1) {{ nodes {{ {lists} }} }} }}"
    refused = await ask(query, w=where)
    assert refused.messages == ["An operation may have 1000 conditions at most, counted wherever they apply."]
    assert refused.statements == []
    roots = " ".join(
        f"items{number}: items(first: 1) {{ nodes {{ sku lines(where: $w) {{ totalCount }} }} }}"
        for number in range(12)
    )
    answer = await ask(f"query ($w: SalesOrderLineWhere) {{ {roots} }}", w=where)
    assert answer["data"]["items0"] is not None
    assert answer["data"]["items11"] is None

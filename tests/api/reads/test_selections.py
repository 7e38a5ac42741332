"""What a selection gives: aliases, fragments, directives, values of every kind, one statement for each root field."""

import strawberry

from api.values.ids import encode_id
from tests.api.reads.conftest import Ask
from tests.api.reads.trade import HOSTILE, Trade, made_id
from tests.api.reads.world import EntityScope


async def test_every_kind_of_value_looks_like_its_scalar(ask: Ask) -> None:
    query = """{ salesOrders(where: {number: {eq: "SO-1"}}, first: 1) { nodes {
        __typename number status placedAt requestedOn priority position total rush note extra label doubled
        value { amount currency __typename } carriage { amount } } } }"""
    answer = await ask(query)
    assert answer == {
        "data": {
            "salesOrders": {
                "nodes": [
                    {
                        "__typename": "SalesOrder",
                        "number": "SO-1",
                        "status": "OPEN",
                        "placedAt": "2026-01-01T08:00:00.00001Z",
                        "requestedOn": "2026-02-02",
                        "priority": 1,
                        "position": 2**40 + 1,
                        "total": "10.50",
                        "rush": False,
                        "note": HOSTILE,
                        "extra": {"n": 1, "text": HOSTILE},
                        "label": "SO-1EUR",
                        "doubled": 2**41 + 2,
                        "value": {"amount": "10.50", "currency": "EUR", "__typename": "Money"},
                        "carriage": {"amount": "4.90"},
                    }
                ]
            }
        }
    }


async def test_aliases_fragments_directives_and_merged_fields(ask: Ask) -> None:
    query = """
        query ($yes: Boolean!, $no: Boolean!, $number: String!) {
          first: salesOrder(number: $number, entityId: "%s") {
            ...Head
            total @include(if: $no)
            rush @skip(if: $no)
            note @skip(if: $yes)
            lines(first: 1) { nodes { lineNumber } }
            ... on SalesOrder @include(if: $yes) { also: number lines(first: 1) { nodes { quantity } totalCount } }
            ... on Node { id }
          }
        }
        fragment Head on SalesOrder { kind: __typename number ...Tail }
        fragment Tail on SalesOrder { number status }
    """
    north = encode_id("LegalEntity", made_id("north"))
    answer = await ask(query % north, yes=True, no=False, number="SO-2")
    assert list(answer["data"]["first"]) == ["kind", "number", "status", "rush", "lines", "also", "id"]
    assert answer["data"]["first"] == {
        "kind": "SalesOrder",
        "number": "SO-2",
        "status": "OPEN",
        "rush": False,
        "lines": {"nodes": [{"lineNumber": 1, "quantity": "3"}], "totalCount": 3},
        "also": "SO-2",
        "id": encode_id("SalesOrder", made_id("order N2"), made_id("north")),
    }


async def test_one_root_field_is_one_statement_whatever_its_depth(ask: Ask) -> None:
    query = """{
        salesOrders(first: 20) { nodes { number entity { code } lines(first: 5) { nodes { item { sku
            suppliers(first: 2) { nodes { supplier { name } } } } } totalCount pageInfo { hasNextPage } } } totalCount }
        items { nodes { sku } }
    }"""
    answer = await ask(query)
    assert "errors" not in answer
    assert len(answer["data"]["salesOrders"]["nodes"]) == 20
    assert len(answer.statements) == 2


async def test_the_same_shape_has_the_same_text_whatever_the_values(ask: Ask) -> None:
    query = "query ($n: String!) { salesOrders(first: 1, where: {number: {eq: $n}}) { nodes { number } } }"
    one = await ask(query, n="SO-1")
    other = await ask(query, n="'; DROP TABLE trade.item; --")
    assert one.statements == other.statements
    assert other["data"]["salesOrders"]["nodes"] == []


async def test_text_that_tries_to_break_out_comes_back_as_it_was(ask: Ask) -> None:
    answer = await ask('{ item(sku: "SKU-0") { name } }')
    assert answer["data"]["item"]["name"] == HOSTILE
    found = await ask(
        "query ($note: String!) { salesOrders(where: {note: {eq: $note}}) { nodes { number note } } }", note=HOSTILE
    )
    assert found["data"]["salesOrders"]["nodes"] == [{"number": "SO-1", "note": HOSTILE}] * 2


async def test_a_relation_to_nothing_is_null(ask: Ask) -> None:
    answer = await ask('{ item(sku: "SKU-0") { weight suppliers { nodes { rank supplier { name } } } } }')
    someone_and_nobody = [{"rank": 1, "supplier": {"name": "Supplier 1"}}, {"rank": 2, "supplier": None}]
    assert answer["data"]["item"] == {"weight": None, "suppliers": {"nodes": someone_and_nobody}}


async def test_node_answers_with_the_type_of_the_id(ask: Ask, trade: Trade) -> None:
    order = encode_id("SalesOrder", made_id("order S3"), trade.south)
    query = """query ($id: ID!) { node(id: $id) {
        __typename id ... on SalesOrder { number } ... on Item { sku } ...Named } }
        fragment Named on Supplier { name }"""
    answer = await ask(query, id=order)
    assert answer["data"]["node"] == {"__typename": "SalesOrder", "id": order, "number": "SO-3"}
    assert len(answer.statements) == 1
    supplier = encode_id("Supplier", made_id("supplier 1"))
    answer = await ask(query, id=supplier)
    assert answer["data"]["node"] == {"__typename": "Supplier", "id": supplier, "name": "Supplier 1"}


async def test_nodes_keep_the_order_of_their_ids_and_null_for_the_missing(ask: Ask, trade: Trade) -> None:
    ids = [
        encode_id("Item", made_id("item 2")),
        encode_id("Item", made_id("no item")),
        encode_id("SalesOrder", made_id("order N1"), trade.north),
        encode_id("Nonsense", made_id("item 2")),
        encode_id("Item", made_id("item 1")),
        encode_id("Item", made_id("item 1"), trade.north),
        encode_id("Item", made_id("item 2")),
    ]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Item { sku } ... on SalesOrder { number } } }"
    answer = await ask(query, ids=ids)
    sku_1, sku_2 = {"sku": "SKU-1"}, {"sku": "SKU-2"}
    assert answer["data"]["nodes"] == [sku_2, None, {"number": "SO-1"}, None, sku_1, None, sku_2]
    assert len(answer.statements) == 1
    assert (await ask(query, ids=[]))["data"]["nodes"] == []
    too_many = await ask(query, ids=ids * 20)
    assert too_many.messages == ["ids takes 100 ids at most, not 140."]


async def test_lookups_by_key(ask: Ask, trade: Trade) -> None:
    south = encode_id("LegalEntity", trade.south)
    query = "query ($n: String, $e: ID) { salesOrder(number: $n, entityId: $e) { entity { code } } }"
    assert (await ask(query, n="SO-4", e=south))["data"]["salesOrder"] == {"entity": {"code": "SOUTH"}}
    assert (await ask(query, n="SO-99"))["data"]["salesOrder"] is None
    only_north = EntityScope((trade.north,))
    assert (await ask(query, only_north, n="SO-4"))["data"]["salesOrder"] == {"entity": {"code": "NORTH"}}
    assert (await ask(query, only_north, n="SO-4", e=south))["data"]["salesOrder"] is None
    ambiguous = await ask(query, n="SO-4")
    assert ambiguous["data"] == {"salesOrder": None}
    assert ambiguous.messages == ["Several entities have an object with this key. Give entityId too."]


async def test_lookups_want_exactly_one_key(ask: Ask) -> None:
    nothing = await ask("{ item { sku } }")
    both = await ask('{ item(id: "x", sku: "SKU-1") { sku } }')
    assert nothing.messages == both.messages == ["Give exactly one of id, sku."]
    assert nothing["errors"][0]["extensions"] == {"code": "VALIDATION_FAILED"}


async def test_bad_ids(ask: Ask, trade: Trade) -> None:
    malformed = await ask('{ item(id: "garbage!") { sku } node(id: "") { id } }')
    assert malformed["data"] == {"item": None, "node": None}
    assert malformed.messages == ["id is malformed: not an id."] * 2
    of_another_type = encode_id("SalesOrder", made_id("order N1"), trade.north)
    answer = await ask("query ($id: ID!) { item(id: $id) { sku } }", id=of_another_type)
    assert answer == {"data": {"item": None}}


async def test_an_error_of_one_root_field_leaves_the_others(ask: Ask) -> None:
    answer = await ask('{ items(first: 1000) { totalCount } item(sku: "SKU-1") { sku } }')
    assert answer["data"] == {"items": None, "item": {"sku": "SKU-1"}}
    answer = await ask('{ salesOrder { number } item(sku: "SKU-1") { sku } }')
    assert answer["data"] == {"salesOrder": None, "item": {"sku": "SKU-1"}}


async def test_a_hidden_entity_is_hidden_at_every_level(ask: Ask, trade: Trade) -> None:
    only_south = EntityScope((trade.south,))
    query = """{ item(sku: "SKU-2") { lines { totalCount nodes { order { entity { code } } } } }
        salesOrders { totalCount } }"""
    answer = await ask(query, only_south)
    lines = answer["data"]["item"]["lines"]
    of_south = [
        line for line in trade.lines if line["item_id"] == made_id("item 2") and line["entity_id"] == trade.south
    ]
    assert lines["totalCount"] == len(of_south) == len(lines["nodes"])
    assert {line["order"]["entity"]["code"] for line in lines["nodes"]} == {"SOUTH"}
    assert answer["data"]["salesOrders"]["totalCount"] == 12
    hidden = encode_id("SalesOrder", made_id("order N1"), trade.north)
    answer = await ask("query ($id: ID!) { node(id: $id) { id } salesOrder(id: $id) { id } }", only_south, id=hidden)
    assert answer == {"data": {"node": None, "salesOrder": None}}


async def test_a_type_that_the_reader_may_not_see_is_empty_everywhere(ask: Ask, trade: Trade) -> None:
    without_lines = EntityScope((trade.north,), frozenset({"SalesOrderLine", "Supplier"}))
    query = """{
        salesOrders(first: 1) { nodes { lines { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }
        item(sku: "SKU-1") { suppliers { nodes { supplier { name } } } } }"""
    answer = await ask(query, without_lines)
    empty = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    assert answer["data"]["salesOrders"]["nodes"] == [{"lines": empty}]
    assert answer["data"]["item"]["suppliers"]["nodes"] == [{"supplier": None}] * 2


async def test_nobody_reads_nothing(ask: Ask) -> None:
    answer = await ask("{ salesOrders { totalCount nodes { id } } }", EntityScope(()))
    assert answer["data"]["salesOrders"] == {"totalCount": 0, "nodes": []}


def test_columns_that_no_node_names_are_not_in_the_schema(schema: strawberry.Schema) -> None:
    assert "secret" not in schema.as_str()


async def test_a_selection_of_which_directives_leave_nothing_is_an_empty_object(ask: Ask) -> None:
    query = """query ($no: Boolean!) { salesOrders(first: 2) { ...Rows } nothing: salesOrders { ...None } }
        fragment Rows on SalesOrderConnection {
          nodes { number @include(if: $no) }
          edges { cursor @skip(if: true) }
          more: edges { node { value { amount @skip(if: true) } } }
          pageInfo { endCursor @include(if: false) } }
        fragment None on SalesOrderConnection { totalCount @include(if: $no) }"""
    answer = await ask(query, no=False)
    rows = {"nodes": [{}, {}], "edges": [{}, {}], "more": [{"node": {"value": {}}}] * 2, "pageInfo": {}}
    assert answer == {"data": {"salesOrders": rows, "nothing": {}}}


async def test_an_object_of_another_type_than_the_fragments_is_empty(ask: Ask) -> None:
    order = encode_id("SalesOrder", made_id("order N1"), made_id("north"))
    answer = await ask("query ($id: ID!) { node(id: $id) { ... on Item { sku } } }", id=order)
    assert answer == {"data": {"node": {}}}


async def test_what_does_not_read_the_page_is_one_value_for_any_page(ask: Ask) -> None:
    query = """query ($first: Int) { salesOrders(first: $first) { pageInfo { hasPreviousPage __typename } totalCount }
        items(first: $first) { nodes { lines(first: $first) { pageInfo { hasPreviousPage } } } } }"""
    info = {"hasPreviousPage": False, "__typename": "PageInfo"}
    for size in (0, 1, 5):
        answer = await ask(query, first=size)
        assert answer["data"]["salesOrders"] == {"pageInfo": info, "totalCount": 24}
        assert answer["data"]["items"]["nodes"] == [{"lines": {"pageInfo": {"hasPreviousPage": False}}}] * size

"""An operation is planned once for all requests that are like it, and plain reads never meet the executor."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from graphql.execution.execute import Executor
from sqlalchemy.ext.asyncio import AsyncEngine

from api.operations.disclosure import Disclosure
from api.operations.execution import CompiledSchema
from api.reads.operation import LEAF_SIZE, LEAVES_MAX, SHAPES_MAX
from api.reads.planner import Planner
from api.reads.run import Driver
from api.values.ids import encode_id
from tests.api.reads.conftest import Ask
from tests.api.reads.schema import make_trade_schema
from tests.api.reads.trade import Trade, made_id
from tests.api.reads.world import EntityScope, Request


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Grows with each read that is planned."""
    made: list[Any] = []
    finished = Planner.finished

    def counting(planner: Planner, plan: Any) -> Any:
        made.append(plan)
        return finished(planner, plan)

    monkeypatch.setattr(Planner, "finished", counting)
    return made


@pytest.fixture
def without_executor(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets graphql-core's executor fail."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the executor ran")

    with monkeypatch.context() as patched:
        patched.setattr(Executor, "execute_operation", refuse)
        yield


@pytest.mark.usefixtures("without_executor")
async def test_plain_reads_need_no_executor(ask: Ask, trade: Trade) -> None:
    query = """query Mixed($sku: String!, $id: ID!) { __typename it: item(sku: $sku) { sku }
        items(first: 1) { totalCount } node(id: $id) { id } nodes(ids: [$id]) { __typename } }"""
    order = encode_id("SalesOrder", made_id("order N3"), trade.north)
    answer = await ask(query, sku="SKU-2", id=order)
    assert answer == {
        "data": {
            "__typename": "Query",
            "it": {"sku": "SKU-2"},
            "items": {"totalCount": len(trade.items)},
            "node": {"id": order},
            "nodes": [{"__typename": "SalesOrder"}],
        }
    }
    assert len(answer.statements) == 4


@pytest.mark.usefixtures("trade")
async def test_requests_that_differ_in_values_share_a_plan(ask: Ask, planned: list[Any]) -> None:
    query = """query Share($first: Int, $after: Cursor, $skus: [String!], $weight: Decimal) {
        items(first: $first, after: $after, where: {sku: {in: $skus}, not: {weight: {eq: $weight}}}) {
            edges { cursor node { sku } } } }"""
    page = (await ask(query, first=2, skus=["SKU-1", "SKU-2", "SKU-3"], weight="-1"))["data"]["items"]["edges"]
    assert [edge["node"]["sku"] for edge in page] == ["SKU-1", "SKU-2"]
    other = (await ask(query, first=5, skus=["SKU-4", "SKU-1"], weight="-2"))["data"]["items"]["edges"]
    assert [edge["node"]["sku"] for edge in other] == ["SKU-1", "SKU-4"]
    assert len(planned) == 1
    rest = await ask(query, first=5, after=page[0]["cursor"], skus=["SKU-1", "SKU-2", "SKU-3"], weight="-1")
    assert [edge["node"]["sku"] for edge in rest["data"]["items"]["edges"]] == ["SKU-2", "SKU-3"]
    assert len(planned) == 2


async def test_an_id_of_another_type_has_a_plan_of_its_own(ask: Ask, trade: Trade, planned: list[Any]) -> None:
    query = "query Which($id: ID!) { node(id: $id) { __typename ... on Item { sku } } item(id: $id) { name } }"
    ids = {
        "Item": encode_id("Item", made_id("item 1")),
        "SalesOrder": encode_id("SalesOrder", made_id("order N3"), trade.north),
        "Nothing": encode_id("Nothing", made_id("item 1")),
    }
    answers = {name: [(await ask(query, id=each))["data"] for _ in range(2)] for name, each in ids.items()}
    assert answers["Item"][0]["node"] == {"__typename": "Item", "sku": "SKU-1"}
    assert answers["SalesOrder"][0] == {"node": {"__typename": "SalesOrder"}, "item": None}
    assert answers["Nothing"][0] == {"node": None, "item": None}
    assert all(first == second for first, second in answers.values())
    assert len(planned) == 2 * 3


async def test_a_cursor_with_an_empty_value_has_a_plan_of_its_own(ask: Ask, trade: Trade) -> None:
    query = """query Nulls($after: Cursor) {
        items(first: 1, orderBy: [WEIGHT_ASC], after: $after) { nodes { sku } pageInfo { endCursor } } }"""
    seen, cursor = [], None
    for _ in trade.items:
        page = (await ask(query, after=cursor))["data"]["items"]
        seen += [item["sku"] for item in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
    assert sorted(seen) == sorted(row["sku"] for row in trade.items)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"first": 101}, "first must be between 0 and 100, not 101."),
        ({"after": "nonsense"}, "The cursor is malformed."),
        ({"ids": ["nonsense"]}, "where.item.in is malformed: not an id."),
    ],
)
async def test_a_value_that_is_refused_spoils_no_plan(ask: Ask, variables: dict[str, Any], message: str) -> None:
    query = """query Refused($first: Int = 1, $after: Cursor, $ids: [ID!] = []) { item(sku: "SKU-1") {
        lines(first: $first, after: $after, where: {item: {in: $ids}}) { totalCount } } }"""
    for _ in range(2):
        refused = await ask(query, **variables)
        assert refused["data"] == {"item": None}
        assert refused.messages == [message]
        assert refused["errors"][0]["path"] == ["item"]
        assert (await ask(query))["data"] == {"item": {"lines": {"totalCount": 0}}}


@pytest.mark.usefixtures("trade")
async def test_plans_belong_to_readers_with_the_same_rights(ask: Ask, trade: Trade) -> None:
    query = 'query Rights { item(sku: "SKU-1") { sku weight } }'
    blind = EntityScope((trade.north,), hidden_fields=frozenset({("Item", "weight")}))
    seen = (await ask(query))["data"]["item"]
    assert seen["weight"] is not None
    assert (await ask(query, blind))["data"]["item"] == {"sku": "SKU-1", "weight": None}
    assert (await ask(query))["data"]["item"] == seen


async def test_nobody_orders_by_what_is_hidden(ask: Ask, trade: Trade) -> None:
    blind = EntityScope((trade.north,), hidden_fields=frozenset({("Item", "weight")}))
    answer = await ask("{ items(orderBy: [WEIGHT_ASC]) { nodes { sku } } }", blind)
    assert answer.messages == [
        "You may not order by weight: your roles show at most a mask of it. Leave orderBy.0 out."
    ]
    nested = "{ items(where: {or: [{not: {weight: {isNull: true}}}]}) { nodes { sku } } }"
    refused = await ask(nested, blind)
    assert refused.messages == [
        "You may not filter by weight: your roles show at most a mask of it. Leave where.or.not.weight out."
    ]
    assert refused.statements == []


async def test_an_operation_keeps_so_many_plans_and_no_more(schema: CompiledSchema, ask: Ask) -> None:
    names = [f"a{number}" for number in range(6)]
    switches = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: sku @include(if: ${name})" for name in names)
    query = f'query Switches({switches}) {{ item(sku: "SKU-1") {{ sku {fields} }} }}'
    operation = schema.documents.valid(query).operation("Switches")
    assert operation is not None
    for number in range(2 * SHAPES_MAX):
        on = {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
        found = (await ask(query, **on))["data"]["item"]
        assert found.keys() == {"sku", *(name for name in names if on[name])}
    assert operation.plan_count == SHAPES_MAX


async def test_plans_count_where_documents_are_kept(schema: CompiledSchema, ask: Ask) -> None:
    query = 'query Counted($more: Boolean!) { item(sku: "SKU-1") { sku name @include(if: $more) } }'
    each_plan = len(query) + LEAF_SIZE * 2  # the switch and the SKU
    for planned, more in enumerate((True, False, True), start=1):
        await ask(query, more=more)
        assert schema.documents.valid(query).size == len(query) + each_plan * min(planned, 2)
    assert 0 < schema.documents.kept.size <= schema.documents.kept.size_max


async def test_a_plan_keeps_nothing_of_the_request_that_it_was_made_for(
    ask: Ask, trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its values may be long, and its reader may have left."""
    planners: list[weakref.ref[Planner]] = []
    finished = Planner.finished

    def noting(planner: Planner, plan: Any) -> Any:
        planners.append(weakref.ref(planner))
        return finished(planner, plan)

    monkeypatch.setattr(Planner, "finished", noting)
    query = (
        "query Kept($id: ID!, $sku: String!) { node(id: $id) { id } nodes(ids: [$id]) { id } item(sku: $sku) { id } }"
    )
    order = encode_id("SalesOrder", made_id("order N3"), trade.north)
    assert (await ask(query, id=order, sku="SKU-1"))["data"]["node"] == {"id": order}
    gc.collect()
    assert [planner() for planner in planners] == [None, None, None]


async def test_rights_that_change_while_an_operation_waits_hold_for_the_next(
    schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade
) -> None:
    """An operation is planned and answered by one policy: plans for one have no place for the values of another."""
    request = Request(read_engine, EntityScope((trade.north, trade.south)))
    query = "query Changing { salesOrders(first: 100) { totalCount } items(first: 1) { totalCount } }"
    seen = len(trade.orders_of(trade.north)) + len(trade.orders_of(trade.south))
    async with AsyncExitStack() as busy:
        for _ in range(4):
            await busy.enter_async_context(read_engine.connect())
        answering = asyncio.create_task(schema.execute(query, context_value=request))
        await asyncio.sleep(0)
        request.row_policy = EntityScope((trade.north,))
    result = await answering
    assert result.errors is None, result.errors
    assert orjson.loads(orjson.dumps(result.data))["salesOrders"] == {"totalCount": seen}


async def test_huge_variables_leave_nothing_behind(schema: CompiledSchema, ask: Ask) -> None:
    query = "query Huge($where: SalesOrderWhere) { salesOrders(where: $where) { totalCount } }"
    where = {"status": {"in": ["OPEN"] * LEAVES_MAX}, "not": {"rush": {"eq": True}}}
    assert "errors" not in await ask(query, where=where)
    operation = schema.documents.valid(query).operation(None)
    assert operation is not None
    assert operation.plan_count == 0


async def test_a_list_has_no_more_orders_than_columns(ask: Ask) -> None:
    query = "query Orders($by: [ItemOrderBy!]) { items(orderBy: $by) { totalCount } }"
    assert "errors" not in await ask(query, by=["SKU_ASC", "WEIGHT_DESC"])
    assert (await ask(query, by=["SKU_ASC"] * 5)).messages == ["orderBy takes 4 orders at most, not 5."]


@dataclass
class Counting(Request):
    """A request that counts its loans of connections."""

    loans: list[int] = field(default_factory=list)
    open_now: list[object] = field(default_factory=list)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Driver]:
        async with super().reading() as driver:
            self.open_now.append(driver)
            self.loans.append(len(self.open_now))
            yield driver
            self.open_now.remove(driver)


@pytest.mark.parametrize(
    ("query", "loans"),
    [
        ("{ __typename }", []),
        ("{ items(first: 101) { totalCount } }", []),
        ("{ a: items { totalCount } b: items { totalCount } }", [1]),
        ("{ __schema { queryType { name } } a: items { totalCount } b: items { totalCount } }", [1, 1]),
    ],
    ids=["nothing is read", "nothing can be read", "only reads", "reads beside what is computed"],
)
async def test_an_operation_borrows_one_connection_at_a_time(
    read_engine: AsyncEngine, trade: Trade, query: str, loans: list[int]
) -> None:
    request = Counting(read_engine, EntityScope((trade.north,)))
    await make_trade_schema(Disclosure(introspection=True)).execute(query, context_value=request)
    assert request.loans == loans

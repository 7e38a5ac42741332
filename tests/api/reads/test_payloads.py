"""Payload objects: read by a mutation's own connection, through the selection that came with the mutation."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest
import strawberry
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from strawberry.schema.config import StrawberryConfig

from api.operations.execution import CompiledSchema
from api.reads.assembly import assemble
from api.reads.graphql_types import make_types
from api.reads.operation import Reads
from api.reads.payloads import object_field, objects_field, read_payload
from api.reads.run import Driver
from api.values.scalars import SCALARS
from kernel.outcome import Ref
from tests.api.reads.trade import Trade, made_id
from tests.api.reads.world import NODES, EntityScope, OrderRow

REGISTRY = assemble(NODES)
TYPES = make_types(REGISTRY)


class _Payload:
    sales_order = object_field(TYPES, "SalesOrder", "The order.")
    items = objects_field(TYPES, "Item", "The items.")


@strawberry.type(description="What a rename answers.")
class RenamePayload(_Payload):
    objects: strawberry.Private[Mapping[str, orjson.Fragment | None]]
    sales_order = _Payload.sales_order
    items = _Payload.items


@dataclass
class Writing:
    """The context of these mutations: an open transaction and what it touched."""

    connection: AsyncConnection
    refs: Mapping[str, tuple[Ref, ...]]
    row_policy: EntityScope
    given_reads: Reads | None = None

    @property
    def reads(self) -> Reads:
        assert self.given_reads is not None
        return self.given_reads

    def spend(self, cost: int) -> None:
        """Pays nothing."""

    def with_reads(self, reads: Reads) -> "Writing":
        return replace(self, given_reads=reads)

    @property
    async def driver(self) -> Driver:
        driver: Driver = (await self.connection.get_raw_connection()).driver_connection  # type: ignore[assignment]
        return driver

    def reading(self) -> AbstractAsyncContextManager[Driver]:
        raise AssertionError("a mutation reads on its own connection")


async def rename(info: strawberry.Info[Any, Any]) -> RenamePayload:
    writing: Writing = info.context
    return RenamePayload(objects=await read_payload(await writing.driver, writing, info.path.key, writing.refs))


@pytest.fixture(scope="module")
def schema() -> CompiledSchema:
    nothing = strawberry.field(resolver=lambda: True, graphql_type=bool, description="Nothing.")
    mutation = strawberry.field(resolver=rename, description="Renames.")
    return CompiledSchema(
        registry=REGISTRY,
        query=strawberry.type(type("Query", (), {"nothing": nothing})),
        mutation=strawberry.type(type("Mutation", (), {"rename": mutation})),
        types=list(TYPES.objects.values()),
        config=StrawberryConfig(scalar_map=SCALARS),
    )


@asynccontextmanager
async def renamed(engine: AsyncEngine, trade: Trade) -> AsyncIterator[Writing]:
    """A transaction that has renamed an order and is not committed."""
    order = made_id("order N7")
    async with engine.connect() as connection:
        await connection.execute(update(OrderRow).where(OrderRow.id == order).values(number="RENAMED"))
        refs = {
            "sales_order": (Ref("SalesOrder", order, trade.north, 2),),
            "items": (Ref("Item", made_id("item 3")), Ref("Item", made_id("gone")), Ref("Item", made_id("item 1"))),
        }
        yield Writing(connection, refs, EntityScope((trade.north,)))
        await connection.rollback()


async def send(schema: CompiledSchema, writing: Writing, selection: str, declared: str = "", **variables: Any) -> Any:
    mutation = f"mutation {declared} {{ rename {{ {selection} }} }}"
    result = await schema.execute(mutation, variable_values=variables, context_value=writing)
    assert result.errors is None, result.errors
    return orjson.loads(orjson.dumps(result.data))["rename"]


async def test_a_payload_sees_what_its_own_transaction_wrote(
    schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade
) -> None:
    async with renamed(read_engine, trade) as writing:
        payload = await send(schema, writing, "salesOrder { number lines { totalCount } }")
        assert payload == {"salesOrder": {"number": "RENAMED", "lines": {"totalCount": 4}}}
        open_still = await writing.connection.execute(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL"))
        assert open_still.scalar_one() is True
        await writing.connection.rollback()
        after = await send(schema, writing, "salesOrder { number }")
        assert after == {"salesOrder": {"number": "SO-7"}}


async def test_each_alias_has_its_own_selection(schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade) -> None:
    async with renamed(read_engine, trade) as writing:
        payload = await send(
            schema, writing, "a: salesOrder { number } __typename b: salesOrder { status } salesOrder { rush }"
        )
    assert payload == {
        "a": {"number": "RENAMED"},
        "__typename": "RenamePayload",
        "b": {"status": "OPEN"},
        "salesOrder": {"rush": False},
    }


async def test_a_list_keeps_the_order_of_the_references_without_those_that_are_gone(
    schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade
) -> None:
    async with renamed(read_engine, trade) as writing:
        assert await send(schema, writing, "items { sku }") == {"items": [{"sku": "SKU-3"}, {"sku": "SKU-1"}]}


async def test_an_object_that_the_caller_may_not_see_or_that_was_not_touched_is_null(
    schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade
) -> None:
    async with renamed(read_engine, trade) as writing:
        foreigner = Writing(writing.connection, writing.refs, EntityScope((trade.south,)))
        assert await send(schema, foreigner, "salesOrder { number }") == {"salesOrder": None}
        untouched = Writing(writing.connection, {}, writing.row_policy)
        assert await send(schema, untouched, "salesOrder { number } items { sku }") == {"salesOrder": None, "items": []}


async def test_a_payload_is_paged_past_an_empty_value(
    schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade
) -> None:
    """A cursor that lacks a value has a plan of its own in payloads too."""
    page = """salesOrder { entity { orders(first: 1, orderBy: [REQUESTED_ON_ASC], after: $after) {
        nodes { id } pageInfo { endCursor } } } }"""
    seen, cursor = [], None
    async with renamed(read_engine, trade) as writing:
        for _ in trade.orders_of(trade.north):
            payload = await send(schema, writing, page, "($after: Cursor)", after=cursor)
            orders = payload["salesOrder"]["entity"]["orders"]
            seen += [order["id"] for order in orders["nodes"]]
            cursor = orders["pageInfo"]["endCursor"]
    assert len(set(seen)) == len(seen) == len(trade.orders_of(trade.north))

"""A database that is away, or whose locks others hold, is told as what it is: try again, nothing was changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.schema import make_schema
from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.inventory.model import SiteBalance
from kernel.audit import AuditEntry
from kernel.contexts import SHARED, Signer
from kernel.db import Database, enter_context, make_engine
from kernel.ids import new_id
from kernel.readers import Readers
from tests.api.serving import Office, serving
from tests.databases import CONTEXT_KEY
from tests.factories.world import World

PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { id } replayed errors { __typename code message path } } }"""


@pytest.fixture
async def hasty(
    database: Database, activation: AsyncEngine, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API over two connections, whose statements wait for nothing longer than 50 ms."""
    app = make_engine(database.app.url, pool_size=2, wait_seconds=0.05, signer=Signer(CONTEXT_KEY))

    @event.listens_for(app.sync_engine, "connect")
    def hurry(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("SET lock_timeout = '50ms'")
        connection.commit()

    folder = tmp_path_factory.mktemp("hasty")
    readers = Readers(database.app.url, size=2, wait_seconds=0.05, signer=Signer(CONTEXT_KEY))
    narrow = Database(app=app, readers=readers, worker=database.worker)
    async with serving(make_schema(), narrow, activation, folder) as office:
        yield office
    await readers.close()
    await app.dispose()


@pytest.fixture
async def seller(hasty: Office, world: World) -> str:
    return await hasty.hire(Role.CUSTOMER_SERVICE, world.entity_id)


async def order_of_boots(world: World) -> dict[str, Any]:
    boots = await world.item("boots", price="49.90")
    await world.stock(boots, "10")
    return {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", world.customer_id),
        "idempotencyKey": str(new_id()),
        "lines": [{"itemId": encode_id("Item", boots), "quantity": "3"}],
    }


async def test_stock_that_others_hold_makes_a_mutation_busy(
    hasty: Office, world: World, seller: str, database: Database
) -> None:
    order = await order_of_boots(world)
    async with database.app.connect() as holder:
        await enter_context(holder, world.clerk.row_context)
        await holder.execute(select(SiteBalance.id).where(SiteBalance.entity_id == world.entity_id).with_for_update())
        refused = (await hasty.ask(seller, PLACE, input=order))["placeSalesOrder"]
        await holder.rollback()
    (error,) = refused["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("Busy", "BUSY", [])
    assert refused["salesOrder"] is None
    done = (await hasty.ask(seller, PLACE, input=order))["placeSalesOrder"]
    assert (done["errors"], done["replayed"]) == ([], False)
    outcomes = select(AuditEntry.outcome).where(AuditEntry.entity_id == world.entity_id).order_by(AuditEntry.at)
    async with database.worker.connect() as connection:
        assert set((await connection.execute(outcomes)).scalars()) >= {"refused", "done"}


async def test_when_all_connections_are_taken_requests_are_told_to_come_again(
    hasty: Office, world: World, seller: str
) -> None:
    query = {"query": "{ salesOrders { nodes { id } } }"}
    assert "errors" not in (await hasty.post(seller, query)).json()
    stranger = await hasty.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    async with hasty.database.readers.connection(SHARED), hasty.database.readers.connection(SHARED):
        with capture_logs() as logs:
            known, unknown = await asyncio.gather(hasty.post(seller, query), hasty.post(stranger, query))
    (error,) = known.json()["errors"]
    assert error["extensions"] == {"code": "UNAVAILABLE"}
    assert (unknown.status_code, unknown.headers["retry-after"]) == (503, "1")
    assert unknown.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
    for answer in (known, unknown):
        assert "0.05 seconds" not in answer.text
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("database_unavailable", "warning")]
    assert "errors" not in (await hasty.post(stranger, query)).json()


async def test_commands_that_hold_every_connection_of_theirs_keep_nobody_from_reading(
    hasty: Office, world: World
) -> None:
    stranger = await hasty.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    async with hasty.database.app.connect(), hasty.database.app.connect():
        read = await hasty.post(stranger, {"query": "{ viewer { subject } salesOrders { nodes { id } } }"})
        assert "errors" not in read.json()
        assert (await hasty.client.get("/health/ready")).status_code == 200

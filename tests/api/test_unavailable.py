"""A database that is away, or whose locks others hold, is told as what it is: try again, nothing was changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from api.schema import make_schema
from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.inventory.model import SiteBalance
from kernel.audit import AuditEntry
from kernel.contexts import SHARED, Signer
from kernel.db import Database
from kernel.ids import new_id
from kernel.readers import Readers
from kernel.statements import fetch
from kernel.writers import Writers
from tests.api.serving import Office, serving
from tests.databases import CONTEXT_KEY
from tests.factories.world import World

PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { id } replayed errors { __typename code message path } } }"""


@pytest.fixture
async def hasty(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API over two connections, whose statements wait for nothing longer than 50 ms."""
    signer = Signer(CONTEXT_KEY)
    app = Writers(database.app.url, size=2, wait_seconds=0.05, signer=signer)
    for driver in [await app.take() for _ in range(2)]:
        await driver.execute("SET lock_timeout = '50ms'")
        app.give_back(driver)
    folder = tmp_path_factory.mktemp("hasty")
    readers = Readers(database.app.url, size=2, wait_seconds=0.05, signer=signer)
    narrow = Database(app=app, readers=readers, worker=database.worker, oversight=database.oversight)
    async with serving(make_schema(), narrow, activation, folder) as office:
        yield office
    await readers.close()
    await app.close()


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
    async with database.app.transaction(world.clerk.row_context) as holder:
        held = select(SiteBalance.id).where(SiteBalance.entity_id == world.entity_id).with_for_update()
        await fetch(holder.driver, held, {})
        refused = (await hasty.ask(seller, PLACE, input=order))["placeSalesOrder"]
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
    async with hasty.database.app.transaction(SHARED), hasty.database.app.transaction(SHARED):
        read = await hasty.post(stranger, {"query": "{ viewer { subject } salesOrders { nodes { id } } }"})
        assert "errors" not in read.json()
        assert (await hasty.client.get("/health/ready")).status_code == 200

"""A request has its time, and its client; without either its statement ends in PostgreSQL and leaves nothing behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from api.faults import RequestRefused
from api.operations import deadline
from api.operations.allowance import Allowance
from api.operations.deadline import in_time, within
from api.schema import make_schema
from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.inventory.model import SiteBalance
from domain.orders.model import SalesOrder
from kernel.db import Database
from kernel.statements import fetch
from kernel.writers import Writers
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.serving import Office, serving
from tests.databases import visiting
from tests.factories.world import World

ITEMS = {"query": "{ items(first: 1) { nodes { id } } }"}
PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { id } replayed errors { code } } }"""
SECONDS = 1

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'"
)


@pytest.fixture(scope="module")
async def hurried(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API, whose requests have a second."""
    folder = tmp_path_factory.mktemp("hurried")
    schema = make_schema(allowance=Allowance(seconds_max=SECONDS))
    async with serving(schema, database, activation, folder) as office:
        yield office


@pytest.fixture
async def seller(hurried: Office, world: World) -> str:
    return await hurried.hire(Role.CUSTOMER_SERVICE, world.entity_id)


@asynccontextmanager
async def nobody_reads_items(migrate_engine: AsyncEngine) -> AsyncIterator[None]:
    """Holds the table of items as a migration would: statements that read it wait."""
    async with migrate_engine.connect() as holder:
        await holder.execute(text("LOCK TABLE item IN ACCESS EXCLUSIVE MODE"))
        yield
        await holder.rollback()


async def until_waiting(database: Database, count: int) -> None:
    """Waits until so many statements of requests wait in PostgreSQL."""

    async def waiting() -> int:
        async with visiting(database.app.url) as connection:
            return int((await connection.execute(_WAITING)).scalar_one())

    async with asyncio.timeout(5):
        while await waiting() != count:  # noqa: ASYNC110 - the server sends no word of it
            await asyncio.sleep(0.01)


async def order_of_boots(world: World) -> dict[str, Any]:
    boots = await world.item("boots", price="49.90")
    await world.stock(boots, "10")
    given = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", world.customer_id),
        "idempotencyKey": "boots",
        "lines": [{"itemId": encode_id("Item", boots), "quantity": "3"}],
    }
    return {"query": PLACE, "variables": {"input": given}}


@pytest.mark.parametrize("media_type", ["application/json", "application/graphql-response+json"])
async def test_a_query_that_takes_too_long_is_stopped(
    hurried: Office, seller: str, migrate_engine: AsyncEngine, media_type: str
) -> None:
    await hurried.post(seller, ITEMS)
    async with nobody_reads_items(migrate_engine):
        answering = asyncio.create_task(hurried.post(seller, ITEMS, accept=media_type))
        await until_waiting(hurried.database, 1)
        answer = await answering
        await until_waiting(hurried.database, 0)
    assert answer.status_code == 504
    assert answer.headers["content-type"].startswith(media_type)
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "TIMEOUT"}
    assert error["message"].startswith("The request took longer than its 1 seconds and was stopped.")
    assert "errors" not in (await hurried.post(seller, ITEMS)).json()


async def test_of_several_reads_the_first_is_stopped_and_none_follows(
    hurried: Office, seller: str, migrate_engine: AsyncEngine
) -> None:
    query = {"query": "{ viewer { subject } a: items { nodes { id } } b: items { nodes { sku } } }"}
    await hurried.post(seller, query)
    async with nobody_reads_items(migrate_engine):
        answering = asyncio.create_task(hurried.post(seller, query))
        await until_waiting(hurried.database, 1)
        assert (await answering).status_code == 504
        await until_waiting(hurried.database, 0)
    assert "errors" not in (await hurried.post(seller, query)).json()


async def test_a_mutation_that_takes_too_long_is_undone_and_can_be_sent_again(
    hurried: Office, world: World, seller: str, database: Database
) -> None:
    order = await order_of_boots(world)
    rehearsal = {"query": PLACE, "variables": {"input": {**order["variables"]["input"], "dryRun": True}}}
    assert (await hurried.post(seller, rehearsal)).json()["data"]["placeSalesOrder"]["errors"] == []
    async with database.app.transaction(world.clerk.row_context) as holder:
        held = select(SiteBalance.id).where(SiteBalance.entity_id == world.entity_id).with_for_update()
        await fetch(holder.driver, held, {})
        answering = asyncio.create_task(hurried.post(seller, order))
        await until_waiting(database, 1)
        answer = await answering
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (504, {"code": "TIMEOUT"})
        await until_waiting(database, 0)
    async with database.worker.connect() as connection:
        orders = select(SalesOrder.id).where(SalesOrder.entity_id == world.entity_id)
        assert (await connection.execute(orders)).all() == []
    done = (await hurried.post(seller, order)).json()["data"]["placeSalesOrder"]
    assert (done["errors"], done["replayed"]) == ([], False)


async def test_the_query_of_a_client_that_leaves_is_stopped(
    house: Office, north: World, migrate_engine: AsyncEngine
) -> None:
    token = await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)
    await house.post(token, ITEMS)
    body = orjson.dumps(ITEMS)
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {house.address}\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    host, _, port = house.address.partition(":")
    async with nobody_reads_items(migrate_engine):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + body)
        await until_waiting(house.database, 1)
        writer.close()
        await until_waiting(house.database, 0)


async def test_a_query_on_a_socket_has_its_time_too(hurried: Office, seller: str, migrate_engine: AsyncEngine) -> None:
    await hurried.post(seller, ITEMS)
    async with begun(hurried, seller) as wire:
        async with nobody_reads_items(migrate_engine):
            await subscribe(wire, ITEMS["query"])
            told = await heard(wire)
            await until_waiting(hurried.database, 0)
        assert (told["type"], told["id"]) == ("error", "1")
        assert [error["extensions"] for error in told["payload"]] == [{"code": "TIMEOUT"}]
        await subscribe(wire, ITEMS["query"], name="2")
        assert (await heard(wire))["type"] == "next"


async def test_a_query_on_a_socket_that_is_closed_is_stopped(
    house: Office, north: World, migrate_engine: AsyncEngine
) -> None:
    token = await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)
    async with nobody_reads_items(migrate_engine):
        async with begun(house, token) as wire:
            await subscribe(wire, ITEMS["query"])
            await until_waiting(house.database, 1)
        await until_waiting(house.database, 0)


class TestWithin:
    """The deadline itself, without a server."""

    @staticmethod
    def client(left: asyncio.Event) -> Receive:
        """A client that leaves at the event."""

        async def receive() -> Message:
            await left.wait()
            return {"type": "http.disconnect"}

        return receive

    @staticmethod
    async def endless(ended: list[str]) -> None:
        """Notes that it was cancelled."""
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def test_what_ends_in_time_is_passed_on(self) -> None:
        async def answer() -> str:
            return "done"

        async def fail() -> str:
            raise KeyError("lost")

        client = self.client(asyncio.Event())
        assert await within(client, 5, answer()) == "done"
        with pytest.raises(KeyError):
            await within(client, 5, fail())

    @pytest.mark.parametrize("seconds", [0.01, deadline.UNWATCHED_SECONDS + 0.01])
    async def test_the_time_ends(self, seconds: float) -> None:
        ended: list[str] = []
        works: list[Awaitable[None]] = [
            within(self.client(asyncio.Event()), seconds, self.endless(ended)),
            in_time(seconds, self.endless(ended)),
        ]
        for work in works:
            with pytest.raises(RequestRefused) as refused:
                await work
            assert (refused.value.status, refused.value.code) == (504, "TIMEOUT")
        assert ended == ["cancelled", "cancelled"]

    async def test_the_client_leaves(self) -> None:
        ended: list[str] = []
        left = asyncio.Event()
        left.set()
        with pytest.raises(ClientDisconnect):
            await within(self.client(left), 5, self.endless(ended))
        assert ended == ["cancelled"]

    async def test_who_cancels_the_request_is_not_taken_for_its_end(self) -> None:
        ended: list[str] = []
        task = asyncio.create_task(within(self.client(asyncio.Event()), 5, self.endless(ended)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == ["cancelled"]

    async def test_whatever_becomes_of_the_work_its_task_goes_on(self) -> None:
        """A transaction that was being committed ends as it ends; what comes after it in the task is not cancelled."""

        async def finish() -> str:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            return "done"

        async def fail() -> str:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            raise KeyError("lost")

        task = asyncio.current_task()
        assert task is not None
        assert await in_time(0.01, finish()) == "done"
        assert task.cancelling() == 0
        with pytest.raises(KeyError):
            await in_time(0.01, fail())
        assert task.cancelling() == 0

    async def test_who_cancels_a_request_whose_time_is_over_ends_it(self) -> None:
        async def linger() -> None:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            out_of_time.set()
            await asyncio.Event().wait()

        out_of_time = asyncio.Event()
        task = asyncio.create_task(in_time(0.01, linger()))
        await out_of_time.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelling() == 1

"""The whole API behind a proxy that pools transactions: everything as without, and the proxy sees only its own work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from api.operations.allowance import Allowance
from api.schema import make_schema
from api.values.ids import encode_id
from authz.policies.model import PolicyState
from authz.vocabulary import Role
from kernel.audit import AuditEntry
from kernel.contexts import Signer
from kernel.db import Database, make_engine
from kernel.ids import new_id
from kernel.postgres import EmbeddedServer
from kernel.readers import Pooling
from kernel.roles import Role as Login
from kernel.writers import Writers
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.operations.test_deadline import ITEMS, nobody_reads_items, until_waiting
from tests.api.serving import Office, another_door, serving
from tests.api.test_outdated import Versions, replace_policy
from tests.databases import CONTEXT_KEY, Databases
from tests.factories.pooling import SESSIONS, PoolingProxy, pooled
from tests.factories.supply import placed
from tests.factories.world import World

ORDERS = "{ salesOrders { totalCount nodes { number entity { id } } } }"
PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { id lines { nodes { quantity } } } replayed errors { code } } }"""
EVENTS = 'subscription { events(types: ["SalesOrderPlaced"]) { type subjectId } }'


@dataclass(frozen=True)
class House:
    """The API behind a proxy, with two companies that do not see each other."""

    office: Office
    proxy: PoolingProxy
    north: World
    south: World

    @property
    def name(self) -> str:
        """The name of its database."""
        name = self.office.database.app.url.database
        assert name is not None
        return name

    async def order(self, world: World, **changed: Any) -> dict[str, Any]:
        """An order of two anchors, of which there are five."""
        item = await world.item(f"anchor {new_id()}")
        await world.stock(item, "5")
        return {
            "entityId": encode_id("LegalEntity", world.entity_id),
            "customerId": encode_id("Customer", world.customer_id),
            "idempotencyKey": str(new_id()),
            "lines": [{"itemId": encode_id("Item", item), "quantity": "2"}],
            **changed,
        }

    async def place(self, token: str, order: dict[str, Any]) -> Any:
        """What the mutation answers."""
        return (await self.office.ask(token, PLACE, input=order))["placeSalesOrder"]


@asynccontextmanager
async def proxied(server: EmbeddedServer, name: str) -> AsyncIterator[tuple[PoolingProxy, Database]]:
    """What serves requests goes by the proxy; the worker does not."""
    async with pooled(server.url(Login.APP, name)) as (proxy, url):
        database = Database.connect(
            app=url, worker=server.url(Login.WORKER, name), key=CONTEXT_KEY, pooling=Pooling.TRANSACTION
        )
        yield proxy, database
        await database.close()


@pytest.fixture(scope="module")
async def house(
    server: EmbeddedServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Each company has an order."""
    async with (
        databases.copy() as name,
        proxied(server, name) as (proxy, database),
        pooled(server.url(Login.ACTIVATE, name)) as (_, url),
    ):
        activation = Writers(url, size=2, signer=Signer(CONTEXT_KEY), pooling=Pooling.TRANSACTION)
        north, south = [await World(database, activation).build() for _ in range(2)]
        for world in (north, south):
            await placed(world, {await world.item("rope"): "1"})
        async with serving(make_schema(), database, activation, tmp_path_factory.mktemp("proxied")) as office:
            yield House(office, proxy, north, south)
        await activation.close()


@pytest.fixture
async def migrate(server: EmbeddedServer, house: House) -> AsyncIterator[AsyncEngine]:
    """The engine of the tables' owner, past the proxy."""
    engine = make_engine(server.url(Login.MIGRATE, house.name), pool_size=1)
    yield engine
    await engine.dispose()


async def test_everybody_sees_their_own_however_many_ask_at_once(house: House) -> None:
    entities = {
        await house.office.hire(Role.CUSTOMER_SERVICE, world.entity_id): encode_id("LegalEntity", world.entity_id)
        for world in (house.north, house.south)
    }
    stranger = house.office.issuer.token("stranger")

    async def seen(token: str) -> None:
        orders = (await house.office.ask(token, ORDERS))["salesOrders"]
        assert {order["entity"]["id"] for order in orders["nodes"]} == {entities[token]}
        assert orders["totalCount"] == len(orders["nodes"])

    async def seen_by_a_stranger() -> None:
        assert (await house.office.ask(stranger, ORDERS))["salesOrders"] == {"totalCount": 0, "nodes": []}

    asked = [seen(token) for _ in range(30) for token in entities] + [seen_by_a_stranger() for _ in range(30)]
    await asyncio.gather(*asked)
    assert max(len(set(client.lent)) for client in house.proxy.clients) == SESSIONS


async def test_a_command_is_done_repeated_tried_and_refused(house: House) -> None:
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    order = await house.order(house.north)
    before = (await house.office.ask(token, ORDERS))["salesOrders"]["totalCount"]
    tried = await house.place(token, {**order, "dryRun": True})
    assert (tried["errors"], tried["salesOrder"]["lines"]) == ([], {"nodes": [{"quantity": "2"}]})
    done, again = [await house.place(token, order) for _ in range(2)]
    assert (done["errors"], done["replayed"]) == ([], False)
    assert again == {**done, "replayed": True}
    assert (await house.office.ask(token, ORDERS))["salesOrders"]["totalCount"] == before + 1
    refused = await house.place(token, await house.order(house.south))
    assert refused == {"salesOrder": None, "replayed": False, "errors": [{"code": "NOT_FOUND"}]}
    viewer = (await house.office.ask(token, "{ viewer { subject } }"))["viewer"]
    async with house.office.database.worker.connect() as connection:
        written = select(AuditEntry.outcome).where(AuditEntry.actor == viewer["subject"])
        assert sorted((await connection.execute(written)).scalars()) == ["done", "refused"]


async def test_orders_that_want_the_same_are_served_one_after_the_other(house: House) -> None:
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    order = await house.order(house.north)
    orders = [{**order, "idempotencyKey": str(new_id())} for _ in range(8)]
    answers = await asyncio.gather(*(house.place(token, each) for each in orders))
    assert [answer["errors"] for answer in answers] == [[]] * 8
    (item,) = [line["itemId"] for line in order["lines"]]
    query = "query ($id: ID!) { node(id: $id) { ... on Item { balances { nodes { onHand reserved } } } } }"
    (balance,) = (await house.office.ask(token, query, id=item))["node"]["balances"]["nodes"]
    assert balance == {"onHand": "5", "reserved": "5"}


@pytest.fixture
async def versions(house: House, server: EmbeddedServer) -> Versions:
    """The policy has been replaced, and the process does not know."""
    async with house.office.database.worker.connect() as connection:
        known = (await connection.execute(select(PolicyState.version))).scalar_one()
    versions = Versions(house.office)
    versions.known, versions.latest = known, known + 1
    await replace_policy(server, house.office.database, versions.latest)
    return versions


async def test_a_query_by_an_old_policy_is_asked_again(house: House, versions: Versions) -> None:
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.south.entity_id)
    assert len((await house.office.ask(token, ORDERS))["salesOrders"]["nodes"]) == 1
    assert versions.loaded == 2


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_mutation_by_an_old_policy_is_done_once(house: House, versions: Versions, dry_run: bool) -> None:  # noqa: FBT001
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    before = (await house.office.ask(token, ORDERS))["salesOrders"]["totalCount"]
    versions.known, versions.loaded = versions.latest - 1, 0
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    answer = await house.place(token, await house.order(house.north, dryRun=dry_run))
    assert (answer["errors"], answer["replayed"], versions.loaded) == ([], False, 2)
    after = (await house.office.ask(token, ORDERS))["salesOrders"]["totalCount"]
    assert after == before + (0 if dry_run else 1)


async def test_a_read_that_takes_too_long_is_gone_from_postgresql(house: House, migrate: AsyncEngine) -> None:
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    await house.office.post(token, ITEMS)
    strict = make_schema(allowance=Allowance(seconds_max=1))
    async with another_door(house.office, strict) as hasty, nobody_reads_items(migrate):
        answers = [asyncio.create_task(hasty.post(token, ITEMS)) for _ in range(2)]
        for answer in answers:
            assert (await answer).status_code == 504
        await until_waiting(house.office.database, 0)
    await asyncio.gather(*(house.office.ask(token, ITEMS["query"]) for _ in range(2 * SESSIONS)))


async def test_what_happens_is_told_at_once_because_the_worker_goes_past_the_proxy(house: House) -> None:
    token = await house.office.hire(Role.CUSTOMER_SERVICE, house.north.entity_id)
    async with begun(house.office, token) as wire:
        await subscribe(wire, EVENTS)
        placed = (await house.place(token, await house.order(house.north)))["salesOrder"]
        told = await heard(wire)
    assert told["payload"]["data"]["events"] == {"type": "SalesOrderPlaced", "subjectId": placed["id"]}
    assert {client.sessions.parameters["user"] for client in house.proxy.clients} == {Login.APP}

"""A policy that was replaced after somebody was identified: they are identified anew, and no client notices.

PostgreSQL looks at a context when there is a row that it might hide, so there is one here.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from api.schema import make_schema
from api.values.ids import encode_id
from authz.actor import Actor
from authz.directory import GrantedDirectory, Proof
from authz.fields import FieldRight, Shown
from authz.identity.api_keys import VerifiedKey
from authz.policies.model import PolicyState
from authz.policies.source import PolicySource
from authz.vocabulary import Resource, Role
from kernel.audit import AuditEntry
from kernel.db import Database, make_engine
from kernel.ids import new_id
from kernel.postgres import EmbeddedServer
from kernel.roles import Role as Login
from tests.api.serving import Office, serving
from tests.databases import Databases
from tests.factories.empty import empty_ground
from tests.factories.supply import placed
from tests.factories.world import World

READ = "{ salesOrders { nodes { number } } viewer { subject } }"
PLAIN_READ = "{ salesOrders { nodes { number } } }"
MASKED_READ = "{ salesOrders { nodes { number } } purchaseOrders(orderBy: [NUMBER_ASC]) { nodes { id } } }"
PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { status lines { nodes { quantity } } } replayed errors { code message } } }"""


class Versions:
    """A directory whose actors have the version of the policy that the process knows of, which may be an old one."""

    def __init__(self, house: Office) -> None:
        self.known = 1
        self.loaded = 0
        self.latest = 1
        self._asked = GrantedDirectory(house.database, PolicySource())
        house.parts.identities._directory = self  # noqa: SLF001 - as it was before the policy was replaced

    async def key(self, credential: str, now: datetime) -> VerifiedKey:
        return await self._asked.key(credential, now)

    async def actor(self, proof: Proof, acting_for: str | None, now: datetime) -> Actor:
        self.loaded += 1
        version, self.known = self.known, self.latest
        return replace(await self._asked.actor(proof, acting_for, now), policy_version=version)


@pytest.fixture
async def replaced(
    server: EmbeddedServer, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Office, Versions, World]]:
    """A house whose process knows version 1 of the policy; the database has version 2."""
    async with empty_ground(server, databases) as ground:
        world = await World(ground.database, ground.activation).build()
        await placed(world, {await world.item("rope"): "1"})
        folder = tmp_path_factory.mktemp("replaced")
        async with serving(make_schema(), ground.database, ground.activation, folder) as house:
            versions = Versions(house)
            versions.latest = 2
            await replace_policy(server, ground.database, 2)
            yield house, versions, world


async def replace_policy(server: EmbeddedServer, database: Database, version: int) -> None:
    assert database.app.url.database is not None
    engine: AsyncEngine = make_engine(server.url(Login.MIGRATE, database.app.url.database), pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(update(PolicyState).values(version=version))
    await engine.dispose()


@pytest.mark.parametrize("query", [READ, PLAIN_READ])
async def test_a_query_is_asked_again(replaced: tuple[Office, Versions, World], query: str) -> None:
    house, versions, world = replaced
    token = await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    for _ in range(2):
        assert len((await house.ask(token, query))["salesOrders"]["nodes"]) == 1
        assert versions.loaded == 2


async def test_a_refusal_is_written_down_by_the_policy_of_now(
    replaced: tuple[Office, Versions, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the first that the database hears of them."""
    monkeypatch.setattr("api.policy.RESTRICTABLE", {Resource.PURCHASE_ORDER: frozenset({"number"})})
    monkeypatch.setattr(Actor, "field", lambda _self, _resource, _name: FieldRight(Shown.NOWHERE))
    house, versions, world = replaced
    token = await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    answer = (await house.post(token, {"query": MASKED_READ})).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN_FIELD"], answer
    assert len(answer["data"]["salesOrders"]["nodes"]) == 1
    assert versions.loaded == 2
    subject = (await house.ask(token, READ))["viewer"]["subject"]
    refused = select(AuditEntry.mutation).where(AuditEntry.actor == subject, AuditEntry.outcome == "refused")
    assert [row.mutation for row in await world.rows(refused)] == ["Query.purchaseOrders"]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_mutation_is_done_once(replaced: tuple[Office, Versions, World], dry_run: bool) -> None:  # noqa: FBT001
    house, versions, world = replaced
    item = await world.item("anchor")
    await world.stock(item, "5")
    token = await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    order = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", world.customer_id),
        "idempotencyKey": str(new_id()),
        "dryRun": dry_run,
        "lines": [{"itemId": encode_id("Item", item), "quantity": "2"}],
    }
    answer = (await house.ask(token, PLACE, input=order))["placeSalesOrder"]
    assert answer["errors"] == []
    assert answer["replayed"] is False
    assert answer["salesOrder"]["lines"]["nodes"] == [{"quantity": "2"}]
    assert versions.loaded == 2
    orders = await house.ask(token, PLAIN_READ)
    assert len(orders["salesOrders"]["nodes"]) == (1 if dry_run else 2)


async def test_who_stays_outdated_is_told_to_come_again(replaced: tuple[Office, Versions, World]) -> None:
    house, versions, world = replaced
    versions.latest = 1
    token = await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    answer = (await house.post(token, {"query": PLAIN_READ})).json()
    assert answer["data"] == {"salesOrders": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAVAILABLE"]
    assert versions.loaded == 2

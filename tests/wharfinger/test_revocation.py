"""A right that was withdrawn is gone on every server, for whatever is sent after the revoker has the answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from api.values.ids import encode_id
from authz.identity.api_keys import make_key
from authz.identity.development import DevelopmentIssuer
from domain.orders.model import SalesOrder
from kernel.clock import system_clock
from kernel.ids import new_id
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from tests.factories.empty import EmptyGround
from tests.factories.outbox import eventually
from tests.factories.servers import server_process
from tests.factories.world import World
from wharfinger.governed import Governed
from wharfinger.people import OPERATING, STEWARDING, person
from wharfinger.signin import DEVELOPMENT_NAME

SERVERS, CLIENTS = 2, 3
AFTERWARDS_SECONDS = 1.0
READ = {"query": "{ entities { nodes { name } } }"}
PLACE = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
    salesOrder { number } errors { code } } }"""

Request = Callable[[], dict[str, Any]]
"""Makes what a client sends next."""


@dataclass
class Company:
    """A legal entity with a clerk, who may read it, and somebody who may change that."""

    governed: Governed
    entity_id: UUID = field(default_factory=new_id)

    async def change(self, noun: str, **values: object) -> None:
        """The whole way of a change request; its answer has arrived when this ends."""
        line = ProposedChange(noun=noun, values=values, object_id=self.entity_id if noun == "legal_entity" else None)
        command = SubmitChangeRequest(title=f"{noun} {new_id()}", lines=(line,), entity_id=self.entity_id)
        (outcome,) = await self.governed.carry_through(command)
        assert outcome.result in ("created", "updated"), outcome.message

    async def grant(self, **changed: object) -> None:
        """Gives the clerk their role, or changes for how long."""
        named = {"subject": "eve", "role": "customer_service", "domain_kind": "group"}
        await self.change("role_grant", **named, valid_from="2020-01-01T00:00:00Z", **changed)


@pytest.fixture
async def company(ground: EmptyGround) -> Company:
    entity_id = new_id()
    governed = Governed.of(
        ground.database,
        ground.activation,
        submitter=person("nancy", OPERATING, [entity_id]),
        approver=person("andrew", STEWARDING, [entity_id]),
    )
    company = Company(governed, entity_id)
    named = {"code": "NO", "name": "Fjord", "country": "NO", "currency": "NOK", "time_zone": "Europe/Oslo"}
    await company.change("legal_entity", **named)
    await company.grant()
    return company


@pytest.fixture
async def doors(ground: EmptyGround, tmp_path: Path) -> AsyncIterator[list[AsyncClient]]:
    """Several servers over one database, each in a process of its own, with one token issuer."""
    DevelopmentIssuer.open(tmp_path, issuer="i", audience="a", host="localhost", permitted=True)
    async with AsyncExitStack() as stack:
        started = [stack.enter_async_context(server_process(ground.database, tmp_path)) for _ in range(SERVERS)]
        ports = [port for _, port in [await each for each in started]]
        yield [
            await stack.enter_async_context(AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30))
            for port in ports
        ]


@dataclass
class Load:
    """Clients who ask all servers over and over, and remember when they sent what was answered."""

    doors: list[AsyncClient]
    credential: str
    request: Request = lambda: READ
    seen: list[tuple[float, bool]] = field(default_factory=list)

    async def one(self, door: AsyncClient) -> bool:
        """Whether a request sees or does anything."""
        sent = self.request()
        answer = await door.post("/graphql", json=sent, headers={"authorization": f"Bearer {self.credential}"})
        document = answer.json()
        assert answer.status_code in (200, 401, 429), document
        data = document.get("data") or {}
        made = (data.get("placeSalesOrder") or {}).get("salesOrder")
        return bool(made or (data.get("entities") or {}).get("nodes"))

    async def run(self, door: AsyncClient) -> None:
        while True:
            sent = time.monotonic()
            self.seen.append((sent, await self.one(door)))

    async def until_after(self, revoke: Callable[[], Awaitable[None]]) -> float:
        """Keeps asking while the right is withdrawn, and for a while afterwards; when that was answered."""
        clients = [asyncio.create_task(self.run(door)) for door in self.doors for _ in range(CLIENTS)]
        try:
            await eventually(self._is_warm)
            await revoke()
            revoked = time.monotonic()
            await asyncio.sleep(AFTERWARDS_SECONDS)
        finally:
            for client in clients:
                client.cancel()
            ended = await asyncio.gather(*clients, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended
        return revoked

    async def _is_warm(self) -> bool:
        return sum(found for _, found in self.seen) > 20


def token_of(subject: str, folder: Path) -> str:
    issuer = DevelopmentIssuer.open(
        folder, issuer=DEVELOPMENT_NAME, audience=DEVELOPMENT_NAME, host="localhost", permitted=True
    )
    return issuer.token(subject)


async def test_a_grant_that_was_withdrawn_is_gone_on_all_servers_at_once(
    company: Company, doors: list[AsyncClient], tmp_path: Path
) -> None:
    load = Load(doors, token_of("eve", tmp_path))
    now = system_clock().isoformat()
    revoked = await load.until_after(lambda: company.grant(valid_until=now))
    later = [found for sent, found in load.seen if sent > revoked]
    assert len(later) > 20
    assert not any(later)


async def test_nothing_is_done_any_more_on_any_server_by_a_grant_that_was_withdrawn(
    ground: EmptyGround, company: Company, doors: list[AsyncClient], tmp_path: Path
) -> None:
    world = await World(ground.database, ground.activation).build()
    rope = await world.item("rope")

    def an_order() -> dict[str, Any]:
        order = {
            "entityId": encode_id("LegalEntity", world.entity_id),
            "customerId": encode_id("Customer", world.customer_id),
            "idempotencyKey": str(new_id()),
            "lines": [{"itemId": encode_id("Item", rope), "quantity": "1"}],
        }
        return {"query": PLACE, "variables": {"input": order}}

    load = Load(doors, token_of("eve", tmp_path), an_order)
    now = system_clock().isoformat()
    revoked = await load.until_after(lambda: company.grant(valid_until=now))
    later = [done for sent, done in load.seen if sent > revoked]
    assert len(later) > SERVERS * CLIENTS
    assert not any(later)
    placed = len(await world.all(SalesOrder))
    done = sum(done for _, done in load.seen)
    assert done <= placed <= done + SERVERS * CLIENTS, "whoever was not told yet when the test ended"


async def test_a_key_that_was_revoked_is_gone_on_all_servers_at_once(
    company: Company, doors: list[AsyncClient]
) -> None:
    key = make_key()
    until = (system_clock() + timedelta(days=1)).isoformat()
    made = {"name": "Eve's machine", "subject": "eve", "secret_sha256": key.secret_sha256, "expires_at": until}
    await company.change("api_key", prefix=key.prefix, scopes="legal_entity:read", **made)
    load = Load(doors, key.text)
    now = system_clock().isoformat()
    revoked = await load.until_after(lambda: company.change("api_key", prefix=key.prefix, revoked_at=now))
    later = [found for sent, found in load.seen if sent > revoked]
    assert len(later) > 20
    assert not any(later)

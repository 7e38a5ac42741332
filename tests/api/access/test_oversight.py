"""Who answers for the policy may ask long questions: nobody else waits for them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.values.ids import encode_id
from authz.vocabulary import Role
from kernel.db import OVERSIGHT_CONNECTIONS
from tests.api.access.test_diff import DIFF, grant
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.serving import Office
from tests.api.test_streams import EVENTS, START, events_of, happen, told
from tests.factories.outbox import Outbox, eventually
from tests.factories.stewards import Stewards, requested
from tests.factories.world import World

ASKED = 6
_WAITING = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
    " WHERE l.relation = 'purchase_order'::regclass AND NOT l.granted"
)


@pytest.fixture
async def locked(migrate_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Whoever counts purchase orders waits until the end of the test."""
    async with migrate_engine.begin() as connection:
        await connection.execute(text("LOCK TABLE purchase_order"))
        yield connection


async def test_events_are_told_while_policies_are_compared(
    house: Office, world: World, locked: AsyncConnection
) -> None:
    outbox, stewards = Outbox(house.database, world.entity_id), Stewards(house.database, house.activation)
    admin, buyer = await house.hire(Role.GROUP_ADMIN, None), await house.hire(Role.BUYER, world.entity_id)
    request_id = requested(await stewards.submit(grant(world, "nora", "buyer"), entity_id=None))
    asked = {"id": encode_id("ChangeRequest", request_id)}
    questions = [asyncio.ensure_future(house.ask(admin, DIFF, **asked)) for _ in range(ASKED)]

    async def all_wait() -> bool:
        return bool((await locked.execute(_WAITING)).scalar_one() == OVERSIGHT_CONNECTIONS)

    await eventually(all_wait)
    await happen(house, outbox, 1)
    async with begun(house, buyer) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START)
        assert told(await heard(wire))["payload"] == {"number": 1}
    assert not any(each.done() for each in questions)

    await locked.commit()
    answers: list[Any] = await asyncio.gather(*questions)
    assert all(answer["policyDiff"]["changes"] for answer in answers)

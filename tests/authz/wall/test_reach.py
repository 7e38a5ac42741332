"""The wall behind subscriptions lets through what row security would show."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from authz.wall.reach import read_reach
from kernel.contexts import SHARED, RowContext
from kernel.db import insert_rows
from kernel.events import EventRecord
from kernel.ids import new_id
from tests.authz.wall.attacker import Company, Session, carry, reads

_SEEN = "SELECT id FROM event WHERE id = ANY ($1)"


@dataclass(frozen=True)
class Happened:
    """An event."""

    id: UUID
    entity_id: UUID | None


@pytest.fixture
async def happened(migrate_engine: AsyncEngine, north: Company, south: Company) -> list[Happened]:
    """One event in each company, and one of the group."""
    events = [Happened(new_id(), each) for each in (north.entity_id, south.entity_id, None)]
    rows: list[dict[str, Any]] = [
        {
            "id": each.id, "entity_id": each.entity_id, "type": "Happened", "subject_type": "Item",
            "subject_id": new_id(), "actor": "somebody", "on_behalf_of": None, "payload": {}, "occurred_at": north.now,
        }
        for each in events
    ]  # fmt: skip
    async with migrate_engine.begin() as connection:
        await insert_rows(connection, EventRecord, rows)
    return events


async def test_it_says_what_row_security_says(
    session: Session, north: Company, south: Company, happened: list[Happened]
) -> None:
    everybody: dict[str, tuple[RowContext, int]] = {
        "who reads in the north": (reads(north), 2),
        "who reads in both": (reads(north, south), 3),
        "a partner of the north": (reads(north, partner_id=north.customer_id), 0),
        "a partner of both": (reads(north, south, partner_id=north.supplier_id), 0),
        "a partner of nobody": (reads(partner_id=north.supplier_id), 0),
        "the process itself": (SHARED, 1),
    }
    for name, (context, count) in everybody.items():
        await carry(session, context)
        reach = await read_reach(session)
        told = {each.id for each in happened if reach.lets_through(each)}
        assert told == {UUID(int=row[0].int) for row in await session.fetch(_SEEN, [each.id for each in happened])}
        assert len(told) == count, name


async def test_a_stranger_is_told_nothing(session: Session, version: int, happened: list[Happened]) -> None:
    await carry(session, RowContext(policy_version=version))
    reach = await read_reach(session)
    assert not any(map(reach.lets_through, happened))


async def test_without_a_context_nothing_passes(session: Session, happened: list[Happened]) -> None:
    reach = await read_reach(session)
    assert not any(map(reach.lets_through, happened))


async def test_a_context_that_does_not_hold_reaches_nowhere(session: Session, north: Company, version: int) -> None:
    await carry(session, reads(north, policy_version=version + 1))
    with pytest.raises(asyncpg.PostgresError) as raised:
        await read_reach(session)
    assert raised.value.sqlstate == "WH001"

"""SQL that runs as the application writes no more than its signed context says."""

from contextlib import suppress

import asyncpg
import pytest

from kernel.contexts import RowContext
from kernel.ids import new_id
from tests.authz.wall.attacker import CARRY, SIGNER, Company, Session, carry, reads
from tests.factories.world import World


def writes(*worlds: World, subject: str = "ann") -> str:
    ids = tuple(world.entity_id for world in worlds)
    return SIGNER.commanding(RowContext(entities_read=ids, entities_write=ids, subject=subject))


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE site_balance SET entity_id = $1",
        "UPDATE sales_order SET status = status WHERE entity_id = $1",
        "DELETE FROM reservation WHERE entity_id = $1",
        "INSERT INTO event (id, entity_id, type, subject_type, subject_id, actor, payload, occurred_at)"
        " VALUES ($1, $1, 'x', 'x', $1, 'ann', '{}', now())",
        "INSERT INTO audit_entry (id, at, actor, mutation, outcome, detail, entity_id)"
        " VALUES ($1, now(), 'bob', 'x', 'done', '{}', $1)",
        "INSERT INTO idempotency_key (subject, mutation, key, fingerprint, created_at)"
        " VALUES ('bob', 'x', $1::uuid::text, 'x', now())",
        "INSERT INTO change_request (id, title, submitted_by, submitted_at, entity_id)"
        " VALUES ($1, 'x', 'ann', now(), $1)",
    ],
)
async def test_nothing_is_written_outside_the_entities_of_the_context(
    session: Session, north: Company, south: Company, attempt: str
) -> None:
    await session.execute(CARRY, writes(north))
    with suppress(asyncpg.InsufficientPrivilegeError):
        assert (await session.execute(attempt, south.entity_id)).split()[-1] == "0"


async def test_who_may_read_an_entity_does_not_write_there(session: Session, north: Company, south: Company) -> None:
    ids = (north.entity_id, south.entity_id)
    context = RowContext(entities_read=ids, entities_write=ids[:1], subject="ann")
    await session.execute(CARRY, SIGNER.commanding(context))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await session.execute("UPDATE sales_order SET status = status WHERE entity_id = $1", south.entity_id)
    assert await session.execute("DELETE FROM shortage WHERE entity_id = $1", south.entity_id) == "DELETE 0"
    await session.execute("UPDATE sales_order SET status = status WHERE entity_id = $1", north.entity_id)


async def test_nothing_is_taken_away_from_an_entity_that_may_only_be_read(
    session: Session, north: Company, south: Company
) -> None:
    ids = (north.entity_id, south.entity_id)
    context = RowContext(entities_read=ids, entities_write=ids[:1], subject="ann")
    await session.execute(CARRY, SIGNER.commanding(context))
    for table in ("valuation_layer", "change_request", "exception_case"):
        move = f"UPDATE {table} SET entity_id = $2 WHERE entity_id = $1"  # noqa: S608
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"permission denied for table {table}"):
            await session.execute(move, south.entity_id, north.entity_id)


async def test_a_context_for_reading_writes_nothing(session: Session, north: Company) -> None:
    await carry(session, reads(north, entities_write=(north.entity_id,), subject="ann"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await session.execute("UPDATE sales_order SET status = status WHERE entity_id = $1", north.entity_id)


async def test_what_belongs_to_the_group_is_written_by_commands_alone(session: Session, north: Company) -> None:
    request_id = new_id()
    event = (
        "INSERT INTO event (id, type, subject_type, subject_id, actor, payload, occurred_at)"
        " VALUES ($1, 'x', 'x', $1, 'ann', '{}', now())"
    )
    request = (
        "INSERT INTO change_request (id, title, submitted_by, submitted_by_person, submitted_at)"
        " VALUES ($1, 'x', 'ann', 'ann', now())"
    )
    change = "UPDATE change_request SET title = 'y' WHERE id = $1"
    await session.execute(CARRY, writes(north))
    await session.execute(event, new_id())
    await session.execute(request, request_id)
    assert await session.execute(change, request_id) == "UPDATE 1"
    for context in (SIGNER.reading(reads(north)), SIGNER.commanding(reads(north, subject="ann"))):
        await session.execute(CARRY, context)
        for attempt, row_id in ((event, new_id()), (request, new_id()), (change, request_id)):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await session.execute(attempt, row_id)


async def test_keys_of_requests_are_their_senders_own(session: Session, north: Company) -> None:
    insert = "INSERT INTO idempotency_key VALUES ($1, 'x', $2, 'x', NULL, now())"
    key = str(new_id())
    await session.execute(CARRY, writes(north, subject="ann|{}|61"))
    await session.execute(insert, "ann|{}|61", key)
    mine = "SELECT count(*) FROM idempotency_key WHERE key = $1"
    assert await session.fetchval(mine, key) == 1
    await session.execute(CARRY, writes(north, subject="bob"))
    assert await session.fetchval(mine, key) == 0

"""A context that was verified is remembered: nobody can make one, use another's, or go on with one that has ended."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.contexts import RowContext
from kernel.db import Database
from kernel.postgres import EmbeddedServer
from kernel.roles import Role, connect
from tests.authz.wall.attacker import CARRY, SIGNER, Company, Session, reads, seen
from tests.databases import writing

_REMEMBER = "SELECT wharfinger.remember() FROM set_config('wharfinger.context', $1, true)"
_BUMP = text("UPDATE policy_state SET version = version + 1")


@pytest.fixture
async def other_session(server: EmbeddedServer, database_name: str) -> AsyncIterator[Session]:
    """Another bare connection of the application's role."""
    connection = await connect(server.url(Role.APP, database_name))
    yield connection
    await connection.close()


@pytest.fixture
async def worker(server: EmbeddedServer, database_name: str) -> AsyncIterator[Session]:
    """A connection of the worker's role, which alone may have a context remembered."""
    connection = await connect(server.url(Role.WORKER, database_name))
    yield connection
    await connection.close()


async def remembered(worker: Session, session: Session, context: RowContext) -> str:
    """Has a context remembered that the session carries then."""
    signed = SIGNER.reading(context)
    assert await worker.fetchval(_REMEMBER, signed)
    await session.execute(CARRY, signed)
    return signed


async def kept(engine: AsyncEngine, signed: str) -> int:
    """How many remembered contexts are in force for the text."""
    found = text("SELECT count(*) FROM verified_context WHERE context = :context AND policy_version IS NOT NULL")
    async with engine.connect() as connection:
        count: int = (await connection.execute(found, {"context": signed})).scalar_one()
        return count


async def test_a_remembered_context_shows_what_a_verified_one_does(
    session: Session, worker: Session, north: Company, south: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    signed = await remembered(worker, session, reads(north, policy_version=version))
    assert await kept(migrate_engine, signed) == 1
    assert await seen(session, north, south) == {north.entity_id}


async def test_what_is_not_signed_is_not_remembered(worker: Session, north: Company, version: int) -> None:
    signed = SIGNER.reading(reads(north, policy_version=version))
    forged = ("e" if signed[0] == "f" else "f") + signed[1:]
    for attempt in ("nonsense", forged, signed + "|"):
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await worker.fetchval(_REMEMBER, attempt)
        assert refusal.value.sqlstate == "WH002", attempt
    assert not await worker.fetchval(_REMEMBER, "")


async def test_a_remembered_context_ends_with_the_version_of_the_policy(
    session: Session, worker: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    signed = await remembered(worker, session, reads(north, policy_version=version))
    async with migrate_engine.begin() as connection:
        await connection.execute(_BUMP)
    assert await kept(migrate_engine, signed) == 0
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await worker.fetchval(_REMEMBER, signed)
    assert refusal.value.sqlstate == "WH001"
    await session.execute(CARRY, signed)
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH001"


async def test_a_remembered_context_ends_with_its_time(
    session: Session, worker: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    ends_at = datetime.now(UTC) + timedelta(seconds=1)
    signed = await remembered(worker, session, reads(north, policy_version=version, expires_at=ends_at))
    assert await kept(migrate_engine, signed) == 1
    async with asyncio.timeout(20):
        while datetime.now(UTC) <= ends_at:
            await session.fetch("SELECT pg_sleep_until($1)", ends_at + timedelta(milliseconds=5))
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH002"
    await remembered(worker, session, reads(north, policy_version=version))
    assert await kept(migrate_engine, signed) == 0


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_no_transaction_outlives_its_context(
    session: Session, worker: Session, north: Company, version: int, *, is_remembered: bool
) -> None:
    ends_at = datetime.now(UTC) + timedelta(seconds=1)
    signed = SIGNER.reading(reads(north, policy_version=version, expires_at=ends_at))
    if is_remembered:
        assert await worker.fetchval(_REMEMBER, signed)
    await session.execute("BEGIN")
    await session.execute(CARRY, signed)
    assert await seen(session, north) == {north.entity_id}
    await session.fetch("SELECT pg_sleep_until($1)", ends_at + timedelta(milliseconds=5))
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH002"
    await session.execute("ROLLBACK")


async def test_the_application_has_nothing_remembered_and_holds_off_no_policy(
    session: Session, north: Company, version: int
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.fetchval(_REMEMBER, SIGNER.reading(reads(north, policy_version=version)))


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT context FROM verified_context",
        "SELECT v FROM verified_context v",
        "SELECT count(*) FROM verified_context WHERE context < 'f'",
        "EXPLAIN ANALYZE SELECT valid FROM verified_context WHERE context < 'f'",
        "SELECT count(*) FROM verified_context WHERE ends_at < now()",
        "SELECT valid FROM verified_context ORDER BY context",
    ],
)
async def test_nobody_compares_with_the_contexts_of_others(
    session: Session, worker: Session, north: Company, version: int, attempt: str
) -> None:
    await remembered(worker, session, reads(north, policy_version=version))
    assert await session.fetchval("SELECT valid FROM verified_context")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.fetch(attempt)


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_a_transaction_that_would_not_see_a_new_policy_sees_nothing(
    session: Session, worker: Session, north: Company, version: int, isolation: str
) -> None:
    signed = await remembered(worker, session, reads(north, policy_version=version))
    await session.execute(f"BEGIN ISOLATION LEVEL {isolation}")
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH002"
    await session.execute("ROLLBACK")
    await session.execute(CARRY, signed)
    assert await seen(session, north) == {north.entity_id}


async def test_a_session_finds_its_own_alone(
    session: Session, worker: Session, other_session: Session, north: Company, south: Company, version: int
) -> None:
    await remembered(worker, session, reads(north, policy_version=version))
    await remembered(worker, other_session, reads(south, policy_version=version))
    found = await session.fetch("SELECT entities FROM verified_context")
    assert [[each.hex for each in row[0]] for row in found] == [[north.entity_id.hex]]
    await session.execute("SELECT set_config('wharfinger.context', '', false)")
    assert await session.fetch("SELECT FROM verified_context") == []
    for attempt in (
        "INSERT INTO verified_context SELECT * FROM verified_context",
        "UPDATE verified_context SET entities = '{}'",
        "DELETE FROM verified_context",
        "SELECT FROM verified_context FOR UPDATE",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.execute(attempt)


async def test_nobody_waits_for_an_activation_that_replaces_the_policy(
    session: Session, worker: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    ends_at = datetime.now(UTC) + timedelta(minutes=2)
    signed = SIGNER.reading(reads(north, policy_version=version, expires_at=ends_at))
    async with migrate_engine.begin() as connection:
        await connection.execute(_BUMP)
        assert not await worker.fetchval(_REMEMBER, signed, timeout=10)
        await session.execute(CARRY, signed)
        assert await seen(session, north) == {north.entity_id}
        await connection.rollback()
    assert await worker.fetchval(_REMEMBER, signed)


async def test_who_remembers_at_the_same_time_waits_for_nobody_long(
    database: Database, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    people = [replace(reads(north, policy_version=version), subject=f"clerk {n % 4}") for n in range(40)]

    async def act(context: RowContext) -> None:
        async with writing(database.app, context) as driver:
            assert await driver.fetchval("SELECT count(*) FROM site_balance") > 0

    await asyncio.gather(*map(act, people))
    assert [await kept(migrate_engine, database.app.signer.commanding(each)) for each in people[:4]] == [1, 1, 1, 1]

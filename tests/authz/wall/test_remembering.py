"""A context that was verified is remembered: nobody can make one, use another's, or go on with one that has ended."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.contexts import RowContext
from kernel.db import Database, enter_context
from kernel.postgres import EmbeddedServer
from kernel.roles import Role, connect
from tests.authz.wall.attacker import CARRY, SIGNER, Company, Session, reads, seen

_REMEMBER = "SELECT wharfinger.remember() FROM set_config('wharfinger.context', $1, false)"
_BUMP = text("UPDATE policy_state SET version = version + 1")


@pytest.fixture
async def other_session(server: EmbeddedServer, database_name: str) -> AsyncIterator[Session]:
    """Another bare connection of the application's role."""
    connection = await connect(server.url(Role.APP, database_name))
    yield connection
    await connection.close()


async def remembered(session: Session, context: RowContext) -> str:
    """Has a context remembered by the session, which carries it then."""
    signed = SIGNER.reading(context)
    assert await session.fetchval(_REMEMBER, signed)
    return signed


async def kept(engine: AsyncEngine, signed: str) -> int:
    """How many remembered contexts are in force for the text."""
    found = text("SELECT count(*) FROM verified_context WHERE digest = :digest AND policy_version IS NOT NULL")
    async with engine.connect() as connection:
        count: int = (await connection.execute(found, {"digest": sha256(signed.encode()).digest()})).scalar_one()
        return count


async def test_a_remembered_context_shows_what_a_verified_one_does(
    session: Session, north: Company, south: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    signed = await remembered(session, reads(north, policy_version=version))
    assert await kept(migrate_engine, signed) == 1
    assert await seen(session, north, south) == {north.entity_id}


async def test_what_is_not_signed_is_not_remembered(session: Session, north: Company, version: int) -> None:
    signed = SIGNER.reading(reads(north, policy_version=version))
    forged = ("e" if signed[0] == "f" else "f") + signed[1:]
    for attempt in ("nonsense", forged, signed + "|"):
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await session.fetchval(_REMEMBER, attempt)
        assert refusal.value.sqlstate == "WH002", attempt
    assert not await session.fetchval(_REMEMBER, "")


async def test_a_remembered_context_ends_with_the_version_of_the_policy(
    session: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    signed = await remembered(session, reads(north, policy_version=version))
    async with migrate_engine.begin() as connection:
        await connection.execute(_BUMP)
    assert await kept(migrate_engine, signed) == 0
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await session.fetchval(_REMEMBER, signed)
    assert refusal.value.sqlstate == "WH001"
    await session.execute(CARRY, signed)
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH001"


async def test_a_remembered_context_ends_with_its_time(
    session: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    ends_at = datetime.now(UTC) + timedelta(seconds=1)
    signed = await remembered(session, reads(north, policy_version=version, expires_at=ends_at))
    assert await kept(migrate_engine, signed) == 1
    async with asyncio.timeout(20):
        while datetime.now(UTC) <= ends_at:
            await session.fetch("SELECT pg_sleep_until($1)", ends_at + timedelta(milliseconds=5))
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH002"
    await remembered(session, reads(north, policy_version=version))
    assert await kept(migrate_engine, signed) == 0


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_a_transaction_that_would_not_see_a_new_policy_sees_nothing(
    session: Session, north: Company, version: int, isolation: str
) -> None:
    signed = await remembered(session, reads(north, policy_version=version))
    await session.execute(f"BEGIN ISOLATION LEVEL {isolation}")
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north)
    assert refusal.value.sqlstate == "WH002"
    await session.execute("ROLLBACK")
    await session.execute(CARRY, signed)
    assert await seen(session, north) == {north.entity_id}


async def test_a_session_finds_its_own_alone(
    session: Session, other_session: Session, north: Company, south: Company, version: int
) -> None:
    await remembered(session, reads(north, policy_version=version))
    await remembered(other_session, reads(south, policy_version=version))
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
    session: Session, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    ends_at = datetime.now(UTC) + timedelta(minutes=2)
    signed = SIGNER.reading(reads(north, policy_version=version, expires_at=ends_at))
    async with migrate_engine.begin() as connection:
        await connection.execute(_BUMP)
        assert not await session.fetchval(_REMEMBER, signed, timeout=10)
        assert await seen(session, north) == {north.entity_id}
        await connection.rollback()
    assert await session.fetchval(_REMEMBER, signed)


async def test_who_remembers_at_the_same_time_waits_for_nobody_long(
    database: Database, north: Company, version: int, migrate_engine: AsyncEngine
) -> None:
    people = [replace(reads(north, policy_version=version), subject=f"clerk {n % 4}") for n in range(40)]

    async def act(context: RowContext) -> None:
        async with database.app.begin() as connection:
            await enter_context(connection, context)
            assert (await connection.execute(text("SELECT count(*) FROM site_balance"))).scalar_one() > 0

    await asyncio.gather(*map(act, people))
    signer = database.app.sync_engine.get_execution_options()["wharfinger_signer"]
    assert [await kept(migrate_engine, signer.commanding(each)) for each in people[:4]] == [1, 1, 1, 1]

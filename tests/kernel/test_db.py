"""The pool: what the server closed is replaced, and nobody waits for a connection without end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel.contexts import SHARED
from kernel.db import Database, make_engine
from kernel.passing import is_passing, waited_in_vain

_PID = select(func.pg_backend_pid())


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """An engine with two connections of its own."""
    engine = make_engine(database.app.url, pool_size=2, wait_seconds=0.05)
    yield engine
    await engine.dispose()


async def end_session(database: Database, connection: AsyncConnection) -> None:
    """Ends the session as a restart of the server would, and waits until the driver has heard of it."""
    pid = (await connection.execute(_PID)).scalar_one()
    await connection.rollback()
    driver: Any = (await connection.get_raw_connection()).driver_connection
    heard = asyncio.Event()
    driver.add_termination_listener(lambda _: heard.set())
    async with database.app.transaction(SHARED) as other:
        await other.driver.execute("SELECT pg_terminate_backend($1)", pid)
    async with asyncio.timeout(5):
        await heard.wait()


async def test_a_connection_that_was_closed_while_it_rested_is_never_handed_out(
    database: Database, engine: AsyncEngine
) -> None:
    async with engine.connect() as connection:
        await end_session(database, connection)
    for _ in range(3):
        async with engine.connect() as connection:
            assert (await connection.execute(_PID)).scalar_one() > 0


async def test_a_connection_that_is_closed_in_use_is_a_failure_that_passes(
    database: Database, engine: AsyncEngine
) -> None:
    async with engine.connect() as connection:
        await end_session(database, connection)
        with pytest.raises(Exception, match="closed") as failed:
            await connection.execute(_PID)
    assert is_passing(failed.value)
    assert not waited_in_vain(failed.value)
    async with engine.connect() as connection:
        assert (await connection.execute(_PID)).scalar_one() > 0


async def test_who_gets_no_connection_in_time_may_come_again(engine: AsyncEngine) -> None:
    async with engine.connect(), engine.connect():
        with pytest.raises(Exception, match="QueuePool limit") as failed:
            await engine.connect()
    assert is_passing(failed.value)


async def test_a_server_that_is_down_may_come_again(database: Database) -> None:
    nowhere = make_engine(database.app.url.update_query_dict({"host": "/nonexistent"}), pool_size=1)
    with pytest.raises(OSError) as failed:  # noqa: PT011 - what the system calls it differs
        await nowhere.connect()
    assert is_passing(failed.value)


def test_a_fault_of_ours_does_not_pass() -> None:
    assert not is_passing(ValueError("wrong"))
    assert not is_passing(PermissionError("not yours"))

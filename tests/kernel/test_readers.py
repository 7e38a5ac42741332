"""The connections for reads: bounded, opened when needed, replaced when they break, never busy with others' work."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.contexts import SHARED, Signer
from kernel.db import Database
from kernel.passing import is_passing, waited_in_vain
from kernel.readers import Driver, Readers
from tests.databases import CONTEXT_KEY

_PID = "SELECT pg_backend_pid()"
_SLOW = "SELECT pg_sleep(60)"
SIGNER = Signer(CONTEXT_KEY)


@pytest.fixture
async def readers(database: Database) -> AsyncIterator[Readers]:
    """Two connections at most, for which nobody waits long."""
    readers = Readers(database.app.url, size=2, wait_seconds=0.05, signer=SIGNER)
    yield readers
    await readers.close()


async def pid_of(readers: Readers) -> int:
    """The session that the next read gets."""
    async with readers.connection(SHARED) as driver:
        return int(await driver.fetchval(_PID))


async def activity(database: Database, pid: int) -> str | None:
    """What a session is doing: active, idle, or nothing because it is gone."""
    async with database.app.transaction(SHARED) as other:
        state: str | None = await other.driver.fetchval("SELECT state FROM pg_stat_activity WHERE pid = $1", pid)
        return state


async def until(database: Database, pid: int, *states: str | None) -> None:
    """Waits until the session is in one of these states."""
    async with asyncio.timeout(5):
        while await activity(database, pid) not in states:  # noqa: ASYNC110 - the server sends no word of it
            await asyncio.sleep(0.01)


async def end_session(database: Database, driver: Driver) -> None:
    """Ends the session as a restart of the server would, and waits until the driver has heard of it."""
    heard = asyncio.Event()
    driver.add_termination_listener(lambda _: heard.set())
    async with database.app.transaction(SHARED) as other:
        await other.driver.execute("SELECT pg_terminate_backend($1)", driver.get_server_pid())
    async with asyncio.timeout(5):
        await heard.wait()


async def test_reads_one_after_the_other_share_a_session_and_its_statements(readers: Readers) -> None:
    sessions = {await pid_of(readers) for _ in range(3)}
    assert len(sessions) == 1
    async with readers.connection(SHARED) as driver:
        prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement = $1"
        assert await driver.fetchval(prepared, _PID) == 1


async def test_reads_at_once_have_sessions_of_their_own_and_the_last_back_is_the_first_out(readers: Readers) -> None:
    async with readers.connection(SHARED) as first:
        async with readers.connection(SHARED) as second:
            assert first.get_server_pid() != second.get_server_pid()
        assert await pid_of(readers) == second.get_server_pid()
    assert await pid_of(readers) == first.get_server_pid()


async def test_who_waits_is_served_in_the_order_of_asking(database: Database) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=SIGNER)
    served = []

    async def read(name: str) -> None:
        async with readers.connection(SHARED) as driver:
            await driver.fetchval(_PID)
            served.append(name)

    async with readers.connection(SHARED):
        waiting = []
        for name in ("Ada", "Ben", "Cleo"):
            waiting.append(asyncio.create_task(read(name)))
            await asyncio.sleep(0)
        waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert served == ["Ada", "Cleo"]
    await readers.close()


async def test_who_gets_no_connection_in_time_may_come_again(readers: Readers) -> None:
    async with readers.connection(SHARED), readers.connection(SHARED):
        with pytest.raises(PoolTimeout, match=r"in 0\.05 seconds") as failed:
            await pid_of(readers)
    assert is_passing(failed.value)
    assert await pid_of(readers) > 0


async def test_who_leaves_just_when_it_is_their_turn_passes_it_on(database: Database) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=SIGNER)
    async with readers.connection(SHARED):
        leaving = asyncio.create_task(pid_of(readers))
        await asyncio.sleep(0)
        staying = asyncio.create_task(pid_of(readers))
        await asyncio.sleep(0)
    leaving.cancel()
    assert await staying > 0
    assert leaving.cancelled()
    await readers.close()


async def test_a_connection_that_was_closed_while_it_rested_is_never_handed_out(
    database: Database, readers: Readers
) -> None:
    async with readers.connection(SHARED) as first, readers.connection(SHARED) as second:
        pass
    await end_session(database, first)
    await end_session(database, second)
    assert await pid_of(readers) not in {first.get_server_pid(), second.get_server_pid()}
    async with readers.connection(SHARED), readers.connection(SHARED):
        pass


async def test_a_connection_that_is_closed_in_use_is_a_failure_that_passes(
    database: Database, readers: Readers
) -> None:
    async def read_on_a_broken_one() -> None:
        async with readers.connection(SHARED) as driver:
            await end_session(database, driver)
            await driver.fetchval(_PID)

    for _ in range(3):
        with pytest.raises(asyncpg.InterfaceError, match="closed") as failed:
            await read_on_a_broken_one()
        assert is_passing(failed.value)
        assert not waited_in_vain(failed.value)
    assert await pid_of(readers) > 0


async def test_a_server_that_is_down_may_come_again(database: Database) -> None:
    nowhere = Readers(
        database.app.url.update_query_dict({"host": "/nonexistent"}), size=1, wait_seconds=5, signer=SIGNER
    )
    for _ in range(3):
        with pytest.raises(OSError) as failed:  # noqa: PT011 - what the system calls it differs
            await pid_of(nowhere)
        assert is_passing(failed.value)


async def test_a_statement_that_fails_leaves_its_connection_in_use(readers: Readers) -> None:
    before = await pid_of(readers)
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with readers.connection(SHARED) as driver:
            await driver.fetchval("SELECT 1 / 0")
    assert await pid_of(readers) == before


async def test_a_statement_whose_caller_leaves_ends_and_its_connection_comes_back(
    database: Database, readers: Readers
) -> None:
    begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def read() -> None:
        async with readers.connection(SHARED) as driver:
            begun.set_result(driver.get_server_pid())
            await driver.fetchval(_SLOW)

    reading = asyncio.create_task(read())
    pid = await begun
    await until(database, pid, "active")
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await until(database, pid, "idle")
    async with readers.connection(SHARED) as one, readers.connection(SHARED) as other:
        assert pid in {one.get_server_pid(), other.get_server_pid()}


async def test_a_connection_that_was_given_up_is_not_handed_out_before_its_statement_has_ended(
    database: Database,
) -> None:
    """However often callers leave, nobody is hit by a cancellation that was meant for another."""
    readers = Readers(database.app.url, size=2, wait_seconds=5, signer=SIGNER)

    async def leave_early() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001), readers.connection(SHARED) as driver:
                await driver.fetchval(_SLOW)

    for _ in range(25):
        await asyncio.gather(leave_early(), leave_early(), pid_of(readers), pid_of(readers))
    await readers.close()


async def test_closing_ends_every_session(database: Database) -> None:
    readers = Readers(database.app.url, size=3, wait_seconds=5, signer=SIGNER)
    async with readers.connection(SHARED) as held:
        held_pid, resting_pid = held.get_server_pid(), await pid_of(readers)
        await readers.close()
        await until(database, resting_pid, None)
    await until(database, held_pid, None)
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await pid_of(readers)


async def test_who_waits_when_the_connections_are_closed_is_told_at_once(database: Database) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=60, signer=SIGNER)
    async with readers.connection(SHARED) as held:
        waiting = asyncio.create_task(pid_of(readers))
        await asyncio.sleep(0)
        await readers.close()
        async with asyncio.timeout(5):
            with pytest.raises(asyncpg.InterfaceError, match="closed"):
                await waiting
        assert not held.is_closed()
    assert held.is_closed()


async def test_who_leaves_with_a_connection_just_when_it_is_closed_leaves_none_open(database: Database) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=60, signer=SIGNER)
    async with readers.connection(SHARED) as held:
        leaving = asyncio.create_task(pid_of(readers))
        await asyncio.sleep(0)
    leaving.cancel()
    await readers.close()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert held.is_closed()


@pytest.mark.parametrize("turns", range(3))
async def test_a_connection_that_was_given_up_is_closed_with_the_others(database: Database, turns: int) -> None:
    """However far the word of its statement's end has come."""
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=SIGNER)
    with pytest.raises(KeyError):
        async with readers.connection(SHARED) as driver:
            raise KeyError
    for _ in range(turns):
        await asyncio.sleep(0)
    await readers.close()
    assert driver.is_closed()


async def test_a_connection_that_is_given_up_after_the_others_were_closed_is_closed_at_once(
    database: Database,
) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=SIGNER)

    async def give_up() -> None:
        async with readers.connection(SHARED) as driver:
            given.append(driver)
            await readers.close()
            raise KeyError

    given: list[Driver] = []
    with pytest.raises(KeyError):
        await give_up()
    assert [driver.is_closed() for driver in given] == [True]


async def test_reads_go_on_while_commands_hold_every_connection_of_theirs(database: Database) -> None:
    narrow = Database.connect(app=database.app.url, worker=database.worker.url, key=CONTEXT_KEY, commands=1, reads=1)
    async with narrow.app.transaction(SHARED):
        assert await pid_of(narrow.readers) > 0
    await narrow.close()

"""Nobody reads on a connection that carries another context than theirs, whatever else happens to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from kernel.contexts import SHARED, WINDOW_SECONDS, RowContext, Signer
from kernel.db import Database
from kernel.ids import new_id
from kernel.readers import Driver, Pooling, Readers
from tests.databases import CONTEXT_KEY

_PID = "SELECT pg_backend_pid()"
_CARRIED = "SELECT (wharfinger.verified())[6]::uuid[]"
_SET = "SELECT current_setting('wharfinger.context', true)"
_PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%wharfinger.verified%'"
_SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wharfinger reads'"
SCOPES = [RowContext(entities_read=(new_id(),)) for _ in range(5)]


class Time:
    """The time of PostgreSQL's clock, as far as the signer knows."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).timestamp()

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=Pooling)
async def readers(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Readers]:
    """Three connections for five scopes."""
    readers = Readers(database.app.url, size=3, wait_seconds=15, signer=Signer(CONTEXT_KEY), pooling=request.param)
    yield readers
    await readers.close()


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Readers]:
    """Two connections."""
    readers = Readers(database.app.url, size=2, wait_seconds=5, signer=Signer(CONTEXT_KEY))
    yield readers
    await readers.close()


def of(scope: RowContext) -> list[UUID]:
    return [UUID(int=each.int) for each in scope.entities_read]


async def carried(driver: Driver) -> list[UUID]:
    """The legal entities that row security lets the connection read."""
    return [UUID(int=each.int) for each in await driver.fetchval(_CARRIED)]


async def test_scopes_never_mix_under_load_with_callers_who_leave(readers: Readers) -> None:
    chance = Random(4)  # noqa: S311 - nothing is secret here
    checked = 0

    async def read(scope: RowContext) -> None:
        nonlocal checked
        async with readers.connection(scope) as driver:
            assert await carried(driver) == of(scope)
            await driver.fetch("SELECT pg_sleep(0.001)")
            assert await carried(driver) == of(scope)
        checked += 1

    async def leave(scope: RowContext) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.random() / 200):
                await read(scope)

    works = [chance.choice((read, read, leave))(chance.choice(SCOPES)) for _ in range(300)]
    await asyncio.gather(*works)
    assert checked > 150


async def test_a_scope_gets_the_connection_that_carries_it(two: Readers) -> None:
    async with two.connection(SCOPES[0]) as first, two.connection(SCOPES[1]) as second:
        sessions = [await driver.fetchval(_PID) for driver in (first, second)]
    for place in (0, 1, 1, 0, 0):
        async with two.connection(SCOPES[place]) as driver:
            assert await driver.fetchval(_PID) == sessions[place]


async def test_nothing_is_asked_where_the_connection_carries_the_scope(two: Readers) -> None:
    sent: list[str] = []

    async def asked(scope: RowContext) -> int:
        sent.clear()
        async with two.connection(scope):
            await asyncio.sleep(0)  # the driver tells of a statement when the loop comes round
            return len(sent)

    async with two.connection(SCOPES[0]) as driver:
        driver.add_query_logger(lambda record: sent.append(record.query))
    same_rights = RowContext(entities_read=SCOPES[0].entities_read, subject="somebody else")
    assert [await asked(scope) for scope in (SCOPES[0], same_rights, SCOPES[1], SCOPES[1])] == [0, 0, 1, 0]


async def test_a_context_is_renewed_before_it_ends(database: Database) -> None:
    time = Time()
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=Signer(CONTEXT_KEY, seconds=time))
    async with readers.connection(SCOPES[0]) as driver:
        before = await driver.fetchval(_SET)
    time.now += WINDOW_SECONDS
    async with readers.connection(SCOPES[0]) as driver:
        assert await driver.fetchval(_SET) != before
        assert await carried(driver) == of(SCOPES[0])
    await readers.close()


async def test_a_connection_whose_context_could_not_be_set_is_set_anew(two: Readers) -> None:
    async with two.connection(SCOPES[0]):
        pass
    for _ in range(20):
        with suppress(TimeoutError):
            async with asyncio.timeout(0.0001), two.connection(SCOPES[1]):
                pass
    for scope in SCOPES:
        async with two.connection(scope) as driver:
            assert await carried(driver) == of(scope)


async def test_a_command_leaves_no_context_behind(database: Database) -> None:
    for _ in range(2):
        async with database.app.transaction(SCOPES[0]) as transaction:
            driver = transaction.driver
            assert await driver.fetchval(_SET)
        assert not await driver.fetchval(_SET)


async def test_behind_a_proxy_nothing_outlives_the_transaction(database: Database) -> None:
    readers = Readers(database.app.url, size=1, wait_seconds=5, signer=Signer(CONTEXT_KEY), pooling=Pooling.TRANSACTION)
    async with readers.connection(SCOPES[0]) as driver:
        assert driver.is_in_transaction()
        assert await carried(driver) == of(SCOPES[0])
    assert not driver.is_in_transaction()
    assert not await driver.fetchval(_SET)
    assert await driver.fetchval(_PREPARED) == 0
    with pytest.raises(ZeroDivisionError):
        async with readers.connection(SCOPES[0]) as broken:
            raise ZeroDivisionError
    async with readers.connection(SHARED) as driver:
        assert driver is broken
        assert await carried(driver) == []
    await readers.close()


def test_the_end_is_the_earlier_of_the_window_and_the_grant() -> None:
    time = Time()
    signer = Signer(CONTEXT_KEY, seconds=time)
    window = datetime.fromtimestamp((time.now // WINDOW_SECONDS + 2) * WINDOW_SECONDS, UTC)
    assert timedelta(0) < window - datetime.fromtimestamp(time.now, UTC) <= timedelta(minutes=5)
    for edge, end in ((None, window), (window + timedelta(seconds=1), window), (window - timedelta(minutes=9),) * 2):
        text = signer.reading(RowContext(expires_at=edge))
        assert datetime.fromisoformat(text.split("|")[3]) == end

"""Behind a proxy that pools transactions nobody has a session of their own, and nobody reads with another's context."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from kernel.contexts import RowContext, Signer
from kernel.db import Database, make_engine
from kernel.ids import new_id
from kernel.opening import for_reads
from kernel.postgres import EmbeddedServer
from kernel.readers import Pooling, Readers
from kernel.roles import Role
from tests.databases import CONTEXT_KEY, visiting, writing
from tests.factories.pooling import SESSIONS, PoolingProxy, pooled

SCOPES = [RowContext(entities_read=(new_id(),)) for _ in range(5)]
_CARRIED = "SELECT (wharfinger.verified())[6]::uuid[]"
_LEFT = "SELECT current_setting('wharfinger.context', true)"
_SLEEPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep(60%' "
    "AND state = 'active'"
)
_PID = "SELECT pg_backend_pid()"


@pytest.fixture
async def by_proxy(server: EmbeddedServer, database_name: str) -> AsyncIterator[tuple[PoolingProxy, URL]]:
    """A proxy before this worker's database, and its address for the application's role."""
    async with pooled(server.url(Role.APP, database_name)) as proxied:
        yield proxied


async def test_the_proxy_lends_another_session_for_each_transaction(by_proxy: tuple[PoolingProxy, URL]) -> None:
    proxy, url = by_proxy
    one, other = [await for_reads(url, Pooling.TRANSACTION)() for _ in range(2)]
    sessions = [await one.fetchval(_PID) for _ in range(SESSIONS)]
    assert len(set(sessions)) == SESSIONS
    async with one.transaction():
        assert await one.fetchval(_PID) == await one.fetchval(_PID)
    await one.execute("SELECT set_config('wharfinger.context', 'left behind', false)")
    assert not await one.fetchval(_LEFT)
    await one.execute(_PID)
    assert await other.fetchval(_LEFT) == "left behind"
    for connection in (one, other):
        await connection.close()
    assert [client.session for client in proxy.clients] == [None, None]


async def test_prepared_statements_are_lost_where_a_connection_expects_a_session(
    by_proxy: tuple[PoolingProxy, URL],
) -> None:
    engine = make_engine(by_proxy[1], pool_size=1)

    async def ask() -> None:
        async with engine.begin() as connection:
            await connection.execute(select(func.pg_backend_pid()))

    await ask()
    with pytest.raises(DBAPIError, match="does not exist"):
        await ask()
    await engine.dispose()


async def test_settings_of_a_session_are_refused(by_proxy: tuple[PoolingProxy, URL]) -> None:
    readers = Readers(by_proxy[1], size=1, wait_seconds=5, signer=Signer(CONTEXT_KEY))
    with pytest.raises(asyncpg.PostgresError, match="unsupported startup parameter: plan_cache_mode"):
        await readers.take_carrying(SCOPES[0])
    await readers.close()


async def test_scopes_never_mix_under_load_with_callers_who_leave(by_proxy: tuple[PoolingProxy, URL]) -> None:
    proxy, url = by_proxy
    readers = Readers(url, size=5, wait_seconds=15, signer=Signer(CONTEXT_KEY), pooling=Pooling.TRANSACTION)
    chance = Random(5)  # noqa: S311 - nothing is secret here
    checked = 0

    async def read(scope: RowContext) -> None:
        nonlocal checked
        async with readers.connection(scope) as driver:
            for _ in range(2):
                carried = await driver.fetchval(_CARRIED)
                assert [UUID(int=each.int) for each in carried] == [UUID(int=each.int) for each in scope.entities_read]
                await driver.fetch("SELECT pg_sleep(0.001)")
        checked += 1

    async def leave(scope: RowContext) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.random() / 100):
                await read(scope)

    await asyncio.gather(*(chance.choice((read, read, leave))(chance.choice(SCOPES)) for _ in range(200)))
    assert checked > 100
    busiest = max(proxy.clients, key=lambda client: len(client.lent))
    assert len(set(busiest.lent)) >= SESSIONS
    await readers.close()
    stranger = await for_reads(url, Pooling.TRANSACTION)()
    assert [await stranger.fetchval(_LEFT) for _ in range(SESSIONS)] == [""] * SESSIONS
    await stranger.close()


async def test_a_read_that_was_given_up_is_gone_when_its_connection_is_lent_again(
    by_proxy: tuple[PoolingProxy, URL],
) -> None:
    proxy, url = by_proxy
    readers = Readers(url, size=1, wait_seconds=15, signer=Signer(CONTEXT_KEY), pooling=Pooling.TRANSACTION)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), readers.connection(SCOPES[0]) as driver:
            await driver.fetch("SELECT pg_sleep(60)")
    async with readers.connection(SCOPES[1]) as driver:
        assert await driver.fetchval(_SLEEPING) == 0
        assert [UUID(int=each.int) for each in await driver.fetchval(_CARRIED)] == list(SCOPES[1].entities_read)
    assert len(proxy.clients) == 1, "the connection was thrown away, and its word to cancel with it"
    await readers.close()


async def test_a_command_is_one_transaction_with_its_own_context(by_proxy: tuple[PoolingProxy, URL]) -> None:
    _, url = by_proxy
    database = Database.connect(app=url, worker=url, key=CONTEXT_KEY, commands=2, pooling=Pooling.TRANSACTION)
    for scope in SCOPES:
        async with writing(database.app, scope) as driver:
            for _ in range(2):
                carried = await driver.fetchval(_CARRIED)
                assert [UUID(int=each.int) for each in carried] == [UUID(int=each.int) for each in scope.entities_read]
        async with visiting(url) as connection:
            assert not (await connection.execute(text(_LEFT))).scalar()
    await database.close()

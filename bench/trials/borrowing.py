"""What it costs to borrow a connection for one small read (Q4): `python -m bench.trials.borrowing`.

A connection of one's own, those that our reads borrow, asyncpg's pool with and without its RESET, and SQLAlchemy's
engine as commands use it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from rich.console import Console
from sqlalchemy.engine import URL

from bench.reads.by_hand import opened_pool
from bench.reads.questions import item_questions
from bench.trials.effort import Driver, Variant, compare_variants, trial
from bench.trials.recorded import Statement, recording
from kernel.contexts import SHARED, ContextKey, Signer
from kernel.db import make_engine
from kernel.readers import Readers
from kernel.roles import connect
from kernel.writers import CONNECTION_WAIT_SECONDS

QUESTIONS = 40
TIMES = 1_000

Lend = Callable[[], AbstractAsyncContextManager[Any]]
"""Lends a connection for a block."""
Lender = Callable[[URL], AbstractAsyncContextManager[Lend]]


def main() -> None:
    """Runs the trial and prints it."""
    with trial() as (extent, console), recording(extent, console.print) as recorder:
        statements = recorder.statements(item_questions, QUESTIONS)
        asyncio.run(_compare(recorder.stage.urls.migrate, statements, console))


async def _compare(url: URL, statements: Sequence[Statement], console: Console) -> None:
    async with AsyncExitStack() as stack:
        variants = {}
        for name, lender in _LENDERS.items():
            lend = await stack.enter_async_context(lender(url))
            variants[name] = await _variant(lend, statements)
        await compare_variants(variants, times=TIMES, console=console, title="Borrowing a connection for one item")


async def _variant(lend: Lend, statements: Sequence[Statement]) -> Variant:
    async with lend() as driver:
        pid: int = driver.get_server_pid()

    async def work(number: int) -> object:
        statement = statements[number % len(statements)]
        async with lend() as driver:
            return await driver.fetch(statement.text, *statement.arguments)

    return Variant(work, pid)


@asynccontextmanager
async def _own(url: URL) -> AsyncIterator[Lend]:
    driver = await connect(url)

    @asynccontextmanager
    async def lend() -> AsyncIterator[Driver]:
        yield driver

    yield lend
    await driver.close()


@asynccontextmanager
async def _resetting_pool(url: URL) -> AsyncIterator[Lend]:
    async with opened_pool(url, connections=1, reset=None) as pool:
        yield pool.acquire


@asynccontextmanager
async def _leaving_pool(url: URL) -> AsyncIterator[Lend]:
    async with opened_pool(url, connections=1) as pool:
        yield pool.acquire


@asynccontextmanager
async def _engine(url: URL) -> AsyncIterator[Lend]:
    engine = make_engine(url, pool_size=1)

    @asynccontextmanager
    async def lend() -> AsyncIterator[Any]:
        async with engine.connect() as connection:
            yield (await connection.get_raw_connection()).driver_connection

    yield lend
    await engine.dispose()


@asynccontextmanager
async def _readers(url: URL) -> AsyncIterator[Lend]:
    signer = Signer(ContextKey(b"nobody asks what these connections carry"))
    readers = Readers(url, size=1, wait_seconds=CONNECTION_WAIT_SECONDS, signer=signer)
    yield partial(readers.connection, SHARED)
    await readers.close()


_LENDERS: dict[str, Lender] = {
    "a connection of one's own": _own,
    "our connections for reads": _readers,
    "asyncpg's pool": _resetting_pool,
    "asyncpg's pool without RESET": _leaving_pool,
    "SQLAlchemy's engine": _engine,
}


if __name__ == "__main__":
    main()

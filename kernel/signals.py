"""Signals between processes: NOTIFY and LISTEN, on connections that are kept for them.

A signal carries nothing and promises nothing: it may be lost with a connection. Whoever waits for one also looks by
itself after a while (`Wakeup.wait`). No transaction of a use case sends one, because PostgreSQL lets transactions that
notify commit one after the other only; changes of the access policy alone do, which are rare.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Channel(StrEnum):
    """What PostgreSQL passes between the processes."""

    COMMITTED = "wharfinger_committed"
    """Somebody committed events: the sequencer has work."""
    POSITIONED = "wharfinger_positioned"
    """The sequencer gave positions: readers have work."""
    POLICY = "wharfinger_policy"
    """The access policy or a grant has changed: nobody is who they were."""


class Wakeup:
    """Says that there is work. However often it is set before somebody looks, it wakes them once."""

    def __init__(self) -> None:
        self._set = asyncio.Event()

    def set(self) -> None:
        """Wakes whoever waits, or the next one who will."""
        self._set.set()

    async def wait(self, seconds: float | None = None) -> None:
        """Waits until it is set, `seconds` at most. What is set from now on is for the next wait."""
        try:
            async with asyncio.timeout(seconds):
                await self._set.wait()
        except TimeoutError:
            pass
        self._set.clear()


@asynccontextmanager
async def kept_connection(engine: AsyncEngine, purpose: str) -> AsyncIterator[AsyncConnection]:
    """A connection outside the pool, on which each statement commits by itself; a lock or LISTEN ends with it."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.run_sync(lambda sync: sync.detach())
        driver = await _driver(connection)
        try:
            await name_session(connection, purpose)
            yield connection
        finally:
            # A session that the server ended is dropped by SQLAlchemy without a word; one that lives is closed by it.
            if connection.invalidated:
                driver.terminate()


async def name_session(connection: AsyncConnection, purpose: str) -> None:
    """Lets PostgreSQL's list of sessions show what a kept connection is for."""
    await connection.execute(_NAME, {"name": f"wharfinger {purpose}"})


async def listen(connection: AsyncConnection, channel: Channel, wakeup: Wakeup) -> None:
    """Sets `wakeup` at each signal, and when the connection is lost, so that the waiter finds out at once."""
    driver = await _driver(connection)
    driver.add_termination_listener(lambda *_: wakeup.set())
    await driver.add_listener(channel, lambda *_: wakeup.set())


async def notify(connection: AsyncConnection, channel: Channel) -> None:
    """Sends a signal."""
    await connection.execute(NOTIFY, {"channel": channel})


_NAME = select(func.set_config("application_name", bindparam("name", type_=Text()), literal(value=False)))
NOTIFY = select(func.pg_notify(bindparam("channel"), literal("")))


async def _driver(connection: AsyncConnection) -> Any:
    """The connection of asyncpg beneath; SQLAlchemy knows no LISTEN."""
    adapted = (await connection.get_raw_connection()).dbapi_connection
    assert adapted is not None
    return adapted.driver_connection

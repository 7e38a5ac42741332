"""Signals between processes: NOTIFY and LISTEN, on connections that are kept for them.

A signal carries nothing and promises nothing: it may be lost with a connection. Whoever waits for one also looks by
itself after a while (`Wakeup.wait`). No transaction of a use case sends one, because PostgreSQL lets transactions that
notify commit one after the other only; changes of the access policy alone do, which are rare.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from sqlalchemy import Text, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.opening import Driver, Pooling, for_commands
from kernel.statements import fetch

CLOSE_SECONDS_MAX = 5


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
async def kept_connection(engine: AsyncEngine, purpose: str) -> AsyncIterator[Driver]:
    """A connection outside the pool, on which each statement commits by itself; a lock or LISTEN ends with it."""
    driver = await for_commands(engine.url, Pooling.SESSION)()
    try:
        await name_session(driver, purpose)
        yield driver
    finally:
        await driver.close(timeout=CLOSE_SECONDS_MAX)


@asynccontextmanager
async def lent(engine: AsyncEngine) -> AsyncIterator[Driver]:
    """A connection of the pool for a block, on which each statement commits by itself."""
    async with engine.connect() as connection:
        driver: Driver | None = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        yield driver


async def name_session(driver: Driver, purpose: str) -> None:
    """Lets PostgreSQL's list of sessions show what a kept connection is for."""
    await fetch(driver, _NAME, {"name": f"wharfinger {purpose}"})


async def listen(driver: Driver, channel: Channel, wakeup: Wakeup) -> None:
    """Sets `wakeup` at each signal, and when the connection is lost, so that the waiter finds out at once."""
    driver.add_termination_listener(lambda *_: wakeup.set())
    await driver.add_listener(channel, lambda *_: wakeup.set())


async def notify(driver: Driver, channel: Channel) -> None:
    """Sends a signal, with the end of the transaction if one runs."""
    await fetch(driver, _NOTIFY, {"channel": channel})


_NAME = select(func.set_config("application_name", bindparam("name", type_=Text()), literal(value=False)))
_NOTIFY = select(func.pg_notify(bindparam("channel"), literal("")))

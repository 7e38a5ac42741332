"""A bounded number of the driver's connections, lent one by one.

The driver is handed out bare: SQLAlchemy's pool, connection and greenlets would cost more of the processor than the
driver itself (docs/decisions/measuring.md). Reads and commands have connections apart (readers.py, writers.py).

Connections are opened when they are needed, up to a number. One that the server closed is replaced. One whose statement
was given up (its caller left, or ran out of time) comes back when PostgreSQL has confirmed that the statement is gone.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.opening import Driver, Opening

Turn: TypeAlias = "Driver | None"
"""What one who waits is given: a connection, or the right to open one."""

Pick: TypeAlias = "Callable[[list[Driver]], Driver]"
"""Takes one of the connections that rest out of their list. The one that rested last has the warmest caches."""

SETTLE_SECONDS_MAX = 5
"""How long a statement that was given up may take to end, before its connection is given up too."""
UNDOING = "ROLLBACK"
"""Undoes what is left of a transaction that was given up, whatever state it is in."""


class Lending:
    """Lends connections; who finds none waits for the next that comes back."""

    def __init__(self, open_driver: Opening, *, size: int, wait_seconds: float, settling: str = UNDOING) -> None:
        """`settling` is the statement that runs when one that was given up has ended."""
        self._open_driver = open_driver
        self._wait_seconds = wait_seconds
        self._settling_statement = settling
        self._unopened = size
        self._resting: list[Driver] = []
        self._waiting: deque[asyncio.Future[Turn]] = deque()
        self._settling: dict[asyncio.Task[None], Driver] = {}
        self._closed = False

    async def take(self, pick: Pick = list.pop) -> Driver:
        """A connection: one of those that rest, else a new one, else the next that comes back."""
        return self._rested(pick) or await self._awaited()

    async def close(self) -> None:
        """Closes the connections that nobody uses, and the others when they come back; who waits is refused."""
        self._closed = True
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)
        settling = dict(self._settling)
        for task, driver in settling.items():
            driver.terminate()
            task.cancel()
        resting, self._resting = self._resting, []
        closings = [driver.close(timeout=SETTLE_SECONDS_MAX) for driver in resting]
        await asyncio.gather(*closings, *settling, return_exceptions=True)

    def give_back(self, driver: Driver) -> None:
        """Takes a connection back whose statement has ended."""
        if driver.is_closed():
            self.forget(driver)
            self._hand(None)
        else:
            self._hand(driver)

    def give_up(self, driver: Driver) -> asyncio.Task[None] | None:
        """Takes a connection back on which a statement may still be running. Answers what waits for its end, if any."""
        if self._closed or driver.is_closed():
            self.give_back(driver)
            return None
        task = asyncio.create_task(self._settle(driver))
        self._settling[task] = driver
        task.add_done_callback(self._settling.pop)
        return task

    def forget(self, driver: Driver) -> None:
        """Hears of a connection that is closed."""

    def _rested(self, pick: Pick) -> Turn:
        while self._resting:
            driver = pick(self._resting)
            if not driver.is_closed():
                return driver
            self.forget(driver)
            self._unopened += 1
        return None

    async def _awaited(self) -> Driver:
        try:
            async with asyncio.timeout(self._wait_seconds):
                return await self._wait()
        except TimeoutError:
            raise PoolTimeout(f"No connection came free in {self._wait_seconds} seconds.") from None

    async def _wait(self) -> Driver:
        if self._closed:
            raise _closed()
        if self._unopened > 0:
            self._unopened -= 1
            return await self._open()
        driver = await self._turn()
        if driver is None:
            return await self._open()
        if driver.is_closed():
            self.forget(driver)
            return await self._open()
        return driver

    async def _turn(self) -> Turn:
        """Waits for a connection, or for the right to open one, in the order of asking. Raises InterfaceError."""
        turn: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            given = await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._hand(turn.result())
            raise
        if self._closed:
            self._hand(given)
            raise _closed()
        return given

    def _hand(self, driver: Turn) -> None:
        """Gives a connection, or the right to open one, to who waits longest; keeps it if nobody does.

        Nobody waits once all are to be closed.
        """
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(driver)
                return
        if driver is None:
            self._unopened += 1
        elif self._closed:
            driver.terminate()
        else:
            self._resting.append(driver)

    async def _open(self) -> Driver:
        try:
            return await self._open_driver()
        except BaseException:
            self._hand(None)
            raise

    async def _settle(self, driver: Driver) -> None:
        """The driver has asked PostgreSQL to cancel the statement; the next one runs when that has been heard.

        Should the word arrive after the statement has ended by itself, it hits this one, which nobody misses.
        """
        try:
            with suppress(asyncpg.QueryCanceledError):
                await driver.execute(self._settling_statement, timeout=SETTLE_SECONDS_MAX)
        except (Exception, asyncio.CancelledError):  # whatever it is, the connection is not used again
            driver.terminate()
        self.give_back(driver)


def _closed() -> asyncpg.InterfaceError:
    return asyncpg.InterfaceError("The connections are closed.")

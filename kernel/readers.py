"""The connections that compiled reads run on, apart from those of commands.

Commands that wait for each other's locks may hold every connection of theirs; reads wait for no lock, and so must not
wait for those connections either. A read is one statement by itself: no transaction is begun, and a connection that
comes back can be handed out at once. The driver is handed out bare, because anything around it would cost more than the
driver itself.

A connection carries the signed context (contexts.py) for which it was last handed out, as a setting of its session. It
is preferably handed out for the same again; otherwise the setting is replaced before anybody gets the connection. This
is the one place that hands them out: nobody gets one that carries another context than the one asked for.

A statement is planned once for all values: PostgreSQL would plan most pages anew each time, because it takes the size
of a page for unknown and a generic plan for dear. The SQL of reads is written so that no plan depends on a value.

Behind a proxy that pools transactions (`Pooling.TRANSACTION`) a session is somebody else's after each transaction.
There a loan is a transaction, which the context is set for, and nothing is prepared.

Connections are opened when they are needed, up to a number. One that the server closed is replaced. One whose statement
was given up (its caller left, or ran out of time) comes back when PostgreSQL has confirmed that the statement is gone.
"""

import asyncio
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import TypeAlias

import asyncpg
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.carrying import carry, carry_in_transaction, have_remembered
from kernel.contexts import RowContext, Signer
from kernel.opening import Driver, Pooling, opening

__all__ = ["Driver", "Pooling", "Readers", "Reading"]

Turn: TypeAlias = "Driver | None"
"""What one who waits is given: a connection, or the right to open one."""

SETTLE_SECONDS_MAX = 5
"""How long a statement that was given up may take to end, before its connection is given up too."""


class Readers:
    """A bounded number of connections for single statements that read."""

    def __init__(
        self, url: URL, *, size: int, wait_seconds: float, signer: Signer, pooling: Pooling = Pooling.SESSION
    ) -> None:
        self._open_driver = opening(url, pooling)
        self._pooling = pooling
        # What is left of a transaction that was given up is undone, whatever state it is in.
        self._settling_statement = "ROLLBACK" if pooling is Pooling.TRANSACTION else "SELECT"
        self._wait_seconds = wait_seconds
        self._signer = signer
        self._carried: dict[Driver, str] = {}
        """The context of each connection, where it is known."""
        self._unopened = size
        self._resting: list[Driver] = []
        self._waiting: deque[asyncio.Future[Turn]] = deque()
        self._settling: dict[asyncio.Task[None], Driver] = {}
        self._closed = False

    def connection(self, context: RowContext) -> "Reading":
        """A connection for an `async with` block, whose statements may touch what the context says."""
        if self._pooling is Pooling.TRANSACTION:
            return TransactionReading(self, context)
        return Reading(self, context)

    async def close(self) -> None:
        """Closes the connections that nobody reads on, and the others when they come back; who waits is refused."""
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

    async def take(self, context: RowContext) -> Driver:
        """A connection that carries the context: one that rests, else a new one, else the next that comes back."""
        text = self._signer.reading(context)
        driver = await self._any(text)
        if self._carried.get(driver) != text:
            await self._carry(driver, text)
        return driver

    async def take_for_transaction(self, context: RowContext) -> Driver:
        """A connection on which a transaction has begun that the context is set for."""
        text = self._signer.reading(context)
        driver = await self._any("")
        try:
            await have_remembered(driver, self._signer, text)
            await driver.execute("BEGIN")
            await carry_in_transaction(driver, text)
        except BaseException:
            self.give_up(driver)
            raise
        return driver

    async def _any(self, text: str) -> Driver:
        """A connection, if possible one that carries the text."""
        driver = self._rested(text)
        if driver is not None:
            return driver
        try:
            async with asyncio.timeout(self._wait_seconds):
                return await self._wait()
        except TimeoutError:
            raise PoolTimeout(f"No connection for reading came free in {self._wait_seconds} seconds.") from None

    def _rested(self, text: str) -> Turn:
        """The connection that carries the context and rested last; else the one that rested longest.

        What that one carries is the least likely to be asked for again, and to replace it is a hundred times quicker
        than to open another.
        """
        for place in range(len(self._resting) - 1, -1, -1):
            if self._carried.get(self._resting[place]) == text:
                driver = self._resting.pop(place)
                if not driver.is_closed():
                    return driver
                self._forget(driver)
        while self._resting:
            driver = self._resting.pop(0)
            if not driver.is_closed():
                return driver
            self._forget(driver)
        return None

    def _forget(self, driver: Driver) -> None:
        self._carried.pop(driver, None)
        self._unopened += 1

    async def _carry(self, driver: Driver, text: str) -> None:
        self._carried.pop(driver, None)
        try:
            await carry(driver, self._signer, text)
        except BaseException:
            # What the session is set to now is not known.
            self.give_up(driver)
            raise
        self._carried[driver] = text

    def give_back(self, driver: Driver) -> None:
        """Takes a connection back whose statement has ended."""
        if driver.is_closed():
            self._carried.pop(driver, None)
            self._hand(None)
        else:
            self._hand(driver)

    def give_up(self, driver: Driver) -> None:
        """Takes a connection back on which a statement may still be running."""
        if self._closed or driver.is_closed():
            self.give_back(driver)
            return
        task = asyncio.create_task(self._settle(driver))
        self._settling[task] = driver
        task.add_done_callback(self._settling.pop)

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
            self._carried.pop(driver, None)
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


class Reading:
    """One loan. A class of its own: a generator would take three times as long."""

    __slots__ = ("_context", "_driver", "_readers")

    def __init__(self, readers: Readers, context: RowContext) -> None:
        self._readers = readers
        self._context = context

    async def __aenter__(self) -> Driver:
        self._driver = await self._readers.take(self._context)
        return self._driver

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, asyncpg.PostgresError):
            self._readers.give_back(self._driver)
        else:
            self._readers.give_up(self._driver)


class TransactionReading(Reading):
    """One loan behind a proxy that pools transactions: a transaction."""

    __slots__ = ()

    async def __aenter__(self) -> Driver:
        self._driver = await self._readers.take_for_transaction(self._context)
        return self._driver

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is not None and not isinstance(error, asyncpg.PostgresError):
            self._readers.give_up(self._driver)
            return
        try:
            await self._driver.execute("COMMIT")
        except BaseException:
            self._readers.give_up(self._driver)
            raise
        self._readers.give_back(self._driver)


def _closed() -> asyncpg.InterfaceError:
    return asyncpg.InterfaceError("The connections for reading are closed.")

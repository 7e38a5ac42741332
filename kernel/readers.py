"""The connections that compiled reads run on, apart from those of commands.

Commands that wait for each other's locks may hold every connection of theirs; reads wait for no lock, and so must not
wait for those connections either. A read is one statement by itself: no transaction is begun, and a connection that
comes back can be handed out at once.

A connection carries the signed context (contexts.py) for which it was last handed out, as a setting of its session. It
is preferably handed out for the same again; otherwise the setting is replaced before anybody gets the connection. This
is the one place that hands them out: nobody gets one that carries another context than the one asked for.

A statement is planned once for all values: PostgreSQL would plan most pages anew each time, because it takes the size
of a page for unknown and a generic plan for dear. The SQL of reads is written so that no plan depends on a value.

Behind a proxy that pools transactions (`Pooling.TRANSACTION`) a session is somebody else's after each transaction.
There a loan is a transaction, which the context is set for, and nothing is prepared.
"""

from functools import partial
from types import TracebackType

import asyncpg
from sqlalchemy.engine import URL

from kernel.carrying import begin_carrying, carry
from kernel.contexts import RowContext, Signer
from kernel.lending import UNDOING, Lending
from kernel.opening import Driver, Pooling, for_reads

__all__ = ["Driver", "Pooling", "Readers", "Reading"]

_NOTHING = "SELECT"


class Readers(Lending):
    """A bounded number of connections for single statements that read."""

    def __init__(
        self, url: URL, *, size: int, wait_seconds: float, signer: Signer, pooling: Pooling = Pooling.SESSION
    ) -> None:
        settling = UNDOING if pooling is Pooling.TRANSACTION else _NOTHING
        super().__init__(for_reads(url, pooling), size=size, wait_seconds=wait_seconds, settling=settling)
        self._pooling = pooling
        self._signer = signer
        self._carried: dict[Driver, str] = {}
        """The context of each connection, where it is known."""

    def connection(self, context: RowContext) -> "Reading":
        """A connection for an `async with` block, whose statements may touch what the context says."""
        if self._pooling is Pooling.TRANSACTION:
            return TransactionReading(self, context)
        return Reading(self, context)

    async def take_carrying(self, context: RowContext) -> Driver:
        """A connection that carries the context."""
        text = self._signer.reading(context)
        driver = await self.take(partial(self._preferred, text))
        if self._carried.get(driver) != text:
            await self._carry(driver, text)
        return driver

    async def take_for_transaction(self, context: RowContext) -> Driver:
        """A connection on which a transaction has begun that the context is set for."""
        text = self._signer.reading(context)
        driver = await self.take()
        try:
            await self._signer.have_remembered(text)
            await begin_carrying(driver, text)
        except BaseException:
            self.give_up(driver)
            raise
        return driver

    def forget(self, driver: Driver) -> None:
        """What a connection that is closed has carried."""
        self._carried.pop(driver, None)

    def _preferred(self, text: str, resting: list[Driver]) -> Driver:
        """The connection that carries the context and rested last; else the one that rested longest.

        What that one carries is the least likely to be asked for again, and to replace it is a hundred times quicker
        than to open another.
        """
        for place in range(len(resting) - 1, -1, -1):
            if self._carried.get(resting[place]) == text:
                return resting.pop(place)
        return resting.pop(0)

    async def _carry(self, driver: Driver, text: str) -> None:
        self._carried.pop(driver, None)
        try:
            await self._signer.have_remembered(text)
            await carry(driver, text)
        except BaseException:
            # What the session is set to now is not known.
            self.give_up(driver)
            raise
        self._carried[driver] = text


class Reading:
    """One loan. A class of its own: a generator would take three times as long."""

    __slots__ = ("_context", "_driver", "_readers")

    def __init__(self, readers: Readers, context: RowContext) -> None:
        self._readers = readers
        self._context = context

    async def __aenter__(self) -> Driver:
        self._driver = await self._readers.take_carrying(self._context)
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

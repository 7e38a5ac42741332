"""The connections that commands run on, each for a transaction.

Those of one role: the application's, or activation's. A transaction carries the signed context (contexts.py) of who
acts, and what it was lent to ends with it: it is undone unless it was committed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Self

from sqlalchemy.engine import URL

from kernel.carrying import begin_carrying, carried, carry_in_transaction
from kernel.contexts import RowContext, Signer
from kernel.lending import Lending
from kernel.opening import Driver, Pooling, for_commands

CONNECTION_WAIT_SECONDS = 15
"""How long a request waits for a free connection before it is told to come again."""


class Writers(Lending):
    """A bounded number of connections for transactions."""

    def __init__(
        self,
        url: URL,
        *,
        size: int,
        signer: Signer,
        wait_seconds: float = CONNECTION_WAIT_SECONDS,
        pooling: Pooling = Pooling.SESSION,
    ) -> None:
        super().__init__(for_commands(url, pooling), size=size, wait_seconds=wait_seconds)
        self.url = url
        self.signer = signer

    def transaction(self, context: RowContext) -> "Transaction":
        """A transaction for an `async with` block, in the context for commands."""
        return Transaction(self, context)

    async def begin(self, context: RowContext) -> Driver:
        """A connection on which a transaction has begun that carries the context for commands."""
        text = self.signer.commanding(context)
        driver = await self.take()
        try:
            await self.signer.have_remembered(text)
            await begin_carrying(driver, text)
        except BaseException:
            self.give_up(driver)
            raise
        return driver

    async def end(self, driver: Driver) -> None:
        """Undoes what was not committed, and takes the connection back."""
        try:
            if driver.is_in_transaction():
                await driver.execute("ROLLBACK")
        except BaseException:
            self.give_up(driver)
            raise
        self.give_back(driver)


class Transaction:
    """One loan. Its statements go to `driver` (statements.py)."""

    __slots__ = ("_context", "_writers", "driver")

    def __init__(self, writers: Writers, context: RowContext) -> None:
        self._writers = writers
        self._context = context
        self.driver: Driver

    async def __aenter__(self) -> Self:
        self.driver = await self._writers.begin(self._context)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if error is None:
            await self._writers.end(self.driver)
        elif isinstance(error, asyncio.CancelledError | TimeoutError):
            # A statement may still be running. Nobody is told of the end before everything is undone.
            if settling := self._writers.give_up(self.driver):
                await asyncio.shield(settling)
        else:
            with suppress(Exception):  # what happened before is told
                await self._writers.end(self.driver)

    async def commit(self) -> None:
        """Makes what was done last."""
        ended = await self.driver.execute("COMMIT")
        assert ended == "COMMIT", "a statement failed, which nobody heard of"

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator["Savepoint"]:
        """A part that is undone where it fails, or where it is left by `undo`."""
        part = Savepoint()
        await self.driver.execute("SAVEPOINT part")
        try:
            yield part
        except Exception:
            await self._undo_part()
            raise
        if part.is_undone:
            await self._undo_part()
        else:
            await self.driver.execute("RELEASE SAVEPOINT part")

    async def _undo_part(self) -> None:
        """Of savepoints with the same name PostgreSQL means the last. A connection that is lost has undone them all."""
        if not self.driver.is_closed():
            await self.driver.execute("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part")

    @asynccontextmanager
    async def within_context(self, context: RowContext) -> AsyncIterator[None]:
        """Has the statements of a block run in another context for commands.

        The block is a savepoint. Where it ends well, the context before is put back before the savepoint is released;
        where it fails, PostgreSQL itself puts it back as it undoes the savepoint, whoever catches what was raised.
        """
        before = await carried(self.driver)
        async with self.savepoint():
            await carry_in_transaction(self.driver, self._writers.signer.commanding(context))
            yield
            await carry_in_transaction(self.driver, before)

    async def show(self, context: RowContext) -> None:
        """Puts a context for reading in force instead, for what is still read in this transaction."""
        await carry_in_transaction(self.driver, self._writers.signer.reading(context))


class Savepoint:
    """A part of a transaction."""

    def __init__(self) -> None:
        self.is_undone = False

    def undo(self) -> None:
        """Has everything undone that was done in it."""
        self.is_undone = True

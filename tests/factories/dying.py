"""A process that dies at a chosen statement: its connection is cut, and PostgreSQL undoes what it had begun."""

from typing import Any

from asyncpg import ConnectionDoesNotExistError

from kernel.contexts import RowContext
from kernel.writers import Writers


class Mortal:
    """A connection that counts its statements, and is cut before one of them."""

    def __init__(self, driver: Any, dies_at: int | None) -> None:
        self.driver = driver
        self.dies_at = dies_at
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    async def fetch(self, *arguments: Any, **named: Any) -> Any:
        """Runs a statement that answers rows, if there is still somebody to run it."""
        self._live()
        return await self.driver.fetch(*arguments, **named)

    async def execute(self, *arguments: Any, **named: Any) -> Any:
        """Runs a statement that answers none, likewise; the commit is one."""
        self._live()
        return await self.driver.execute(*arguments, **named)

    def _live(self) -> None:
        self.statements += 1
        if self.statements == self.dies_at:
            self.driver.terminate()
            raise ConnectionDoesNotExistError("the process has died")


class MortalWriters(Writers):
    """Lends such connections. `last` is the one lent last."""

    dies_at: int | None = None
    last: Mortal

    async def begin(self, context: RowContext) -> Any:
        """The connection, with its last statement fixed."""
        self.last = Mortal(await super().begin(context), self.dies_at)
        return self.last

    async def end(self, driver: Any) -> None:
        """Takes the connection itself back."""
        await super().end(driver.driver)

"""Watching the access policy: what a process remembers of people is good until the policy or a grant changes.

A change is signalled after its commit. The signal may be lost: PostgreSQL refuses what is older than the policy, and
after `REMEMBERED_FOR` nobody is remembered anyway. The watch only makes the news come early.
"""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.signals import Channel, Wakeup, kept_connection, listen

_IS_THERE = "SELECT"
"""A lost connection wakes the watch too; the next statement tells."""


class PolicyWatch:
    """Calls `changed` at each signal, and whenever one may have been missed."""

    def __init__(self, engine: AsyncEngine, changed: Callable[[], None]) -> None:
        self._engine = engine
        self._changed = changed
        self._wakeup = Wakeup()

    async def run(self) -> None:
        """Listens until the connection is lost, which is raised; the next run makes up for what came meanwhile."""
        async with kept_connection(self._engine, "policy watch") as driver:
            await listen(driver, Channel.POLICY, self._wakeup)
            while True:
                self._changed()
                await self._wakeup.wait()
                await driver.execute(_IS_THERE)

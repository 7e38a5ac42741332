"""Having PostgreSQL remember contexts whose signature it has verified (`wharfinger.remember`, authz/wall/context.py).

Each policy of a statement asks for the context, and verifying its signature takes longer than reading a row. So it is
verified once, and remembered: in a transaction of its own, by the worker's role. Until that transaction has ended no
new version of the policy can be committed, and what runs as the application is not to have that in its hands.

Nothing depends on it but time: where it cannot be had, each question is answered by verifying.
"""

from asyncpg import InterfaceError, PostgresError
from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.carrying import remember
from kernel.lending import Lending
from kernel.opening import Pooling, for_reads

WAIT_SECONDS = 1
_AWAY = (OSError, PostgresError, InterfaceError, PoolTimeout)


class Memory(Lending):
    """One connection of the worker's role, past any proxy."""

    def __init__(self, url: URL) -> None:
        super().__init__(for_reads(url, Pooling.SESSION), size=1, wait_seconds=WAIT_SECONDS)

    async def remember(self, text: str) -> bool:
        """Whether PostgreSQL has the context in mind now. One that does not hold is refused where it is used."""
        try:
            driver = await self.take()
        except _AWAY:
            return False
        try:
            done = await remember(driver, text)
        except BaseException as error:
            self.give_up(driver)
            if isinstance(error, _AWAY):
                return False
            raise
        self.give_back(driver)
        return done

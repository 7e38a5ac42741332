"""The sequencer: gives committed events their positions, one process at a time.

A number taken inside a transaction is no order to follow: a lower one can commit later. So events are numbered after
their commit, by one leader. It holds an advisory lock on the connection on which it numbers: with the connection it
loses both, and another process takes over. It numbers what it sees committed and waits for nobody, so a long open
transaction delays no other's events; an event that commits late simply gets a later position. See
docs/decisions/event-positions.md.
"""

import asyncio
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.opening import Driver
from kernel.positions import BATCH, EVER, Numbering, number_events
from kernel.signals import Channel, Wakeup, kept_connection, listen, name_session, notify
from kernel.statements import fetch

LEADER_LOCK = 0x5748_5345_5155  # any constant; other advisory locks have other numbers
POLL_SECONDS = 1.0
GATHERING_SECONDS = 0.01

CLOCK_STEP_MAX = timedelta(seconds=1)
SWEEP_EVERY = timedelta(minutes=1)

_TRY_TO_LEAD = select(func.pg_try_advisory_lock(bindparam("key")))


class Sequencer:
    """A candidate for the one sequencer of the database. Every worker process has one."""

    def __init__(self, engine: AsyncEngine, *, poll_seconds: float = POLL_SECONDS) -> None:
        """`engine` connects as the worker role, past any transaction-pooling proxy: the lock belongs to a session."""
        self._engine = engine
        self._poll_seconds = poll_seconds
        self._wakeup = Wakeup()
        self.leads = False
        """Whether this process is the leader."""

    def wake(self) -> None:
        """Something was committed: number it now."""
        self._wakeup.set()

    async def run(self) -> None:
        """Waits for the leadership, then numbers events until the connection is lost, which is raised."""
        async with kept_connection(self._engine, "standby sequencer") as driver:
            await self._become_leader(driver)
            await name_session(driver, "sequencer")
            try:
                self.leads = True
                await listen(driver, Channel.COMMITTED, self._wakeup)
                await self._lead(driver)
            finally:
                self.leads = False

    async def _become_leader(self, driver: Driver) -> None:
        """Asks again and again: a session that waits for the lock would hold back the cleaning of dead rows."""
        while not (await fetch(driver, _TRY_TO_LEAD, {"key": LEADER_LOCK})).scalar_one():
            await self._wakeup.wait(self._poll_seconds)

    async def _lead(self, driver: Driver) -> None:
        """Each commit wakes it at once, but events that come close together share a statement and a signal."""
        low_water = LowWater()
        while True:
            numbering = await number_events(driver, since=low_water.since)
            if numbering.count:
                await notify(driver, Channel.POSITIONED)
                await asyncio.sleep(GATHERING_SECONDS)
            if numbering.count < BATCH:
                low_water.rise(numbering)
                await self._wakeup.wait(self._poll_seconds)


class LowWater:
    """The instant before which no recorded event lacks a position any more: where the search for the others begins.

    The entries of numbered events stay in the index of those without a position until it is vacuumed, so a search from
    the very beginning takes longer with each event. Once every transaction has ended that a complete numbering could
    not see because it was running, and a second complete numbering has seen what they left, whatever is still to
    come was recorded after the first one began. Nobody is waited for: while a transaction stays open, the mark stays.
    """

    def __init__(self) -> None:
        self.since = EVER
        self.swept = EVER
        """When the search last began at the very beginning."""
        self._earlier: Numbering | None = None

    def rise(self, complete: Numbering) -> None:
        """Learns from a numbering that left nothing that it saw without a position."""
        earlier = self._earlier
        if earlier is None:
            self._earlier = complete
        elif complete.oldest_running > earlier.own:
            self.since, self._earlier = earlier.began - CLOCK_STEP_MAX, complete
        if complete.began - self.swept > SWEEP_EVERY:
            # A clock that was set back by more than that has hidden events behind the mark.
            self.since, self.swept = EVER, complete.began


class CommitAnnouncer:
    """Tells the sequencer that something was committed: directly if it leads here, otherwise by a signal."""

    def __init__(self, engine: AsyncEngine, sequencer: Sequencer) -> None:
        self._engine = engine
        self._sequencer = sequencer
        self._wakeup = Wakeup()

    def wake(self) -> None:
        """Called after each commit (`Operations(committed=...)`); costs nothing worth naming."""
        if self._sequencer.leads:
            self._sequencer.wake()
        else:
            self._wakeup.set()

    async def run(self) -> None:
        """Sends what `wake` asks for, one signal per `GATHERING_SECONDS` at most, on a connection of its own."""
        async with kept_connection(self._engine, "announcer") as driver:
            while True:
                await self._wakeup.wait()
                await notify(driver, Channel.COMMITTED)
                await asyncio.sleep(GATHERING_SECONDS)

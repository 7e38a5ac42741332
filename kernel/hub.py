"""The hub: reads each new event once per process and hands it to every subscriber who wants it.

A subscriber begins with a replay of what lies behind its cursor, page by page at its own pace, and joins the live
events in the very step of the event loop in which it has caught up with the hub. Both parts follow positions, which
have no gaps, so nothing is lost between them and nothing comes twice.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.opening import Driver
from kernel.positions import BATCH, EventFilter, PositionedEvent, last_position, read_events, read_wanted
from kernel.signals import Channel, Wakeup, kept_connection, lent, listen

POLL_SECONDS = 1.0
QUEUE_MAX = 1_000
"""How many events may wait for one subscriber."""


class SubscriberTooSlow(Exception):  # noqa: N818 - it says what happened
    """Too many events waited for the subscriber, who may resume behind `position`, the last one that it took."""

    def __init__(self, position: int) -> None:
        super().__init__("Events came faster than they were taken. Resume from the last cursor.")
        self.position = position


class PositionAhead(Exception):  # noqa: N818 - it says what happened
    """A reader asks for what comes behind a position that was never given: it was given by another database."""


ReadVersion = Callable[[Driver], Awaitable[int]]
"""Reads the version of what decides who may be told of events."""


async def unversioned(_driver: Driver) -> int:
    """Where nothing decides."""
    return 0


class Hub:
    """The live end of the stream in this process.

    `version` is read once with every batch of events, after it: whatever was in force when the events were committed, a
    subscriber who knows of an older version knows that they must look again.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        poll_seconds: float = POLL_SECONDS,
        queue_max: int = QUEUE_MAX,
        read_version: ReadVersion = unversioned,
    ) -> None:
        self._engine = engine
        self._read_version = read_version
        self.version = 0
        self._poll_seconds = poll_seconds
        self._queue_max = queue_max
        self._wakeup = Wakeup()
        self._began = asyncio.Event()
        self.position = 0
        """Everything up to here was handed out."""
        self._feeds: defaultdict[UUID | None, set[_Feed]] = defaultdict(set)

    @property
    def subscribers(self) -> int:
        """How many follow the live events."""
        return len(set().union(*self._feeds.values()))

    async def run(self) -> None:
        """Hands out new events until the connection is lost, which is raised; the next run goes on behind the last."""
        async with kept_connection(self._engine, "hub") as driver:
            await listen(driver, Channel.POSITIONED, self._wakeup)
            if not self._began.is_set():
                self.position = await last_position(driver)
                self._began.set()
            while True:
                await self._hand_out(driver)
                await self._wakeup.wait(self._poll_seconds)

    async def _hand_out(self, driver: Driver) -> None:
        events = await read_events(driver, after=self.position)
        while events:
            self.version = await self._read_version(driver)
            for event in events:
                for feed in self._feeds.get(event.entity_id, ()):
                    feed.offer(event)
            self.position = events[-1].position
            # What is numbered later is signalled later.
            events = await read_events(driver, after=self.position) if len(events) == BATCH else []

    async def follow(self, wanted: EventFilter, *, after: int | None = None) -> AsyncGenerator[PositionedEvent, None]:
        """The events behind `after`, or from now on, without end, in order.

        Raises SubscriberTooSlow when the queue is full, and PositionAhead. Close the generator to leave.
        """
        await self._began.wait()
        position = await self._checked(after)
        while position < self.position:
            until = self.position
            page = await self._replay(wanted, after=position, until=until)
            for event in page:
                yield event
            position = page[-1].position if len(page) == BATCH else until
        # Nothing may be awaited between the comparison above and joining here: an event handed out in between would
        # be in neither part.
        feed = self._join(wanted, position)
        try:
            while True:
                yield await feed.take()
        finally:
            self._leave(feed)

    async def _checked(self, after: int | None) -> int:
        """A cursor may be ahead of this process, whose hub is late, but not of the database."""
        if after is None:
            return self.position
        if after > self.position:
            async with lent(self._engine) as driver:
                if after > await last_position(driver):
                    raise PositionAhead("The cursor is ahead of the stream: it belongs to another database.")
        return after

    async def _replay(self, wanted: EventFilter, *, after: int, until: int) -> list[PositionedEvent]:
        async with lent(self._engine) as driver:
            page = await read_wanted(driver, wanted, after=after, until=until)
            self.version = max(self.version, await self._read_version(driver) if page else 0)
            return page

    def _join(self, wanted: EventFilter, position: int) -> "_Feed":
        feed = _Feed(wanted, position=position, queue_max=self._queue_max)
        for entity_id in wanted.entity_ids:
            self._feeds[entity_id].add(feed)
        return feed

    def _leave(self, feed: "_Feed") -> None:
        for entity_id in feed.wanted.entity_ids:
            self._feeds[entity_id].discard(feed)
            if not self._feeds[entity_id]:
                del self._feeds[entity_id]


class _Feed:
    """What waits for one subscriber."""

    def __init__(self, wanted: EventFilter, *, position: int, queue_max: int) -> None:
        self.wanted = wanted
        self._position = position
        self._queue_max = queue_max
        self._queue: deque[PositionedEvent] = deque()
        self._filled = asyncio.Event()
        self._is_overrun = False

    def offer(self, event: PositionedEvent) -> None:
        """Queues an event that is wanted and new. When there is no room, the whole queue is given up."""
        if self._is_overrun or event.position <= self._position or not self.wanted.matches(event):
            return
        if len(self._queue) >= self._queue_max:
            self._is_overrun = True
            self._queue.clear()
        else:
            self._queue.append(event)
        self._filled.set()

    async def take(self) -> PositionedEvent:
        """The next event. Raises SubscriberTooSlow once the queue was given up."""
        await self._filled.wait()
        if self._is_overrun:
            raise SubscriberTooSlow(self._position)
        event = self._queue.popleft()
        self._position = event.position
        if not self._queue:
            self._filled.clear()
        return event

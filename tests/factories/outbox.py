"""Events for tests of the stream: committed at once, or left open in a transaction for as long as a test likes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, column, func, select, table

from kernel.contexts import RowContext
from kernel.db import Database
from kernel.events import EventRecord
from kernel.hub import Hub
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.positions import EventFilter, PositionedEvent
from kernel.statements import insert
from kernel.supervision import supervised
from tests.databases import writing

DEADLINE_SECONDS = 30.0

_POSITIONS = select(EventRecord.position, EventRecord.id).order_by(EventRecord.position)
_UNPOSITIONED = select(func.count()).where(EventRecord.position.is_(None))
_SESSIONS = table("pg_stat_activity", column("pid"), column("datname"), column("application_name"))
_HERE = _SESSIONS.c.datname == func.current_database()
_KEPT = select(func.count()).where(_HERE, _SESSIONS.c.application_name.startswith("wharfinger "))
_KILL = select(func.pg_terminate_backend(_SESSIONS.c.pid)).where(
    _HERE, _SESSIONS.c.application_name == bindparam("name")
)


@dataclass
class Outbox:
    """One legal entity that records events; `everything` is what its readers want."""

    database: Database
    entity_id: UUID = field(default_factory=new_id)

    @property
    def everything(self) -> EventFilter:
        return EventFilter(entity_ids=frozenset({self.entity_id}))

    @property
    def context(self) -> RowContext:
        """Lets a transaction record events of the entity."""
        return RowContext(entities_write=(self.entity_id,))

    async def commit(self, *numbers: int, subject_id: UUID | None = None, **changed: Any) -> None:
        """Commits one event for each number."""
        async with self.open(*numbers, subject_id=subject_id, **changed):
            pass

    @asynccontextmanager
    async def open(self, *numbers: int, subject_id: UUID | None = None, **changed: Any) -> AsyncIterator[None]:
        """The events are written, and committed when the block ends."""
        async with writing(self.database.app, self.context) as driver:
            await self.write(driver, *numbers, subject_id=subject_id, **changed)
            yield

    async def write(self, driver: Driver, *numbers: int, subject_id: UUID | None = None, **changed: Any) -> None:
        """Writes the events in the caller's transaction, as an operation does."""
        rows = [{**self._row(number, subject_id or new_id()), **changed} for number in numbers]
        await insert(driver, EventRecord, rows)

    def _row(self, number: int, subject_id: UUID) -> dict[str, Any]:
        return {
            "id": new_id(),
            "entity_id": self.entity_id,
            "type": "GoodsCounted",
            "subject_type": "Item",
            "subject_id": subject_id,
            "actor": "counter",
            "on_behalf_of": None,
            "payload": {"number": number},
            "occurred_at": datetime.now(UTC),
        }

    async def positions(self) -> list[int | None]:
        """The positions of all events."""
        async with self.database.worker.connect() as connection:
            return [row.position for row in await connection.execute(_POSITIONS)]

    async def all_positioned(self) -> bool:
        """Whether no committed event waits for its position."""
        async with self.database.worker.connect() as connection:
            return (await connection.execute(_UNPOSITIONED)).scalar_one() == 0

    async def kept_sessions(self) -> int:
        """How many sessions are kept for the sequencer, the hubs and announcers."""
        async with self.database.worker.connect() as connection:
            return (await connection.execute(_KEPT)).scalar_one()

    async def kill(self, purpose: str) -> None:
        """Ends a kept session, as a crash of its process would; no pooled one."""
        async with self.database.worker.connect() as connection:
            (killed,) = (await connection.execute(_KILL, {"name": f"wharfinger {purpose}"})).scalars()
        assert killed


def number_of(event: PositionedEvent) -> int:
    """The number that the test gave to an event."""
    number = event.payload["number"]
    assert isinstance(number, int)
    return number


async def take(hub: Hub, wanted: EventFilter, count: int, *, after: int | None = None) -> list[PositionedEvent]:
    """The next `count` events of a new subscriber."""
    taken: list[PositionedEvent] = []
    if count == 0:
        return taken
    async with asyncio.timeout(DEADLINE_SECONDS), AsyncExitStack() as stack:
        events = hub.follow(wanted, after=after)
        stack.push_async_callback(events.aclose)
        async for event in events:
            taken.append(event)
            if len(taken) == count:
                break
    return taken


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Looks again and again until the condition holds; fails at the deadline."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the condition is in the database
            await asyncio.sleep(0.005)


@asynccontextmanager
async def at_work(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs endless tasks for a block, each begun again when it fails."""
    tasks = [asyncio.create_task(supervised("test", work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

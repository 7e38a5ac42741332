"""Positions: the places of committed events in one stream without gaps.

The sequencer gives them after the commit (`number_events`), so a position that a reader has seen is never followed by
a lower one. A reader that remembers one number, its cursor, therefore misses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.types import Boolean, Text

from kernel.db import any_of
from kernel.events import EventRecord
from kernel.opening import Driver
from kernel.rows import Row
from kernel.statements import fetch

BATCH = 1_000
"""How many events one statement numbers, or a reader reads, at most."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before the first event."""


@dataclass(frozen=True, slots=True)
class PositionedEvent:
    """One event as readers get it."""

    position: int
    id: UUID
    entity_id: UUID | None
    type: str
    subject_type: str
    subject_id: UUID
    actor: str
    on_behalf_of: str | None
    payload: Mapping[str, Any]
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events a reader wants. Among `entity_ids`, None stands for the facts of the whole group."""

    entity_ids: frozenset[UUID | None]
    types: frozenset[str] | None = None
    subject_id: UUID | None = None

    def matches(self, event: PositionedEvent) -> bool:
        """Whether the reader wants this event; says the same as the statement of `read_wanted`."""
        return (
            event.entity_id in self.entity_ids
            and (self.types is None or event.type in self.types)
            and (self.subject_id is None or event.subject_id == self.subject_id)
        )


@dataclass(frozen=True, slots=True)
class Numbering:
    """What one numbering did, and what it could see: everything that was committed at `began`.

    It did not see what running transactions had written, the oldest of which is `oldest_running`. Its own transaction
    is `own`: whoever wrote anything before `began` has a lower number.
    """

    count: int
    began: datetime
    oldest_running: int
    own: int


async def number_events(driver: Driver, *, since: datetime = EVER) -> Numbering:
    """Gives the next positions to committed events without one, in the order in which they were recorded.

    One statement: it sees what was committed when it began, waits for no other transaction, and does all or nothing.
    It numbers `BATCH` at most. Only the sequencer's leader may call it, for events recorded `since` an instant.
    """
    row = tuple((await fetch(driver, _NUMBER, {"since": since})).one())
    count, began, oldest_running, own = row
    return Numbering(count, began, oldest_running, own)


async def last_position(driver: Driver) -> int:
    """The highest position so far; 0 in a new database."""
    return int((await fetch(driver, _LAST, {})).scalar_one())


async def read_events(driver: Driver, *, after: int) -> list[PositionedEvent]:
    """The next events behind a position, `BATCH` at most, whoever they concern."""
    rows = await fetch(driver, _READ, {"after": after})
    return [_event(row) for row in rows]


async def read_wanted(driver: Driver, wanted: EventFilter, *, after: int, until: int) -> list[PositionedEvent]:
    """The next events that a reader wants, behind one position and up to another, `BATCH` at most."""
    parameters = {
        "after": after,
        "until": until,
        "entities": [each for each in wanted.entity_ids if each],
        "group_wide": None in wanted.entity_ids,
        "types": sorted(wanted.types or ()),
        "subject": wanted.subject_id,
    }
    statement = _wanted_statement(wanted.types is not None, wanted.subject_id is not None)
    return [_event(row) for row in await fetch(driver, statement, parameters)]


def _event(row: Row) -> PositionedEvent:
    return PositionedEvent(*row)


def _number_statement() -> Select[Any]:
    order = (EventRecord.recorded_at, EventRecord.id)
    waiting = (
        select(EventRecord.id, func.row_number().over(order_by=order).label("place"))
        .where(EventRecord.position.is_(None), EventRecord.recorded_at >= bindparam("since"))
        .order_by(*order)
        .limit(_LIMIT)
        .cte("waiting")
    )
    numbered = (
        update(EventRecord)
        .where(EventRecord.id == waiting.c.id)
        .values(position=_LAST.scalar_subquery() + waiting.c.place)
        .returning(EventRecord.id)
        .cte("numbered")
    )
    return select(
        select(func.count()).select_from(numbered).scalar_subquery(),
        func.statement_timestamp(),
        _whole_number(func.pg_snapshot_xmin(func.pg_current_snapshot())),
        _whole_number(func.pg_current_xact_id()),
    )


def _whole_number(transaction: ColumnElement[Any]) -> ColumnElement[int]:
    """A transaction's number, which has a type of its own (xid8)."""
    return cast(cast(transaction, Text()), BigInteger())


_LIMIT: ColumnClause[int] = literal_column(str(BATCH))
"""Written into the statements, so that the planner knows how few rows they touch."""
_LAST: Select[int] = select(func.coalesce(func.max(EventRecord.position), 0, type_=BigInteger()))
_NUMBER = _number_statement()
_COLUMNS = (
    EventRecord.position,
    EventRecord.id,
    EventRecord.entity_id,
    EventRecord.type,
    EventRecord.subject_type,
    EventRecord.subject_id,
    EventRecord.actor,
    EventRecord.on_behalf_of,
    EventRecord.payload,
    EventRecord.occurred_at,
)
_READ = select(*_COLUMNS).where(EventRecord.position > bindparam("after")).order_by(EventRecord.position).limit(_LIMIT)


@lru_cache(maxsize=4)
def _wanted_statement(by_type: bool, by_subject: bool) -> Select[Any]:  # noqa: FBT001 - the key of a cache
    statement = _READ.where(
        EventRecord.position <= bindparam("until"),
        or_(
            any_of(EventRecord.entity_id, "entities"),
            EventRecord.entity_id.is_(None) & bindparam("group_wide", type_=Boolean()),
        ),
    )
    if by_type:
        statement = statement.where(any_of(EventRecord.type, "types", Text()))
    if by_subject:
        statement = statement.where(EventRecord.subject_id == bindparam("subject"))
    return statement

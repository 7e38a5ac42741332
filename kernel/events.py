"""Events: facts written in the transaction that made them, and given a position after its commit.

The outbox is the table `event`. `position` is empty until the sequencer numbers the committed events; readers follow
positions, so that a cursor never skips an event whose transaction committed late.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.audit import Named
from kernel.ids import new_id
from kernel.tables import Base, Shared, TableClass, table_class


class EventRecord(Shared, Base):
    """One fact. Append-only but for its position."""

    __tablename__ = "event"

    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity concerned; empty for group-wide facts.")
    type: Mapped[str] = mapped_column(doc="What happened, in the past tense, e.g. SalesOrderPlaced.")
    subject_type: Mapped[str] = mapped_column(doc="The public type of the object that it happened to.")
    subject_id: Mapped[UUID] = mapped_column(doc="The object that it happened to.")
    actor: Mapped[str] = mapped_column(doc="Who did it.")
    on_behalf_of: Mapped[str | None] = mapped_column(doc="For whom the actor acted.")
    payload: Mapped[dict[str, Any]] = mapped_column(doc="The facts that readers need, as they were.")
    occurred_at: Mapped[datetime] = mapped_column(doc="The instant of the operation.")
    recorded_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="When the row was written, by the database's clock."
    )
    position: Mapped[int | None] = mapped_column(doc="The place in the stream, given after the commit.")

    __table_args__ = (
        Index("uq_event_position", "position", unique=True),
        # The sequencer's work list, in the order in which it numbers: locks held by operations put the events of one
        # subject in the order of the database's clock.
        Index("ix_event_unpositioned", "recorded_at", "id", postgresql_where=text("position IS NULL")),
        Index("ix_event_subject", "subject_id", "position"),
        table_class(TableClass.EVENT),
    )


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact to be recorded by the running operation, which adds who and when."""

    type: str
    subject_type: str
    subject_id: UUID
    entity_id: UUID | None
    payload: Mapping[str, Any] = field(default_factory=dict)


def event_row(event: Event, actor: Named, at: datetime) -> dict[str, Any]:
    """The row that says what happened, who did it and when."""
    return {
        "id": new_id(),
        "entity_id": event.entity_id,
        "type": event.type,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "actor": actor.subject,
        "on_behalf_of": actor.on_behalf_of,
        "payload": dict(event.payload),
        "occurred_at": at,
    }

"""The audit trail: one row per operation, refused ones included. Rows are never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.contexts import RowContext
from kernel.ids import new_id
from kernel.tables import Base, Shared, TableClass, one_of, table_class


class AuditEntry(Shared, Base):
    """Who asked for what, on whose behalf, and what came of it."""

    __tablename__ = "audit_entry"

    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity concerned, where one was reached.")
    at: Mapped[datetime] = mapped_column(doc="The instant of the operation.")
    actor: Mapped[str] = mapped_column(doc="Who asked.")
    on_behalf_of: Mapped[str | None] = mapped_column(doc="For whom the actor acted.")
    mutation: Mapped[str] = mapped_column(doc="What was asked for.")
    outcome: Mapped[str] = mapped_column(doc="done or refused.")
    detail: Mapped[dict[str, Any]] = mapped_column(doc="The objects with their versions, or the reasons.")

    __table_args__ = (
        one_of("outcome", ("done", "refused")),
        Index("ix_audit_entry_entity_id_at", "entity_id", "at"),
        table_class(TableClass.INSERT_ONLY),
    )


class Named(Protocol):
    """Whoever does something, by the names under which it is written down."""

    @property
    def subject(self) -> str: ...
    @property
    def on_behalf_of(self) -> str | None: ...


class Subject(Named, Protocol):
    """Whoever runs an operation; authz.actor.Actor is one."""

    @property
    def row_context(self) -> RowContext: ...


def audit_row(
    actor: Named, asked: str, outcome: str, detail: Mapping[str, Any], *, at: datetime, entity_id: UUID | None = None
) -> dict[str, Any]:
    """The row that says what the actor asked for, and what came of it."""
    return audit_values(
        row_id=new_id(),
        entity_id=entity_id,
        at=at,
        actor=actor.subject,
        on_behalf_of=actor.on_behalf_of,
        asked=asked,
        outcome=outcome,
        detail=dict(detail),
    )


def audit_values(
    *, row_id: Any, entity_id: Any, at: Any, actor: Any, on_behalf_of: Any, asked: Any, outcome: Any, detail: Any
) -> dict[str, Any]:
    """All columns of a row, by their names: values, or what a statement has in their place."""
    who = {"actor": actor, "on_behalf_of": on_behalf_of}
    what = {"mutation": asked, "outcome": outcome, "detail": detail}
    return {"id": row_id, "entity_id": entity_id, "at": at, **who, **what}

"""The audit trail: one row per operation, refused ones included. Rows are never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

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

"""The table of business exceptions."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.cases.lifecycle import CASE_STATUS, CaseType
from kernel.tables import Base, EntityOwned, TableClass, Versioned, one_of, table_class

IS_OPEN = f"status NOT IN ({', '.join(repr(str(status)) for status in sorted(CASE_STATUS.final))})"


class ExceptionCase(EntityOwned, Versioned, Base):
    """Something that went another way than planned, with the money at risk."""

    __tablename__ = "exception_case"

    type: Mapped[str] = mapped_column(doc="What kind of exception it is.")
    subject_type: Mapped[str] = mapped_column(doc="The public type of the object concerned.")
    subject_id: Mapped[UUID] = mapped_column(doc="The object concerned.")
    status: Mapped[str] = mapped_column(server_default=CASE_STATUS.initial, doc="How far its handling is.")
    summary: Mapped[str] = mapped_column(doc="One sentence for the person who looks at it.")
    severity: Mapped[Decimal] = mapped_column(doc="Money at risk times its probability, in `currency`.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    owner_role: Mapped[str] = mapped_column(doc="The role that should act.")
    occurrences: Mapped[int] = mapped_column(Integer, server_default="1", doc="How often it has arisen.")
    detail: Mapped[dict[str, Any]] = mapped_column(server_default="{}", doc="The facts, as they were last.")
    opened_at: Mapped[datetime] = mapped_column(doc="When it first arose.")
    last_occurred_at: Mapped[datetime] = mapped_column(doc="When it last arose.")
    closed_at: Mapped[datetime | None] = mapped_column(doc="When it was resolved, dismissed or closed by itself.")

    __table_args__ = (
        Index(
            "uq_exception_case_open",
            "entity_id",
            "type",
            "subject_id",
            unique=True,
            postgresql_where=text(IS_OPEN),
        ),
        Index("ix_exception_case_entity_id_opened_at", "entity_id", "opened_at", "id"),
        Index("ix_exception_case_entity_id_status", "entity_id", "status", "opened_at", "id"),
        Index("ix_exception_case_entity_id_type", "entity_id", "type", "opened_at", "id"),
        Index("ix_exception_case_entity_id_owner_role", "entity_id", "owner_role", "opened_at", "id"),
        one_of("type", CaseType),
        one_of("status", CASE_STATUS.statuses),
        CheckConstraint("severity >= 0 AND occurrences > 0", name="not_negative"),
        table_class(TableClass.ENTITY_OWNED),
    )

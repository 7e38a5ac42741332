"""The tables of change requests and external keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, numbered, one_of, table_class
from masterdata.governance.lifecycle import CHANGE_REQUEST_STATUS, LINE_RESULT


class ChangeRequest(Shared, Versioned, Base):
    """A set of master-data changes that become active together, once approved."""

    __tablename__ = "change_request"

    number: Mapped[str] = numbered("CR")
    title: Mapped[str] = mapped_column(doc="What it is about.")
    status: Mapped[str] = mapped_column(server_default=CHANGE_REQUEST_STATUS.initial, doc="How far it is.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The entity whose own data it also changes.")
    source_system: Mapped[str | None] = mapped_column(doc="The external system whose keys its lines carry.")
    submitted_by: Mapped[str] = mapped_column(doc="Who submitted it.")
    submitted_by_person: Mapped[str] = mapped_column(doc="The person whose account submitted it.")
    submitted_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate submitted it.")
    submitted_at: Mapped[datetime] = mapped_column(doc="When it was submitted.")
    decided_by: Mapped[str | None] = mapped_column(doc="Who approved or rejected it.")
    decided_by_person: Mapped[str | None] = mapped_column(doc="The person whose account decided.")
    decided_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate decided.")
    decided_at: Mapped[datetime | None] = mapped_column(doc="When it was approved or rejected.")
    activated_at: Mapped[datetime | None] = mapped_column(doc="When its changes became active.")

    __table_args__ = (
        Index("uq_change_request_number", "number", unique=True),
        Index("ix_change_request_submitted_at", "submitted_at", "id"),
        Index("ix_change_request_status", "status", "submitted_at", "id"),
        one_of("status", CHANGE_REQUEST_STATUS.statuses),
        CheckConstraint("decided_by <> submitted_by", name="four_eyes"),
        # Accounts are not people, and a delegate is not another pair of eyes.
        CheckConstraint(
            "decided_by_person <> submitted_by_person AND decided_by_person <> submitted_for"
            " AND decided_for <> submitted_by_person AND decided_for <> submitted_for",
            name="four_eyes_of_people",
        ),
        table_class(TableClass.SHARED_DOCUMENT),
    )


class ChangeRequestLine(Shared, Base):
    """One object to be created or updated, and what became of it."""

    __tablename__ = "change_request_line"

    change_request_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"), doc="The change request.")
    entity_id: Mapped[UUID | None] = mapped_column(
        doc="The request's entity, so that row security asks the line itself."
    )
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the request, from 1.")
    noun: Mapped[str] = mapped_column(doc="The kind of object.")
    external_key: Mapped[str | None] = mapped_column(doc="The object's key in the source system.")
    values: Mapped[dict[str, Any]] = mapped_column(doc="The proposed values.")
    result: Mapped[str] = mapped_column(server_default=LINE_RESULT.initial, doc="What became of it.")
    object_id: Mapped[UUID | None] = mapped_column(doc="The object that it made or changed.")
    message: Mapped[str | None] = mapped_column(doc="Why it was refused.")

    __table_args__ = (
        Index("uq_change_request_line_number", "change_request_id", "line_number", unique=True),
        one_of("result", LINE_RESULT.statuses),
        table_class(TableClass.SHARED_DOCUMENT),
    )


class KeyMapping(Shared, Base):
    """The key of an object in an external system."""

    __tablename__ = "key_mapping"

    source_system: Mapped[str] = mapped_column(doc="The external system.")
    noun: Mapped[str] = mapped_column(doc="The kind of object.")
    external_key: Mapped[str] = mapped_column(doc="The object's key there.")
    object_id: Mapped[UUID] = mapped_column(doc="The object here.")

    __table_args__ = (
        Index("uq_key_mapping_key", "source_system", "noun", "external_key", unique=True),
        Index("ix_key_mapping_object_id", "object_id"),
        table_class(TableClass.SHARED_MASTER),
    )

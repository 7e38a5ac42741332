"""The tables of change requests, of what objects were and when, and of external keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DDL, CheckConstraint, Computed, ForeignKey, Index, Integer, Text, event, false, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, numbered, one_of, table_class
from masterdata.governance.lifecycle import CHANGE_REQUEST_STATUS, FIELD_DECISION, LINE_RESULT, LineOperation


class ChangeRequest(Shared, Versioned, Base):
    """A set of master-data changes that become active together, once approved."""

    __tablename__ = "change_request"

    number: Mapped[str] = numbered("CR")
    title: Mapped[str] = mapped_column(doc="What it is about.")
    reason: Mapped[str | None] = mapped_column(doc="Why the change is needed.")
    status: Mapped[str] = mapped_column(server_default=CHANGE_REQUEST_STATUS.initial, doc="How far it is.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The entity whose own data it also changes.")
    source_system: Mapped[str | None] = mapped_column(doc="The external system whose keys its lines carry.")
    submitted_by: Mapped[str] = mapped_column(doc="Who submitted it.")
    submitted_by_person: Mapped[str] = mapped_column(doc="The person whose account submitted it.")
    submitted_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate submitted it.")
    submitted_at: Mapped[datetime] = mapped_column(doc="When it was submitted.")
    decided_by: Mapped[str | None] = mapped_column(doc="Who approved, rejected or returned it last.")
    decided_by_person: Mapped[str | None] = mapped_column(doc="The person whose account decided.")
    decided_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate decided.")
    decided_at: Mapped[datetime | None] = mapped_column(doc="When it was approved, rejected or returned.")
    decision_reason: Mapped[str | None] = mapped_column(doc="Why it was decided so.")
    activated_at: Mapped[datetime | None] = mapped_column(doc="When its changes became active.")
    failure: Mapped[str | None] = mapped_column(doc="Why its activation failed, or why it came back to review.")
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
    """One object to be created or changed, and what became of it."""

    __tablename__ = "change_request_line"

    change_request_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"), doc="The change request.")
    entity_id: Mapped[UUID | None] = mapped_column(
        doc="The legal entity whose object it is, or that of the request, so that row security asks the line itself."
    )
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the request, from 1.")
    noun: Mapped[str] = mapped_column(doc="The kind of object.")
    operation: Mapped[str] = mapped_column(server_default=LineOperation.UPDATE, doc="What it does to the object.")
    label: Mapped[str | None] = mapped_column(doc="The object's key, as people know it.")
    external_key: Mapped[str | None] = mapped_column(doc="The object's key in the source system.")
    values: Mapped[dict[str, Any]] = mapped_column(doc="The values as they were proposed.")
    needs: Mapped[list[int] | None] = mapped_column(
        ARRAY(Integer), doc="The lines of the request that make objects which this one names."
    )
    result: Mapped[str] = mapped_column(server_default=LINE_RESULT.initial, doc="What became of it.")
    object_id: Mapped[UUID | None] = mapped_column(doc="The object that it makes or changes.")
    message: Mapped[str | None] = mapped_column(doc="Why it was refused.")
    replaced_at: Mapped[datetime | None] = mapped_column(doc="Since when the line counts no longer: it was reworked.")

    __table_args__ = (
        Index(
            "uq_change_request_line_number",
            "change_request_id",
            "line_number",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_change_request_line_request", "change_request_id", "line_number", "id"),
        Index("ix_change_request_line_object_id", "object_id", postgresql_where=text("result = 'pending'")),
        one_of("operation", LineOperation),
        one_of("result", LINE_RESULT.statuses),
        table_class(TableClass.SHARED_DOCUMENT),
    )


class ChangeRequestField(Shared, Base):
    """One proposed value: what it was, what it is to be, and what was decided on it."""

    __tablename__ = "change_request_field"

    change_request_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"), doc="The change request.")
    line_id: Mapped[UUID] = mapped_column(ForeignKey("change_request_line.id"), doc="The line of its object.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity of the line.")
    noun: Mapped[str] = mapped_column(doc="The kind of object.")
    name: Mapped[str] = mapped_column(doc="The field; of a part, such as a unit of an item, with the part's key.")
    column_name: Mapped[str] = mapped_column(doc="The column that holds it.")
    part: Mapped[str | None] = mapped_column(doc="The kind of part to which it belongs; empty for the object itself.")
    part_id: Mapped[UUID | None] = mapped_column(doc="The part.")
    field_group: Mapped[str] = mapped_column(doc="The fields on which the same people decide.")
    base: Mapped[Any | None] = mapped_column(JSONB, doc="What it was when it was proposed; empty for nothing.")
    proposed: Mapped[Any | None] = mapped_column(JSONB, doc="What it is to be; empty for nothing.")
    current: Mapped[Any | None] = mapped_column(
        JSONB, doc="What it had become when the request was to become active, where that differed."
    )
    is_outdated: Mapped[bool] = mapped_column(
        server_default=false(), doc="Whether it had become something else when the request was to become active."
    )
    decision: Mapped[str] = mapped_column(server_default=FIELD_DECISION.initial, doc="What was decided on it.")
    decided_by: Mapped[str | None] = mapped_column(doc="Who decided.")
    reason: Mapped[str | None] = mapped_column(doc="Why it was decided so.")

    __table_args__ = (
        Index("uq_change_request_field_name", "line_id", "name", unique=True),
        Index("ix_change_request_field_request", "change_request_id", "line_id", "name", "id"),
        CheckConstraint("(part IS NULL) = (part_id IS NULL)", name="part_known"),
        one_of("decision", FIELD_DECISION.statuses),
        table_class(TableClass.SHARED_DOCUMENT),
    )


class MasterVersion(Shared, Base):
    """An object as it was, is or will be over a time. Each is chained by its hash to the one before."""

    __tablename__ = "master_version"

    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity of the object; empty for those of the group.")
    owner_id: Mapped[UUID] = mapped_column(
        Computed(f"coalesce(entity_id, '{UUID(int=0)}'::uuid)", persisted=True),
        doc="The same, or the id of zeros: ids of objects are unique within it.",
    )
    noun: Mapped[str] = mapped_column(doc="The kind of object.")
    object_id: Mapped[UUID] = mapped_column(doc="The object.")
    number: Mapped[int] = mapped_column(Integer, doc="Counts the versions of the object; starts at 1.")
    valid_during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE, doc="When the object was like this.")
    recorded_at: Mapped[datetime] = mapped_column(doc="Since when it is known.")
    closed_at: Mapped[datetime | None] = mapped_column(doc="Since when it is known that another version followed.")
    content: Mapped[dict[str, Any]] = mapped_column(doc="The object, with its parts.")
    changed: Mapped[list[str]] = mapped_column(ARRAY(Text), doc="The fields in which it differs from the one before.")
    change_request_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("change_request.id"), doc="The change request that made it so."
    )
    previous_hash: Mapped[str | None] = mapped_column(doc="The hash of the version before.")
    hash: Mapped[str] = mapped_column(doc="SHA-256 over the version and the hash of the one before.")

    __table_args__ = (
        Index("uq_master_version_number", "object_id", "owner_id", "number", unique=True),
        Index("ix_master_version_change_request_id", "change_request_id", "id"),
        Index("ix_master_version_noun", "noun", "id"),
        table_class(TableClass.MASTER_HISTORY),
    )


# SQLAlchemy cannot say it: no two versions of an object hold at one instant.
event.listen(
    MasterVersion.__table__,
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        "ALTER TABLE master_version ADD CONSTRAINT uq_master_version_valid_during"
        " UNIQUE (object_id, owner_id, valid_during WITHOUT OVERLAPS)"
    ),
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

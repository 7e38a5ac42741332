"""The tables of approvals: rules, the steps that a document must take, and what was decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, false, text
from sqlalchemy.orm import Mapped, mapped_column

from authz.approvals.lifecycle import STEP_STATUS, Verdict
from authz.policies.model import Standing
from authz.vocabulary import Role
from kernel.tables import Base, Shared, TableClass, Versioned, one_of, table_class


class ApprovalRule(Shared, Versioned, Base):
    """Who must agree to what. Of the rules that match, those of the highest priority count, with all their steps."""

    __tablename__ = "approval_rule"

    code: Mapped[str] = mapped_column(doc="The code.")
    document_kind: Mapped[str] = mapped_column(doc="The kind of document, e.g. change_request.")
    subject: Mapped[str | None] = mapped_column(doc="The kind of object that it is about; empty for any.")
    part: Mapped[str | None] = mapped_column(doc="The group of fields that it is about; empty for any.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity concerned; empty for any, and for the group.")
    priority: Mapped[int] = mapped_column(
        Integer, server_default="100", doc="Of the rules that match the highest wins."
    )
    sequence: Mapped[int] = mapped_column(Integer, server_default="1", doc="Steps of one number are open together.")
    role: Mapped[str] = mapped_column(doc="The role that decides.")
    is_distinct: Mapped[bool] = mapped_column(
        server_default=false(), doc="Whether it takes somebody who decided on none of its other such steps."
    )
    due_hours: Mapped[int | None] = mapped_column(Integer, doc="Within how many hours the step should be decided.")
    status: Mapped[str] = mapped_column(server_default=Standing.ACTIVE, doc="Whether the rule is in force.")

    __table_args__ = (
        Index("uq_approval_rule_code", "code", unique=True),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        CheckConstraint("due_hours > 0", name="due_hours_positive"),
        one_of("role", Role),
        one_of("status", Standing),
        table_class(TableClass.SHARED_MASTER),
    )


class ApprovalStep(Shared, Base):
    """One decision that a document needs."""

    __tablename__ = "approval_step"

    document_kind: Mapped[str] = mapped_column(doc="The kind of document.")
    document_id: Mapped[UUID] = mapped_column(doc="The document.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity of the document; empty for the group's.")
    for_entity_id: Mapped[UUID | None] = mapped_column(
        doc="The legal entity for whose objects it is decided; empty for those of the group."
    )
    subject: Mapped[str] = mapped_column(doc="The kind of object that is decided on.")
    part: Mapped[str] = mapped_column(doc="The group of its fields that is decided on.")
    sequence: Mapped[int] = mapped_column(Integer, doc="Its place: steps of one number are open together.")
    role: Mapped[str | None] = mapped_column(doc="The role that decides; empty for whoever may change such objects.")
    rule: Mapped[str | None] = mapped_column(doc="The code of the rule that asks for it; empty for the declared owner.")
    is_distinct: Mapped[bool] = mapped_column(
        server_default=false(), doc="Whether it takes somebody who decided on none of the other such steps."
    )
    status: Mapped[str] = mapped_column(server_default=STEP_STATUS.initial, doc="How far it is.")
    content_hash: Mapped[str] = mapped_column(doc="SHA-256 of what is decided on.")
    opened_at: Mapped[datetime | None] = mapped_column(doc="Since when somebody must decide.")
    due_at: Mapped[datetime | None] = mapped_column(doc="Until when somebody should have decided.")
    due_hours: Mapped[int | None] = mapped_column(Integer, doc="Within how many hours of its opening it is due.")
    closed_at: Mapped[datetime | None] = mapped_column(doc="When it was decided or became void.")

    __table_args__ = (
        Index("ix_approval_step_document", "document_id", "sequence", "id"),
        Index("ix_approval_step_open", "role", "opened_at", "id", postgresql_where=text("status = 'open'")),
        one_of("status", STEP_STATUS.statuses),
        table_class(TableClass.SHARED_DOCUMENT),
    )


class ApprovalDecision(Shared, Base):
    """What somebody decided on a step. It counts until it is void."""

    __tablename__ = "approval_decision"

    step_id: Mapped[UUID] = mapped_column(ForeignKey("approval_step.id"), doc="The step.")
    document_id: Mapped[UUID] = mapped_column(doc="The document.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity of the document; empty for the group's.")
    verdict: Mapped[str] = mapped_column(doc="What was decided.")
    reason: Mapped[str | None] = mapped_column(doc="Why.")
    content_hash: Mapped[str] = mapped_column(doc="SHA-256 of what was decided on.")
    decided_by: Mapped[str] = mapped_column(doc="Who decided.")
    decided_by_person: Mapped[str] = mapped_column(doc="The person whose account decided.")
    decided_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate decided.")
    decided_at: Mapped[datetime] = mapped_column(doc="When it was decided.")
    submitted_by: Mapped[str] = mapped_column(doc="Who submitted the document.")
    submitted_by_person: Mapped[str] = mapped_column(doc="The person whose account submitted it.")
    submitted_for: Mapped[str | None] = mapped_column(doc="The person for whom a delegate submitted it.")
    distinct_person: Mapped[str | None] = mapped_column(doc="The person, where the step takes another than others did.")
    void_at: Mapped[datetime | None] = mapped_column(doc="Since when it counts no longer.")

    __table_args__ = (
        Index("ix_approval_decision_document", "document_id"),
        Index("ix_approval_decision_step_id", "step_id", "decided_at", "id"),
        Index("uq_approval_decision_step", "step_id", unique=True, postgresql_where=text("void_at IS NULL")),
        Index(
            "uq_approval_decision_distinct",
            "document_id",
            "distinct_person",
            unique=True,
            postgresql_where=text("void_at IS NULL"),
        ),
        one_of("verdict", Verdict),
        CheckConstraint("decided_by <> submitted_by", name="four_eyes"),
        # Accounts are not people, and a delegate is not another pair of eyes.
        CheckConstraint(
            "decided_by_person <> submitted_by_person AND decided_by_person <> submitted_for"
            " AND decided_for <> submitted_by_person AND decided_for <> submitted_for",
            name="four_eyes_of_people",
        ),
        table_class(TableClass.SHARED_DOCUMENT),
    )

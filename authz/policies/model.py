"""The access policy as governed tables. What is no longer meant is retired, not deleted: who could what stays known."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from authz.policies.policy import ALWAYS, ANYONE, DutyScope
from authz.vocabulary import LIMITED, Role
from kernel.tables import Base, Shared, TableClass, one_of, table_class

LIMIT_MAX = 10**12
"""More than this nobody's authority says: a limit that limits nothing is none."""


class Standing(StrEnum):
    """Whether a part of the policy is in force."""

    ACTIVE = "active"
    RETIRED = "retired"


_STANDING = "active while it is in force, retired when it no longer is."


class PolicyRule(Shared, Base):
    """One rule: who may or may not do what to what, in which legal entities, on which rows."""

    __tablename__ = "policy_rule"

    role: Mapped[str] = mapped_column(doc="The role, or anyone.")
    domain: Mapped[str] = mapped_column(doc="* for every entity in which the role is held, an entity's id, or a group.")
    resource: Mapped[str] = mapped_column(doc="The resource, or one of its fields: resource#field.")
    action: Mapped[str] = mapped_column(doc="What is done to it.")
    condition: Mapped[str] = mapped_column(server_default=ALWAYS, doc="The name of a condition on the row; - for none.")
    effect: Mapped[str] = mapped_column(server_default="allow", doc="allow or deny; a deny overrides every allow.")
    status: Mapped[str] = mapped_column(server_default=Standing.ACTIVE, doc=_STANDING)

    __table_args__ = (
        Index("uq_policy_rule", "role", "domain", "resource", "action", "condition", "effect", unique=True),
        one_of("role", (*Role, ANYONE)),
        one_of("effect", ("allow", "deny")),
        one_of("status", Standing),
        table_class(TableClass.SHARED_MASTER),
    )


class PolicyCondition(Shared, Base):
    """A condition that rules on its resource may name."""

    __tablename__ = "policy_condition"

    name: Mapped[str] = mapped_column(doc="The name.")
    resource: Mapped[str] = mapped_column(doc="The resource of whose rows it speaks.")
    tree: Mapped[dict[str, Any]] = mapped_column(doc="The expression over the columns of the row and the reader.")

    __table_args__ = (
        Index("uq_policy_condition_name", "name", unique=True),
        table_class(TableClass.SHARED_MASTER),
    )


class EntityGroup(Shared, Base):
    """A group of legal entities of which rules may speak."""

    __tablename__ = "entity_group"

    code: Mapped[str] = mapped_column(doc="The code.")
    name: Mapped[str] = mapped_column(doc="The name.")

    __table_args__ = (Index("uq_entity_group_code", "code", unique=True), table_class(TableClass.SHARED_MASTER))


class EntityGroupMember(Shared, Base):
    """A legal entity of a group."""

    __tablename__ = "entity_group_member"

    entity_group: Mapped[str] = mapped_column(doc="The code of the group.")
    entity_id: Mapped[UUID] = mapped_column(doc="The legal entity.")
    status: Mapped[str] = mapped_column(server_default=Standing.ACTIVE, doc=_STANDING)

    __table_args__ = (
        Index("uq_entity_group_member", "entity_group", "entity_id", unique=True),
        one_of("status", Standing),
        table_class(TableClass.SHARED_MASTER),
    )


class ApprovalLimitRow(Shared, Base):
    """Up to which amount a role or a person may approve. Where there is no limit, there is no authority."""

    __tablename__ = "approval_limit"

    role: Mapped[str | None] = mapped_column(doc="The role that has the authority; empty where a person has it.")
    person: Mapped[str | None] = mapped_column(doc="The person who has it; empty where a role has it.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="In which legal entity; empty for every one.")
    document_kind: Mapped[str] = mapped_column(doc="The kind of document.")
    currency: Mapped[str] = mapped_column(doc="The currency of the documents and of the amount.")
    amount: Mapped[Decimal] = mapped_column(doc="The largest amount that may be approved.")
    valid_from: Mapped[datetime] = mapped_column(doc="From when it holds.")
    valid_until: Mapped[datetime | None] = mapped_column(doc="Until when, exclusive; empty while it has no end.")

    __table_args__ = (
        CheckConstraint("(role IS NULL) <> (person IS NULL)", name="role_or_person"),
        CheckConstraint(f"amount BETWEEN 0 AND {LIMIT_MAX}", name="bounded"),
        CheckConstraint("valid_until > valid_from", name="valid_in_order"),
        one_of("role", Role),
        one_of("document_kind", LIMITED),
        Index(
            "uq_approval_limit",
            *("role", "person", "entity_id", "document_kind", "currency", "valid_from"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        table_class(TableClass.SHARED_MASTER),
    )


class DutyPairRow(Shared, Base):
    """Two roles that may not meet in one person."""

    __tablename__ = "duty_pair"

    first_role: Mapped[str] = mapped_column(doc="The role of the two that comes first in the alphabet.")
    second_role: Mapped[str] = mapped_column(doc="The other.")
    scope: Mapped[str] = mapped_column(doc="same_entity or anywhere: how far they are kept apart.")
    status: Mapped[str] = mapped_column(server_default=Standing.ACTIVE, doc=_STANDING)

    __table_args__ = (
        Index("uq_duty_pair", "first_role", "second_role", unique=True),
        CheckConstraint('first_role COLLATE "C" < second_role', name="two_in_order"),
        one_of("first_role", Role),
        one_of("second_role", Role),
        one_of("scope", DutyScope),
        one_of("status", Standing),
        table_class(TableClass.SHARED_MASTER),
    )


class PolicyState(Base):
    """The one row that counts the versions of the access policy; every change of it adds one."""

    __tablename__ = "policy_state"

    is_current: Mapped[bool] = mapped_column(primary_key=True, server_default="true", doc="True: there is one row.")
    version: Mapped[int] = mapped_column(unique=True, doc="The version in force.")

    __table_args__ = (CheckConstraint("is_current", name="one_row"), table_class(TableClass.SHARED_MASTER))

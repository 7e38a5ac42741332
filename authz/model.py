"""Grants: who has which role, where, and from when to when."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from authz.vocabulary import PARTNER_ROLES, Role
from kernel.tables import Base, Shared, TableClass, one_of, table_class


class DomainKind(StrEnum):
    """How far a grant reaches."""

    ENTITY = "entity"
    GROUP = "group"


class RoleGrant(Shared, Base):
    """A role of a subject: in one legal entity, or on the group and so in every legal entity there is."""

    __tablename__ = "role_grant"

    subject: Mapped[str] = mapped_column(doc="Who has the role, as the identity provider names them.")
    role: Mapped[str] = mapped_column(doc="The role.")
    domain_kind: Mapped[str] = mapped_column(doc="Whether the role reaches over one legal entity or the whole group.")
    entity_id: Mapped[UUID | None] = mapped_column(doc="The legal entity; empty for a grant on the group.")
    partner_id: Mapped[UUID | None] = mapped_column(doc="The supplier, customer or carrier for whom an outsider acts.")
    valid_from: Mapped[datetime] = mapped_column(doc="From when the grant holds.")
    valid_until: Mapped[datetime | None] = mapped_column(doc="Until when, exclusive; empty while it has no end.")

    __table_args__ = (
        one_of("role", Role),
        one_of("domain_kind", DomainKind),
        CheckConstraint("(domain_kind = 'entity') = (entity_id IS NOT NULL)", name="entity_named"),
        CheckConstraint(
            f"(partner_id IS NOT NULL) = (role IN ({', '.join(repr(str(role)) for role in PARTNER_ROLES)}))",
            name="partner_named",
        ),
        CheckConstraint("valid_until > valid_from", name="valid_in_order"),
        Index("ix_role_grant_subject", "subject"),
        table_class(TableClass.SHARED_MASTER),
    )

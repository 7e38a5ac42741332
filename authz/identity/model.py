"""Who people are beside the identity provider's word: whose accounts they have, who acts for whom, keys of partners."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, table_class


class Account(Shared, Base):
    """A subject that stands for a person. Two accounts of one person count as one where two people are asked for."""

    __tablename__ = "account"

    subject: Mapped[str] = mapped_column(doc="The account, as the identity provider names it.")
    person: Mapped[str] = mapped_column(doc="Whose account it is: any name that all accounts of the person share.")

    __table_args__ = (
        Index("uq_account_subject", "subject", unique=True),
        Index("ix_account_person", "person"),
        table_class(TableClass.SHARED_MASTER),
    )


class Delegation(Shared, Base):
    """Somebody may act for somebody else for a while: with the other's roles, in their own name."""

    __tablename__ = "delegation"

    delegator: Mapped[str] = mapped_column(doc="The subject who lets somebody act for them.")
    delegate: Mapped[str] = mapped_column(doc="The subject who may act.")
    roles: Mapped[str | None] = mapped_column(doc="The roles that are lent, with spaces between; empty for all.")
    valid_from: Mapped[datetime] = mapped_column(doc="From when it holds.")
    valid_until: Mapped[datetime] = mapped_column(doc="Until when, exclusive.")

    __table_args__ = (
        CheckConstraint("delegate <> delegator", name="two_subjects"),
        CheckConstraint("valid_until > valid_from", name="valid_in_order"),
        Index("uq_delegation_delegator", "delegator", "delegate", unique=True),
        Index("ix_delegation_delegate", "delegate"),
        table_class(TableClass.SHARED_MASTER),
    )


class ApiKey(Shared, Base):
    """A key by which a machine of a partner signs in as a subject. Only a hash of its secret is kept."""

    __tablename__ = "api_key"

    name: Mapped[str] = mapped_column(doc="What the key is for.")
    subject: Mapped[str] = mapped_column(doc="The subject whose roles the key has.")
    prefix: Mapped[str] = mapped_column(doc="The public part of the key, by which it is found.")
    secret_sha256: Mapped[str] = mapped_column(doc="The SHA-256 of the secret part, in hexadecimal digits.")
    scopes: Mapped[str] = mapped_column(doc="What of the roles the key may use: resource:action, with spaces between.")
    expires_at: Mapped[datetime] = mapped_column(doc="Until when the key holds, exclusive.")
    revoked_at: Mapped[datetime | None] = mapped_column(doc="From when the key no longer holds; empty while it does.")
    cost_per_minute: Mapped[int | None] = mapped_column(doc="What its requests may cost; empty for the usual.")

    __table_args__ = (
        CheckConstraint("prefix ~ '^[0-9a-f]{12}$'", name="prefix_form"),
        CheckConstraint("secret_sha256 ~ '^[0-9a-f]{64}$'", name="secret_hashed"),
        CheckConstraint("cost_per_minute > 0", name="cost_positive"),
        Index("uq_api_key_prefix", "prefix", unique=True),
        table_class(TableClass.SHARED_MASTER),
    )

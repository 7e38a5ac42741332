"""The tables behind the signed context: whose signature counts, and what was found signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, TableClass, table_class


class SigningKey(Base):
    """A key that contexts may be signed with, in the form in which HMAC needs it."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(primary_key=True, doc="By what a context names the key.")
    inner_pad: Mapped[bytes] = mapped_column(doc="The key as the inner hash begins with it.")
    outer_pad: Mapped[bytes] = mapped_column(doc="The key as the outer hash begins with it.")
    added_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="When it was last brought into force."
    )

    __table_args__ = (table_class(TableClass.INTERNAL),)


class VerifiedContext(Base):
    """A context whose signature has been verified, so that it need not be each time that a policy asks for it.

    It is found by its whole text, which no serving role may ask for: whoever could compare with it, or see how many
    rows come before it, would learn a text that they could set. A hash would tell as little, but making it takes a
    quarter of the question. The foreign key empties the version when the policy is replaced, and with it every
    remembered context.
    """

    __tablename__ = "verified_context"

    context: Mapped[str] = mapped_column(primary_key=True, doc="The whole text, with its signature.")
    policy_version: Mapped[int | None] = mapped_column(
        ForeignKey("policy_state.version", onupdate="SET NULL", ondelete="CASCADE"),
        doc="The version of the policy that it was made under; empty once that is not in force any more.",
    )
    ends_at: Mapped[datetime] = mapped_column(index=True, doc="When it ends; it is forgotten some time after.")
    valid: Mapped[bool] = mapped_column(doc="True.")
    insider: Mapped[bool | None] = mapped_column(
        doc="True for the group's own people, false for an outsider who deals with us; empty for who is neither."
    )
    entities: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), doc="The legal entities to read; none for outsiders.")
    writable: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), doc="The legal entities in which rows may be written.")
    partner: Mapped[UUID | None] = mapped_column(doc="The partner for whom an outsider reads.")
    partner_entities: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid()), doc="The legal entities in which an outsider may read what names their partner."
    )
    author: Mapped[str] = mapped_column(doc="Who acts; empty in a context for reading.")

    __table_args__ = (table_class(TableClass.OWN_CONTEXT),)

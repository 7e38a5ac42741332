"""The tables of legal entities."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, table_class


class LegalEntity(Shared, Versioned, Base):
    """A company of the group: it owns stock, buys, sells and keeps books in its currency."""

    __tablename__ = "legal_entity"

    code: Mapped[str] = mapped_column(doc="The short code, unique in the group, e.g. US.")
    name: Mapped[str] = mapped_column(doc="The registered name.")
    country: Mapped[str] = mapped_column(doc="The country of registration (ISO 3166-1 alpha-2).")
    currency: Mapped[str] = mapped_column(doc="The currency of its books (ISO 4217).")
    time_zone: Mapped[str] = mapped_column(doc="The IANA time zone in which its days begin.")
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("legal_entity.id"), doc="The entity above it in the group."
    )

    __table_args__ = (
        Index("uq_legal_entity_code", "code", unique=True),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_iso_3166"),
        table_class(TableClass.SHARED_MASTER, partner="entity_id"),
    )


def of_legal_entity() -> ForeignKeyConstraint:
    """The tie of a top-most entity-owned row to its legal entity; rows below inherit it through their own keys."""
    return ForeignKeyConstraint(["entity_id"], ["legal_entity.id"])

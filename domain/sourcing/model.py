"""The tables of shortages and sourcing options."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.sourcing.lifecycle import OPTION_STATUS, SHORTAGE_STATUS, OptionKind
from kernel.tables import Base, EntityOwned, TableClass, Versioned, entity_key, one_of, table_class


class Shortage(EntityOwned, Versioned, Base):
    """A demand that stock and expected supply do not cover."""

    __tablename__ = "shortage"

    demand_id: Mapped[UUID] = mapped_column(doc="The demand that is short.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="The site that is short.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much is missing, in base units.")
    due_date: Mapped[date] = mapped_column(doc="When it is wanted.")
    status: Mapped[str] = mapped_column(server_default=SHORTAGE_STATUS.initial, doc="How far its resolution is.")
    detected_at: Mapped[datetime] = mapped_column(doc="When it was detected.")
    resolved_at: Mapped[datetime | None] = mapped_column(doc="When the demand was covered or withdrawn.")

    __table_args__ = (
        entity_key("demand_id", "demand"),
        entity_key("site_id", "location"),
        Index(
            "uq_shortage_open",
            "entity_id",
            "demand_id",
            unique=True,
            postgresql_where=text("status NOT IN ('resolved', 'withdrawn')"),
        ),
        Index("ix_shortage_entity_id_detected_at", "entity_id", "detected_at", "id"),
        Index("ix_shortage_entity_id_status", "entity_id", "status", "detected_at", "id"),
        Index("ix_shortage_entity_id_item_id", "entity_id", "item_id", "detected_at", "id"),
        one_of("status", SHORTAGE_STATUS.statuses),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED),
    )


class SourcingOption(EntityOwned, Base):
    """One way out of a shortage, as it stood when it was offered."""

    __tablename__ = "sourcing_option"

    shortage_id: Mapped[UUID] = mapped_column(doc="The shortage.")
    rank: Mapped[int] = mapped_column(Integer, doc="Its place among the options: 1 is the best.")
    kind: Mapped[str] = mapped_column(doc="transfer or buy.")
    status: Mapped[str] = mapped_column(server_default=OPTION_STATUS.initial, doc="offered, chosen or lapsed.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much it brings, in base units.")
    from_site_id: Mapped[UUID | None] = mapped_column(doc="The sister site that would give (transfer).")
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("supplier.id"), doc="The supplier to buy from (buy).")
    arrival_date: Mapped[date] = mapped_column(doc="When it would arrive.")
    landed_cost: Mapped[Decimal] = mapped_column(doc="What it costs on arrival, in `currency`.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    score: Mapped[Decimal] = mapped_column(doc="The sum of the score terms; the lowest is the best.")
    score_terms: Mapped[dict[str, Any]] = mapped_column(doc="What the score is made of, in `currency`.")
    reason: Mapped[str] = mapped_column(doc="Why it is offered, in one sentence.")
    inputs: Mapped[dict[str, Any]] = mapped_column(doc="What it was computed from; when these change it is stale.")

    __table_args__ = (
        entity_key("shortage_id", "shortage"),
        entity_key("from_site_id", "location"),
        Index("ix_sourcing_option_entity_id_shortage_id", "entity_id", "shortage_id", "rank", "id"),
        one_of("kind", OptionKind),
        one_of("status", OPTION_STATUS.statuses),
        CheckConstraint("(kind = 'transfer') = (from_site_id IS NOT NULL)", name="transfer_has_a_giver"),
        CheckConstraint("(kind = 'buy') = (supplier_id IS NOT NULL)", name="buy_has_a_supplier"),
        CheckConstraint("quantity > 0 AND landed_cost >= 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED),
    )

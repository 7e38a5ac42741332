"""The tables of transfer orders."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from domain.transfers.lifecycle import TRANSFER_ORDER_STATUS
from kernel.tables import Base, EntityOwned, TableClass, Versioned, entity_key, numbered, one_of, table_class


class TransferOrder(EntityOwned, Versioned, Base):
    """Goods to be brought from one site to another."""

    __tablename__ = "transfer_order"

    number: Mapped[str] = numbered("TO")
    from_site_id: Mapped[UUID] = mapped_column(doc="The site that gives.")
    to_site_id: Mapped[UUID] = mapped_column(doc="The site that takes.")
    status: Mapped[str] = mapped_column(server_default=TRANSFER_ORDER_STATUS.initial, doc="How far it is.")
    ship_date: Mapped[date] = mapped_column(doc="When it is to leave.")
    arrival_date: Mapped[date] = mapped_column(doc="When it is expected.")
    created_at: Mapped[datetime] = mapped_column(doc="When it was made.")

    __table_args__ = (
        entity_key("from_site_id", "location"),
        entity_key("to_site_id", "location"),
        Index("uq_transfer_order_entity_id_number", "entity_id", "number", unique=True),
        Index("ix_transfer_order_entity_id_created_at", "entity_id", "created_at", "id"),
        Index("ix_transfer_order_entity_id_status", "entity_id", "status", "created_at", "id"),
        one_of("status", TRANSFER_ORDER_STATUS.statuses),
        CheckConstraint("from_site_id <> to_site_id", name="between_two_sites"),
        table_class(TableClass.ENTITY_OWNED),
    )


class TransferOrderLine(EntityOwned, Base):
    """One item of a transfer order."""

    __tablename__ = "transfer_order_line"

    order_id: Mapped[UUID] = mapped_column(doc="The transfer order.")
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the order, from 1.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much, in base units.")

    __table_args__ = (
        entity_key("order_id", "transfer_order"),
        Index("uq_transfer_order_line_number", "entity_id", "order_id", "line_number", unique=True),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED),
    )

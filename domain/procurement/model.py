"""The tables of purchase orders."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from domain.procurement.lifecycle import PURCHASE_ORDER_STATUS
from kernel.tables import (
    Base,
    EntityOwned,
    TableClass,
    Versioned,
    entity_key,
    numbered,
    one_of,
    partner_key,
    partner_known,
    table_class,
)


class PurchaseOrder(EntityOwned, Versioned, Base):
    """What an entity ordered from a supplier."""

    __tablename__ = "purchase_order"

    number: Mapped[str] = numbered("PO")
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"), doc="Who it was ordered from.")
    site_id: Mapped[UUID] = mapped_column(doc="Where it is to be delivered.")
    status: Mapped[str] = mapped_column(server_default=PURCHASE_ORDER_STATUS.initial, doc="How far it is.")
    currency: Mapped[str] = mapped_column(doc="The currency of its prices (ISO 4217).")
    exchange_rate: Mapped[Decimal] = mapped_column(
        doc="What one of `currency` was worth in the entity's, when ordered."
    )
    total: Mapped[Decimal] = mapped_column(doc="The sum of the lines, in `currency`.")
    ordered_at: Mapped[datetime] = mapped_column(doc="When it was issued.")
    confirmed_at: Mapped[datetime | None] = mapped_column(doc="When the supplier confirmed it.")

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_purchase_order_entity_id_number", "entity_id", "number", unique=True),
        Index("ix_purchase_order_entity_id_ordered_at", "entity_id", "ordered_at", "id"),
        Index("ix_purchase_order_entity_id_supplier_id", "entity_id", "supplier_id", "ordered_at", "id"),
        Index("ix_purchase_order_entity_id_status", "entity_id", "status", "ordered_at", "id"),
        one_of("status", PURCHASE_ORDER_STATUS.statuses),
        CheckConstraint("exchange_rate > 0 AND total >= 0", name="rate_positive"),
        partner_known("supplier_id"),
        table_class(TableClass.ENTITY_OWNED, partner="supplier_id"),
    )


class PurchaseOrderLine(EntityOwned, Base):
    """One item of a purchase order: ordered, confirmed, received, invoiced."""

    __tablename__ = "purchase_order_line"

    order_id: Mapped[UUID] = mapped_column(doc="The order.")
    supplier_id: Mapped[UUID] = mapped_column(doc="Who it was ordered from, as on the order.")
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the order, from 1.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    quantity: Mapped[Decimal] = mapped_column(doc="What was ordered, in base units.")
    unit_price: Mapped[Decimal] = mapped_column(doc="The price of one base unit, in the order's currency.")
    amount: Mapped[Decimal] = mapped_column(doc="Quantity times price, in the order's currency.")
    requested_date: Mapped[date] = mapped_column(doc="When it was wanted.")
    first_confirmed_date: Mapped[date | None] = mapped_column(doc="The first date that the supplier confirmed.")
    confirmed_date: Mapped[date | None] = mapped_column(doc="The date that the supplier confirmed last.")
    confirmed_quantity: Mapped[Decimal | None] = mapped_column(
        doc="The quantity that the supplier confirmed, in base units."
    )
    received_quantity: Mapped[Decimal] = mapped_column(server_default="0", doc="What has arrived, in base units.")
    invoiced_quantity: Mapped[Decimal] = mapped_column(
        server_default="0", doc="What has been invoiced and posted, in base units."
    )

    __table_args__ = (
        partner_key("order_id", "purchase_order", "supplier_id"),
        Index("uq_purchase_order_line_number", "entity_id", "order_id", "line_number", unique=True),
        Index("ix_purchase_order_line_entity_id_item_id", "entity_id", "item_id"),
        CheckConstraint("quantity > 0 AND amount >= 0 AND unit_price >= 0", name="quantity_positive"),
        CheckConstraint("received_quantity BETWEEN 0 AND quantity", name="received_within_ordered"),
        CheckConstraint("invoiced_quantity >= 0", name="invoiced_not_negative"),
        table_class(TableClass.ENTITY_OWNED, partner="supplier_id", tells_of="item_id"),
    )

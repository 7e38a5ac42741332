"""The tables of sales orders."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from domain.orders.lifecycle import LINE_STATUS, ORDER_STATUS, WhenShort
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


class SalesOrder(EntityOwned, Versioned, Base):
    """What a customer ordered from an entity. Its status is derived from its lines."""

    __tablename__ = "sales_order"

    number: Mapped[str] = numbered("SO")
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"), doc="Who ordered.")
    site_id: Mapped[UUID] = mapped_column(doc="The site that serves it.")
    status: Mapped[str] = mapped_column(
        server_default=ORDER_STATUS.initial, doc="How far it is; derived from the lines."
    )
    currency: Mapped[str] = mapped_column(doc="The currency of its prices (ISO 4217).")
    total: Mapped[Decimal] = mapped_column(doc="The sum of the lines, in `currency`.")
    when_short: Mapped[str] = mapped_column(doc="What happens to short lines: backorder, partial or refuse.")
    requested_date: Mapped[date] = mapped_column(doc="When the customer wants it.")
    placed_at: Mapped[datetime] = mapped_column(doc="When it was accepted.")
    external_reference: Mapped[str | None] = mapped_column(doc="The key in the system that it was taken from.")

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_sales_order_entity_id_number", "entity_id", "number", unique=True),
        Index("uq_sales_order_entity_id_external_reference", "entity_id", "external_reference", unique=True),
        Index("ix_sales_order_entity_id_placed_at", "entity_id", "placed_at", "id"),
        Index("ix_sales_order_entity_id_customer_id", "entity_id", "customer_id", "placed_at", "id"),
        Index("ix_sales_order_entity_id_status", "entity_id", "status", "placed_at", "id"),
        one_of("status", ORDER_STATUS.statuses),
        one_of("when_short", WhenShort),
        CheckConstraint("total >= 0", name="total_not_negative"),
        partner_known("customer_id"),
        table_class(TableClass.ENTITY_OWNED, partner="customer_id"),
    )


class SalesOrderLine(EntityOwned, Base):
    """One item of a sales order: ordered, promised, shipped."""

    __tablename__ = "sales_order_line"

    order_id: Mapped[UUID] = mapped_column(doc="The order.")
    customer_id: Mapped[UUID] = mapped_column(doc="Who ordered it, as on the order.")
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the order, from 1.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    entered_quantity: Mapped[Decimal] = mapped_column(doc="The quantity as ordered.")
    entered_unit: Mapped[str] = mapped_column(doc="The unit as ordered (UN/ECE Rec 20).")
    quantity: Mapped[Decimal] = mapped_column(doc="The quantity in base units.")
    shipped_quantity: Mapped[Decimal] = mapped_column(server_default="0", doc="What has left, in base units.")
    cancelled_quantity: Mapped[Decimal] = mapped_column(
        server_default="0", doc="What was cut off or cancelled, in base units."
    )
    unit_price: Mapped[Decimal] = mapped_column(doc="The price of one base unit, in the order's currency.")
    price_id: Mapped[UUID | None] = mapped_column(doc="The price that it was taken from.")
    amount: Mapped[Decimal] = mapped_column(doc="What is to be delivered times price, in the order's currency.")
    status: Mapped[str] = mapped_column(server_default=LINE_STATUS.initial, doc="How far the line is.")
    requested_date: Mapped[date] = mapped_column(doc="When the customer wants it.")
    first_promised_date: Mapped[date | None] = mapped_column(
        doc="The first date that it was promised for; never changed."
    )
    last_promised_date: Mapped[date | None] = mapped_column(doc="The date that it is promised for now.")
    shipped_at: Mapped[datetime | None] = mapped_column(doc="When the last part left.")

    __table_args__ = (
        partner_key("order_id", "sales_order", "customer_id"),
        entity_key("price_id", "price"),
        Index("uq_sales_order_line_number", "entity_id", "order_id", "line_number", unique=True),
        Index("ix_sales_order_line_entity_id_item_id", "entity_id", "item_id"),
        one_of("status", LINE_STATUS.statuses),
        CheckConstraint("quantity > 0 AND amount >= 0 AND unit_price >= 0", name="quantity_positive"),
        CheckConstraint(
            "shipped_quantity >= 0 AND cancelled_quantity >= 0 AND shipped_quantity + cancelled_quantity <= quantity",
            name="shipped_within_ordered",
        ),
        table_class(TableClass.ENTITY_OWNED, partner="customer_id"),
    )

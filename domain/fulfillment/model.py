"""The tables of receipts and shipments."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, EntityOwned, Mutability, TableClass, entity_key, numbered, table_class


class Receipt(EntityOwned, Base):
    """Goods that arrived for a purchase order. Append-only."""

    __tablename__ = "receipt"

    number: Mapped[str] = numbered("RC")
    purchase_order_id: Mapped[UUID] = mapped_column(doc="The purchase order.")
    received_at: Mapped[datetime] = mapped_column(doc="When they arrived.")
    delivery_note: Mapped[str | None] = mapped_column(doc="The supplier's delivery note.")

    __table_args__ = (
        entity_key("purchase_order_id", "purchase_order"),
        Index("uq_receipt_entity_id_number", "entity_id", "number", unique=True),
        Index("ix_receipt_entity_id_received_at", "entity_id", "received_at", "id"),
        Index("ix_receipt_entity_id_purchase_order_id", "entity_id", "purchase_order_id", "received_at", "id"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )


class ReceiptLine(EntityOwned, Base):
    """What arrived of a purchase order line, where it was put, and what it is worth. Append-only."""

    __tablename__ = "receipt_line"

    receipt_id: Mapped[UUID] = mapped_column(doc="The receipt.")
    purchase_order_line_id: Mapped[UUID] = mapped_column(doc="The line that it was ordered by.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    location_id: Mapped[UUID] = mapped_column(doc="Where it was put.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much, in base units.")
    value: Mapped[Decimal] = mapped_column(doc="What it is worth, in the entity's currency.")
    open_item_id: Mapped[UUID] = mapped_column(doc="The open item that waits for its invoice.")

    __table_args__ = (
        entity_key("receipt_id", "receipt"),
        entity_key("purchase_order_line_id", "purchase_order_line"),
        entity_key("location_id", "location"),
        entity_key("open_item_id", "open_item"),
        Index("ix_receipt_line_entity_id_receipt_id", "entity_id", "receipt_id", "id"),
        Index("ix_receipt_line_entity_id_purchase_order_line_id", "entity_id", "purchase_order_line_id"),
        CheckConstraint("quantity > 0 AND value >= 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )


class Shipment(EntityOwned, Base):
    """Goods that left for a sales order. Append-only."""

    __tablename__ = "shipment"

    number: Mapped[str] = numbered("SH")
    sales_order_id: Mapped[UUID] = mapped_column(doc="The sales order.")
    shipped_at: Mapped[datetime] = mapped_column(doc="When they left.")
    tracking_reference: Mapped[str | None] = mapped_column(doc="The carrier's reference.")

    __table_args__ = (
        entity_key("sales_order_id", "sales_order"),
        Index("uq_shipment_entity_id_number", "entity_id", "number", unique=True),
        Index("ix_shipment_entity_id_shipped_at", "entity_id", "shipped_at", "id"),
        Index("ix_shipment_entity_id_sales_order_id", "entity_id", "sales_order_id", "shipped_at", "id"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )


class ShipmentLine(EntityOwned, Base):
    """What left of a sales order line, from where, and what it cost. Append-only."""

    __tablename__ = "shipment_line"

    shipment_id: Mapped[UUID] = mapped_column(doc="The shipment.")
    sales_order_line_id: Mapped[UUID] = mapped_column(doc="The line that it was ordered by.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    location_id: Mapped[UUID] = mapped_column(doc="Where it was taken from.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much, in base units.")
    value: Mapped[Decimal] = mapped_column(doc="What it cost, in the entity's currency.")

    __table_args__ = (
        entity_key("shipment_id", "shipment"),
        entity_key("sales_order_line_id", "sales_order_line"),
        entity_key("location_id", "location"),
        Index("ix_shipment_line_entity_id_shipment_id", "entity_id", "shipment_id", "id"),
        Index("ix_shipment_line_entity_id_sales_order_line_id", "entity_id", "sales_order_line_id"),
        CheckConstraint("quantity > 0 AND value >= 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )

"""The tables of supplier invoices."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from domain.invoicing.lifecycle import SUPPLIER_INVOICE_STATUS, MatchResult
from kernel.tables import Base, EntityOwned, TableClass, Versioned, entity_key, one_of, table_class


class SupplierInvoice(EntityOwned, Versioned, Base):
    """What a supplier asks to be paid."""

    __tablename__ = "supplier_invoice"

    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"), doc="Who sent it.")
    number: Mapped[str] = mapped_column(doc="The supplier's number, unique per supplier.")
    invoice_date: Mapped[date] = mapped_column(doc="The date on it.")
    currency: Mapped[str] = mapped_column(doc="The currency of its amounts (ISO 4217).")
    total: Mapped[Decimal] = mapped_column(doc="The sum of the lines, in `currency`.")
    status: Mapped[str] = mapped_column(doc="posted, or blocked until a person decides.")
    recorded_at: Mapped[datetime] = mapped_column(doc="When it was recorded.")
    open_item_id: Mapped[UUID | None] = mapped_column(doc="The payable that it opened, once posted.")

    __table_args__ = (
        entity_key("open_item_id", "open_item"),
        Index("uq_supplier_invoice_number", "entity_id", "supplier_id", "number", unique=True),
        Index("ix_supplier_invoice_entity_id_recorded_at", "entity_id", "recorded_at", "id"),
        Index("ix_supplier_invoice_entity_id_status", "entity_id", "status", "recorded_at", "id"),
        Index("ix_supplier_invoice_entity_id_number", "entity_id", "number", "recorded_at", "id"),
        one_of("status", SUPPLIER_INVOICE_STATUS.statuses),
        CheckConstraint("total >= 0", name="total_not_negative"),
        CheckConstraint("(status = 'posted') = (open_item_id IS NOT NULL)", name="posted_opens_a_payable"),
        table_class(TableClass.ENTITY_OWNED),
    )


class SupplierInvoiceLine(EntityOwned, Base):
    """One line of a supplier invoice with the result of its match."""

    __tablename__ = "supplier_invoice_line"

    invoice_id: Mapped[UUID] = mapped_column(doc="The invoice.")
    line_number: Mapped[int] = mapped_column(Integer, doc="Its place in the invoice, from 1.")
    purchase_order_line_id: Mapped[UUID] = mapped_column(doc="The line that it was ordered by.")
    quantity: Mapped[Decimal] = mapped_column(doc="The quantity invoiced, in base units.")
    unit_price: Mapped[Decimal] = mapped_column(doc="The price of one base unit, in the invoice's currency.")
    amount: Mapped[Decimal] = mapped_column(doc="Quantity times price, in the invoice's currency.")
    match_result: Mapped[str] = mapped_column(doc="How it compares with order and receipt.")
    price_variance: Mapped[Decimal] = mapped_column(
        doc="Invoiced minus ordered price, times quantity, in its currency."
    )
    quantity_variance: Mapped[Decimal] = mapped_column(
        doc="What is invoiced beyond what was received and not yet invoiced, in base units."
    )
    explanation: Mapped[str] = mapped_column(doc="The comparison in words.")

    __table_args__ = (
        entity_key("invoice_id", "supplier_invoice"),
        entity_key("purchase_order_line_id", "purchase_order_line"),
        Index("uq_supplier_invoice_line_number", "entity_id", "invoice_id", "line_number", unique=True),
        Index("ix_supplier_invoice_line_order_line", "entity_id", "purchase_order_line_id"),
        one_of("match_result", MatchResult),
        CheckConstraint("quantity > 0 AND unit_price >= 0 AND amount >= 0", name="quantity_positive"),
        table_class(TableClass.ENTITY_OWNED),
    )

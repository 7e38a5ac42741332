"""The tables of price lists, supplier prices and exchange rates."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, EntityOwned, Shared, TableClass, Versioned, entity_key, table_class
from masterdata.entities.model import of_legal_entity


class PriceList(EntityOwned, Versioned, Base):
    """A list of selling prices of an entity, in one currency."""

    __tablename__ = "price_list"

    code: Mapped[str] = mapped_column(doc="The code, unique in the entity.")
    name: Mapped[str] = mapped_column(doc="The name.")
    currency: Mapped[str] = mapped_column(doc="The currency of its prices (ISO 4217).")
    priority: Mapped[int] = mapped_column(
        Integer, server_default="100", doc="Which list wins where several price an item: the lowest."
    )

    __table_args__ = (
        of_legal_entity(),
        Index("uq_price_list_entity_id_code", "entity_id", "code", unique=True),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        table_class(TableClass.ENTITY_MASTER),
    )


class Price(EntityOwned, Versioned, Base):
    """What one base unit of an item costs a customer, from a date and a quantity on."""

    __tablename__ = "price"

    price_list_id: Mapped[UUID] = mapped_column(doc="The list.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    minimum_quantity: Mapped[Decimal] = mapped_column(
        server_default="0", doc="From how many base units on the price holds."
    )
    valid_from: Mapped[date] = mapped_column(doc="The first day on which it holds.")
    amount: Mapped[Decimal] = mapped_column(doc="The price of one base unit, in the list's currency.")

    __table_args__ = (
        entity_key("price_list_id", "price_list"),
        Index("uq_price_line", "entity_id", "item_id", "price_list_id", "minimum_quantity", "valid_from", unique=True),
        Index("ix_price_list_line", "entity_id", "price_list_id", "item_id", "minimum_quantity", "valid_from"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        table_class(TableClass.ENTITY_MASTER),
    )


class SupplierPrice(EntityOwned, Versioned, Base):
    """On which terms an entity buys an item from a supplier."""

    __tablename__ = "supplier_price"

    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("supplier.id"), doc="The supplier.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    amount: Mapped[Decimal] = mapped_column(doc="The price of one base unit, in `currency`.")
    currency: Mapped[str] = mapped_column(doc="The currency of the price (ISO 4217).")
    minimum_quantity: Mapped[Decimal] = mapped_column(
        server_default="0", doc="The least that can be ordered, in base units."
    )
    order_multiple: Mapped[Decimal] = mapped_column(
        server_default="1", doc="Orders are whole multiples of this, in base units."
    )
    lead_time_days: Mapped[int] = mapped_column(Integer, doc="Days from order to delivery.")

    __table_args__ = (
        of_legal_entity(),
        Index("uq_supplier_price_line", "entity_id", "item_id", "supplier_id", unique=True),
        Index("ix_supplier_price_entity_id_supplier_id", "entity_id", "supplier_id", "item_id"),
        CheckConstraint("amount >= 0 AND minimum_quantity >= 0 AND order_multiple > 0", name="terms_not_negative"),
        CheckConstraint("lead_time_days >= 0", name="lead_time_days_not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        table_class(TableClass.ENTITY_MASTER),
    )


class ExchangeRate(Shared, Versioned, Base):
    """What one unit of a currency was worth in another, from a day on."""

    __tablename__ = "exchange_rate"

    from_currency: Mapped[str] = mapped_column(doc="The currency converted from (ISO 4217).")
    to_currency: Mapped[str] = mapped_column(doc="The currency converted to (ISO 4217).")
    valid_from: Mapped[date] = mapped_column(doc="The first day on which it holds.")
    rate: Mapped[Decimal] = mapped_column(doc="How many of `to_currency` one of `from_currency` is worth.")

    __table_args__ = (
        Index("uq_exchange_rate_day", "from_currency", "to_currency", "valid_from", unique=True),
        CheckConstraint("rate > 0", name="rate_positive"),
        table_class(TableClass.SHARED_MASTER),
    )

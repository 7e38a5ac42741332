"""The tables of inventory."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.inventory.lifecycle import RESERVATION_STATUS, DemandKind, SupplyKind
from kernel.tables import Base, EntityOwned, Mutability, TableClass, entity_key, one_of, table_class


class Movement(EntityOwned, Base):
    """Goods went from one location to another: append-only, double entry."""

    __tablename__ = "movement"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    from_location_id: Mapped[UUID] = mapped_column(doc="Where it came from.")
    to_location_id: Mapped[UUID] = mapped_column(doc="Where it went.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much, in base units.")
    value: Mapped[Decimal] = mapped_column(doc="What it was worth, in the entity's currency.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    effective_at: Mapped[datetime] = mapped_column(doc="When it happened.")
    recorded_at: Mapped[datetime] = mapped_column(doc="When it was recorded.")
    document_type: Mapped[str] = mapped_column(doc="The public type of the document behind it.")
    document_id: Mapped[UUID] = mapped_column(doc="The document behind it.")
    line_id: Mapped[UUID | None] = mapped_column(doc="The line of the document.")
    actor: Mapped[str] = mapped_column(doc="Who recorded it.")
    reference: Mapped[str | None] = mapped_column(doc="A key of the system that it was taken from, taken once.")

    __table_args__ = (
        entity_key("from_location_id", "location"),
        entity_key("to_location_id", "location"),
        Index("uq_movement_entity_id_reference", "entity_id", "reference", unique=True),
        Index("ix_movement_entity_id_recorded_at", "entity_id", "recorded_at", "id"),
        Index("ix_movement_entity_id_item_id", "entity_id", "item_id", "recorded_at", "id"),
        Index("ix_movement_entity_id_document_id", "entity_id", "document_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("from_location_id <> to_location_id", name="between_two_places"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )


class SiteBalance(EntityOwned, Base):
    """What a site has of an item, and how much of it is promised. Promising locks this row only."""

    __tablename__ = "site_balance"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="The site.")
    on_hand: Mapped[Decimal] = mapped_column(server_default="0", doc="What is there, in base units.")
    held: Mapped[Decimal] = mapped_column(
        server_default="0", doc="What is there but may not be promised, in base units."
    )
    reserved: Mapped[Decimal] = mapped_column(server_default="0", doc="What is promised to orders, in base units.")

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_site_balance_entity_id_item_id_site_id", "entity_id", "item_id", "site_id", unique=True),
        Index("ix_site_balance_entity_id_site_id_item_id", "entity_id", "site_id", "item_id"),
        CheckConstraint("held >= 0 AND reserved >= 0 AND reserved + held <= on_hand", name="no_oversell"),
        table_class(TableClass.ENTITY_OWNED, offered=True),
    )


class BinBalance(EntityOwned, Base):
    """What a location inside a site has of an item."""

    __tablename__ = "bin_balance"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="The site that the location belongs to.")
    location_id: Mapped[UUID] = mapped_column(doc="The location.")
    on_hand: Mapped[Decimal] = mapped_column(server_default="0", doc="What is there, in base units.")
    held: Mapped[Decimal] = mapped_column(server_default="0", doc="What is there but may not be used, in base units.")
    pinned: Mapped[Decimal] = mapped_column(server_default="0", doc="What is set aside for a pick, in base units.")

    __table_args__ = (
        entity_key("site_id", "location"),
        entity_key("location_id", "location"),
        Index("uq_bin_balance_entity_id_item_id_location_id", "entity_id", "item_id", "location_id", unique=True),
        Index("ix_bin_balance_entity_id_site_id_item_id", "entity_id", "site_id", "item_id"),
        Index("ix_bin_balance_entity_id_location_id_item_id", "entity_id", "location_id", "item_id"),
        CheckConstraint("held >= 0 AND pinned >= 0 AND pinned + held <= on_hand", name="no_overpick"),
        table_class(TableClass.ENTITY_OWNED),
    )


class Supply(EntityOwned, Base):
    """Goods expected at a site: the open quantity of a purchase or transfer line."""

    __tablename__ = "supply"

    kind: Mapped[str] = mapped_column(doc="What will bring it: purchase_order_line or transfer_order_line.")
    document_id: Mapped[UUID] = mapped_column(doc="The document that will bring it.")
    line_id: Mapped[UUID] = mapped_column(doc="The line of the document.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="Where it will arrive.")
    expected_date: Mapped[date] = mapped_column(doc="When it is expected.")
    open_quantity: Mapped[Decimal] = mapped_column(doc="What has not arrived yet, in base units.")
    pegged: Mapped[Decimal] = mapped_column(
        server_default="0", doc="How much of it is promised to demands, in base units."
    )

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_supply_entity_id_line_id", "entity_id", "line_id", unique=True),
        Index("ix_supply_entity_id_item_id", "entity_id", "item_id", "expected_date", "id"),
        Index(
            "ix_supply_open",
            "entity_id",
            "item_id",
            "site_id",
            "expected_date",
            postgresql_where=text("open_quantity > 0"),
        ),
        one_of("kind", SupplyKind),
        CheckConstraint("pegged >= 0 AND pegged <= open_quantity", name="no_overpromise"),
        table_class(TableClass.ENTITY_OWNED),
    )


class Demand(EntityOwned, Base):
    """Goods wanted from a site: the open quantity of an order line. A backorder is a demand, never negative stock."""

    __tablename__ = "demand"

    kind: Mapped[str] = mapped_column(doc="What wants it: sales_order_line or transfer_order_line.")
    document_id: Mapped[UUID] = mapped_column(doc="The document that wants it.")
    line_id: Mapped[UUID] = mapped_column(doc="The line of the document.")
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="From which site.")
    due_date: Mapped[date] = mapped_column(doc="When it is wanted.")
    priority: Mapped[int] = mapped_column(Integer, doc="Who is served first when goods arrive: the lower number.")
    promised_at: Mapped[datetime] = mapped_column(doc="When it was accepted; the earlier is served first.")
    open_quantity: Mapped[Decimal] = mapped_column(doc="What has not been shipped yet, in base units.")
    reserved: Mapped[Decimal] = mapped_column(server_default="0", doc="How much is reserved on stock, in base units.")
    pegged: Mapped[Decimal] = mapped_column(
        server_default="0", doc="How much is pegged to expected supply, in base units."
    )

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_demand_entity_id_line_id", "entity_id", "line_id", unique=True),
        Index("ix_demand_entity_id_document_id", "entity_id", "document_id"),
        Index("ix_demand_entity_id_item_id", "entity_id", "item_id", "due_date", "id"),
        Index(
            "ix_demand_waiting",
            "entity_id",
            "item_id",
            "site_id",
            "priority",
            "promised_at",
            postgresql_where=text("open_quantity > reserved"),
        ),
        one_of("kind", DemandKind),
        CheckConstraint("reserved >= 0 AND pegged >= 0 AND reserved + pegged <= open_quantity", name="covered_once"),
        table_class(TableClass.ENTITY_OWNED),
    )


class Reservation(EntityOwned, Base):
    """A promise of stock (no supply) or of expected supply (a peg) to a demand."""

    __tablename__ = "reservation"

    demand_id: Mapped[UUID] = mapped_column(doc="The demand that it is promised to.")
    supply_id: Mapped[UUID | None] = mapped_column(doc="The supply that it is pegged to; empty when it is on stock.")
    item_id: Mapped[UUID] = mapped_column(doc="The item; its demand refers to it.")
    site_id: Mapped[UUID] = mapped_column(doc="The site; its demand refers to it.")
    quantity: Mapped[Decimal] = mapped_column(doc="How much was promised, in base units.")
    open_quantity: Mapped[Decimal] = mapped_column(doc="How much of it still stands, in base units.")
    status: Mapped[str] = mapped_column(
        server_default=RESERVATION_STATUS.initial,
        doc="active, consumed or released.",
    )
    reserved_at: Mapped[datetime] = mapped_column(doc="When it was made.")

    __table_args__ = (
        entity_key("demand_id", "demand"),
        entity_key("supply_id", "supply"),
        Index("ix_reservation_entity_id_demand_id", "entity_id", "demand_id", "reserved_at", "id"),
        Index(
            "ix_reservation_entity_id_supply_id",
            "entity_id",
            "supply_id",
            postgresql_where=text("supply_id IS NOT NULL AND status = 'active'"),
        ),
        Index(
            "ix_reservation_entity_id_item_id_site_id",
            "entity_id",
            "item_id",
            "site_id",
            postgresql_where=text("status = 'active'"),
        ),
        one_of("status", RESERVATION_STATUS.statuses),
        CheckConstraint("quantity > 0 AND open_quantity BETWEEN 0 AND quantity", name="open_quantity_within"),
        CheckConstraint("(status = 'active') = (open_quantity > 0)", name="active_while_open"),
        table_class(TableClass.ENTITY_OWNED),
    )


class AllocationDecision(EntityOwned, Base):
    """Why a demand got what it got: the inputs as they were, and the outcome. Append-only."""

    __tablename__ = "allocation_decision"

    document_id: Mapped[UUID] = mapped_column(doc="The document whose lines were decided.")
    decided_at: Mapped[datetime] = mapped_column(doc="When.")
    policy: Mapped[str] = mapped_column(doc="The allocation policy and its version.")
    inputs: Mapped[dict[str, Any]] = mapped_column(doc="What was wanted and what was there.")
    outcome: Mapped[dict[str, Any]] = mapped_column(doc="What each demand got, and why.")

    __table_args__ = (
        Index("ix_allocation_decision_entity_id_document_id", "entity_id", "document_id"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )

"""The tables of inventory policies and match tolerances."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, EntityOwned, TableClass, Versioned, entity_key, table_class
from masterdata.entities.model import of_legal_entity


class InventoryPolicy(EntityOwned, Versioned, Base):
    """How much of an item a site should keep."""

    __tablename__ = "inventory_policy"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    site_id: Mapped[UUID] = mapped_column(doc="The site.")
    reorder_level: Mapped[Decimal] = mapped_column(
        doc="In base units: below it the item is bought again, and no sister site may take from it."
    )

    __table_args__ = (
        entity_key("site_id", "location"),
        Index("uq_inventory_policy_line", "entity_id", "item_id", "site_id", unique=True),
        CheckConstraint("reorder_level >= 0", name="reorder_level_not_negative"),
        table_class(TableClass.ENTITY_MASTER, offered=True),
    )


class MatchTolerance(EntityOwned, Versioned, Base):
    """How far a supplier's invoice may be from order and receipt and still be posted without a person."""

    __tablename__ = "match_tolerance"

    price_percent: Mapped[Decimal] = mapped_column(
        doc="Allowed difference of the unit price, in percent of the order's."
    )
    quantity_percent: Mapped[Decimal] = mapped_column(
        doc="Allowed quantity above what was received and not yet invoiced, in percent."
    )

    __table_args__ = (
        of_legal_entity(),
        Index("uq_match_tolerance_entity_id", "entity_id", unique=True),
        CheckConstraint("price_percent >= 0 AND quantity_percent >= 0", name="not_negative"),
        table_class(TableClass.ENTITY_MASTER),
    )

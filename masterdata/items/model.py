"""The tables of items and their units."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, one_of, table_class, trigram_index
from masterdata.items.lifecycle import ITEM_STATUS, Tracking, ValuationMethod

_PRINTED_GTIN = (
    "CASE WHEN gtin LIKE '000000%' THEN right(gtin, 8) WHEN gtin LIKE '00%' THEN right(gtin, 12)"
    " WHEN gtin LIKE '0%' THEN right(gtin, 13) ELSE gtin END"
)


class Item(Shared, Versioned, Base):
    """Something that is bought, kept and sold. Its stock is counted in its base unit."""

    __tablename__ = "item"

    sku: Mapped[str] = mapped_column(doc="The stock keeping unit: the item's code, unique in the group.")
    name: Mapped[str] = mapped_column(doc="The name.")
    name_normalised: Mapped[str] = mapped_column(Computed("lower(name)", persisted=True), doc="The name in lower case.")
    category: Mapped[str | None] = mapped_column(doc="The category, for policies and reports.")
    gtin: Mapped[str | None] = mapped_column(doc="The Global Trade Item Number (GS1), filled with zeros to 14 digits.")
    gtin_printed: Mapped[str | None] = mapped_column(
        Computed(_PRINTED_GTIN, persisted=True), doc="The GTIN with the 8, 12, 13 or 14 digits that are printed of it."
    )
    unspsc: Mapped[str | None] = mapped_column(doc="The class of goods by UNSPSC, eight digits.")
    country_of_origin: Mapped[str | None] = mapped_column(doc="Where it was made (ISO 3166-1 alpha-2).")
    net_weight: Mapped[Decimal | None] = mapped_column(doc="The weight of one base unit without its packing.")
    gross_weight: Mapped[Decimal | None] = mapped_column(doc="The weight of one base unit with its packing.")
    weight_unit: Mapped[str | None] = mapped_column(doc="The unit of both weights (UN/ECE Rec 20), such as KGM.")
    length: Mapped[Decimal | None] = mapped_column(doc="The length of one base unit with its packing.")
    width: Mapped[Decimal | None] = mapped_column(doc="The width of it.")
    height: Mapped[Decimal | None] = mapped_column(doc="The height of it.")
    size_unit: Mapped[str | None] = mapped_column(doc="The unit of length, width and height, such as MMT.")
    base_unit: Mapped[str] = mapped_column(doc="The unit in which stock is counted (UN/ECE Rec 20).")
    base_increment: Mapped[Decimal] = mapped_column(
        server_default="1", doc="The smallest quantity that exists, in the base unit."
    )
    tracking: Mapped[str] = mapped_column(server_default="none", doc="none, lot or serial.")
    valuation_method: Mapped[str] = mapped_column(server_default="moving_average", doc="How stock is valued.")
    status: Mapped[str] = mapped_column(server_default=ITEM_STATUS.initial, doc="Whether it may be bought and sold.")
    is_published: Mapped[bool] = mapped_column(
        server_default=false(), doc="Whether partners may see and order it: it is part of the published assortment."
    )

    __table_args__ = (
        Index("uq_item_sku", "sku", unique=True),
        Index("ix_item_name_normalised", "name_normalised", "id"),
        Index("ix_item_category", "category", "sku"),
        Index("uq_item_gtin", "gtin", unique=True),
        Index("ix_item_status", "status", "sku"),
        trigram_index("ix_item_search", "lower(sku)", "name_normalised"),
        CheckConstraint("base_increment > 0", name="base_increment_positive"),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin_form"),
        CheckConstraint("net_weight > 0 AND gross_weight > 0 AND gross_weight >= net_weight", name="weights_in_order"),
        CheckConstraint("length > 0 AND width > 0 AND height > 0", name="size_positive"),
        one_of("tracking", Tracking),
        one_of("valuation_method", ValuationMethod),
        one_of("status", ITEM_STATUS.statuses),
        UniqueConstraint("id", "is_published"),
        table_class(TableClass.SHARED_MASTER, published="is_published", item="id"),
    )


class ItemUnit(Shared, Base):
    """Another unit of an item: one of it is `numerator / denominator` base units, exactly."""

    __tablename__ = "item_unit"

    item_id: Mapped[UUID] = mapped_column(doc="The item.")
    is_published: Mapped[bool] = mapped_column(
        server_default=false(), doc="Whether its item is published: row security asks the unit itself."
    )
    unit: Mapped[str] = mapped_column(doc="The unit (UN/ECE Rec 20).")
    numerator: Mapped[int] = mapped_column(doc="The factor's numerator.")
    denominator: Mapped[int] = mapped_column(server_default="1", doc="The factor's denominator.")

    __table_args__ = (
        Index("uq_item_unit_item_id_unit", "item_id", "unit", unique=True),
        CheckConstraint("numerator > 0 AND denominator > 0", name="factor_positive"),
        # PostgreSQL keeps both equal, whichever changes.
        ForeignKeyConstraint(["item_id", "is_published"], ["item.id", "item.is_published"], onupdate="CASCADE"),
        table_class(TableClass.SHARED_MASTER, published="is_published", item="item_id"),
    )

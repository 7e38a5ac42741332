"""The tables of locations and lanes."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, EntityOwned, TableClass, Versioned, entity_key, one_of, table_class
from masterdata.entities.model import of_legal_entity
from masterdata.locations.kinds import VIRTUAL_KINDS, LocationKind

_VIRTUAL = ", ".join(f"'{kind}'" for kind in VIRTUAL_KINDS)


class Location(EntityOwned, Versioned, Base):
    """A place of an entity. In-transit and quarantine places are sites of their own kind, never promised from."""

    __tablename__ = "location"

    code: Mapped[str] = mapped_column(doc="The code, unique in the entity.")
    name: Mapped[str] = mapped_column(doc="The name.")
    kind: Mapped[str] = mapped_column(doc="site, zone, bin, in_transit, quarantine, supplier, customer or adjustment.")
    parent_id: Mapped[UUID | None] = mapped_column(doc="The location that it lies in.")
    site_id: Mapped[UUID | None] = mapped_column(
        doc="The site that it belongs to; a site's is itself; virtual places have none."
    )
    priority: Mapped[int] = mapped_column(
        Integer,
        server_default="100",
        doc="The order in which sites serve and bins are filled and picked: lowest first.",
    )

    __table_args__ = (
        of_legal_entity(),
        entity_key("parent_id", "location"),
        entity_key("site_id", "location"),
        Index("uq_location_entity_id_code", "entity_id", "code", unique=True),
        Index("ix_location_entity_id_site_id", "entity_id", "site_id", "priority", "code"),
        Index("ix_location_entity_id_parent_id", "entity_id", "parent_id", "code"),
        Index("ix_location_entity_id_kind", "entity_id", "kind", "code"),
        one_of("kind", LocationKind),
        CheckConstraint(f"(site_id IS NULL) = (kind IN ({_VIRTUAL}))", name="only_virtual_places_have_no_site"),
        table_class(TableClass.ENTITY_MASTER, offered=True),
    )


class Lane(EntityOwned, Versioned, Base):
    """A way by which goods travel from one site to another, with its time and cost."""

    __tablename__ = "lane"

    from_site_id: Mapped[UUID] = mapped_column(doc="Where it starts.")
    to_site_id: Mapped[UUID] = mapped_column(doc="Where it ends.")
    lead_time_days: Mapped[int] = mapped_column(Integer, doc="Days from departure to arrival.")
    cost_per_unit: Mapped[Decimal] = mapped_column(doc="Freight per base unit, in the entity's currency.")

    __table_args__ = (
        entity_key("from_site_id", "location"),
        entity_key("to_site_id", "location"),
        Index("uq_lane_entity_id_from_site_id_to_site_id", "entity_id", "from_site_id", "to_site_id", unique=True),
        CheckConstraint("from_site_id <> to_site_id", name="between_two_sites"),
        CheckConstraint("lead_time_days >= 0 AND cost_per_unit >= 0", name="time_and_cost_not_negative"),
        table_class(TableClass.ENTITY_MASTER),
    )

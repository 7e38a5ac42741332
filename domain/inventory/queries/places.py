"""Statements on the places where goods come in."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from authz.actor import Actor
from kernel.db import among
from kernel.operation import Operation
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())
_SITE = bindparam("site", type_=Uuid())
_INBOUND_KINDS = ("site", "zone", "bin")

_PLACES = (
    select(Location.id, Location.kind)
    .where(
        Location.entity_id == _ENTITY,
        or_(Location.kind == "supplier", (Location.site_id == _SITE) & among(Location.kind, _INBOUND_KINDS)),
    )
    .order_by(Location.kind != "bin", Location.kind != "zone", Location.priority, Location.code)
)


@dataclass(frozen=True)
class InboundPlaces:
    """Where goods come from, and where at a site they can be put: its bins first, then its zones, then itself."""

    supplier_id: UUID
    location_ids: tuple[UUID, ...]


async def gather_inbound_places(op: Operation[Actor], entity_id: UUID, site_id: UUID) -> InboundPlaces:
    """The supplier place of the entity, and the places of the site in the order in which they are filled."""
    rows = (await op.execute(_PLACES, {"entity": entity_id, "site": site_id})).all()
    suppliers = [row.id for row in rows if row.kind == "supplier"]
    assert suppliers, "every entity has a supplier place"
    return InboundPlaces(suppliers[0], tuple(row.id for row in rows if row.kind != "supplier"))

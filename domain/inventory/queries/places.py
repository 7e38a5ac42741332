"""Statements on the places where goods come in and go out."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from authz.actor import Actor
from kernel.db import among
from kernel.operation import Operation
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())
_SITE = bindparam("site", type_=Uuid())
_INBOUND_KINDS = (LocationKind.SITE, LocationKind.ZONE, LocationKind.BIN)

_COUNTERPARTY = (
    select(Location.id)
    .where(Location.entity_id == _ENTITY, Location.kind == bindparam("kind", type_=Text()))
    .order_by(Location.code)
    .limit(1)
)
_PLACES = (
    select(Location.id)
    .where(Location.entity_id == _ENTITY, Location.site_id == _SITE, among(Location.kind, _INBOUND_KINDS))
    .order_by(Location.kind != LocationKind.BIN, Location.kind != LocationKind.ZONE, Location.priority, Location.code)
)


@dataclass(frozen=True)
class InboundPlaces:
    """Where goods come from, and where at a site they can be put: its bins first, then its zones, then itself."""

    supplier_id: UUID
    location_ids: tuple[UUID, ...]


async def gather_inbound_places(op: Operation[Actor], entity_id: UUID, site_id: UUID) -> InboundPlaces:
    """The supplier place of the entity, and the places of the site in the order in which they are filled."""
    rows = await op.execute(_PLACES, {"entity": entity_id, "site": site_id})
    return InboundPlaces(await gather_counterparty(op, entity_id, LocationKind.SUPPLIER), tuple(rows.scalars()))


async def gather_counterparty(op: Operation[Actor], entity_id: UUID, kind: LocationKind) -> UUID:
    """The entity's virtual place where goods of this kind of counterparty come from or go to."""
    place_id: UUID = (await op.execute(_COUNTERPARTY, {"entity": entity_id, "kind": kind})).scalar_one()
    return place_id

"""Statements for opening stock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from authz.actor import Actor
from domain.inventory.model import Movement
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())

_CURRENCY = select(LegalEntity.currency).where(LegalEntity.id == _ENTITY)
_ADJUSTMENT = (
    select(Location.id)
    .where(Location.entity_id == _ENTITY, Location.kind == "adjustment")
    .order_by(Location.code)
    .limit(1)
)
_SITES = select(Location.id, Location.site_id).where(
    Location.entity_id == _ENTITY, any_of(Location.id, "locations"), Location.site_id.is_not(None)
)
_TAKEN = select(Movement.reference).where(
    Movement.entity_id == _ENTITY, any_of(Movement.reference, "references", Text())
)


@dataclass(frozen=True)
class OpeningPlaces:
    """Where opening stock comes from and goes to: the adjustment place, and the sites of the named locations."""

    currency: str
    adjustment_id: UUID
    sites: Mapping[UUID, UUID]


async def gather_places(op: Operation[Actor], entity_id: UUID, location_ids: Collection[UUID]) -> OpeningPlaces:
    """The entity's currency, its adjustment place, and the sites of those locations that can hold stock."""
    currency = (await op.execute(_CURRENCY, {"entity": entity_id})).scalar_one()
    adjustment_id = (await op.execute(_ADJUSTMENT, {"entity": entity_id})).scalar_one()
    rows = await op.execute(_SITES, {"entity": entity_id, "locations": sorted(location_ids)})
    return OpeningPlaces(currency, adjustment_id, {row.id: row.site_id for row in rows})


async def taken_references(op: Operation[Actor], entity_id: UUID, references: Collection[str]) -> set[str]:
    """Which of the references a movement carries already."""
    rows = await op.execute(_TAKEN, {"entity": entity_id, "references": sorted(references)})
    return set(rows.scalars())

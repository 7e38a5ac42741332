"""Statements for opening stock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from authz.actor import Actor
from domain.inventory.model import Movement
from domain.inventory.queries.places import gather_counterparty
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.entities.queries import Books, gather_books
from masterdata.items.model import Item
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())

_INCREMENTS = select(Item.id, Item.base_increment).where(any_of(Item.id, "items"))
_SITES = select(Location.id, Location.site_id).where(
    Location.entity_id == _ENTITY, any_of(Location.id, "locations"), Location.site_id.is_not(None)
)
_TAKEN = select(Movement.reference).where(
    Movement.entity_id == _ENTITY, any_of(Movement.reference, "references", Text())
)


@dataclass(frozen=True)
class OpeningTerms:
    """Where opening stock comes from and goes to: the adjustment place, and the sites of the named locations.

    increments: those of the named items that exist.
    """

    books: Books
    adjustment_id: UUID
    sites: Mapping[UUID, UUID]
    increments: Mapping[UUID, Decimal]


async def gather_opening(
    op: Operation[Actor], entity_id: UUID, *, location_ids: Collection[UUID], item_ids: Collection[UUID]
) -> OpeningTerms:
    """How the entity books, its adjustment place, the sites of locations that can hold stock, the items' increments."""
    sites = await op.execute(_SITES, {"entity": entity_id, "locations": sorted(location_ids)})
    increments = await op.execute(_INCREMENTS, {"items": sorted(item_ids)})
    return OpeningTerms(
        books=await gather_books(op, entity_id),
        adjustment_id=await gather_counterparty(op, entity_id, LocationKind.ADJUSTMENT),
        sites={row.id: row.site_id for row in sites},
        increments={row.id: row.base_increment for row in increments},
    )


async def taken_references(op: Operation[Actor], entity_id: UUID, references: Collection[str]) -> set[str]:
    """Which of the references a movement carries already."""
    rows = await op.execute(_TAKEN, {"entity": entity_id, "references": sorted(references)})
    return set(rows.scalars())

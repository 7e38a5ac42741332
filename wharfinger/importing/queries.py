"""What an import asks of the database: who the other system's keys are by now, and what there is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from domain.inventory.model import Movement
from domain.orders.model import SalesOrder
from kernel.db import any_of
from kernel.opening import Driver
from kernel.statements import fetch
from masterdata.entities.model import LegalEntity
from masterdata.governance.model import KeyMapping
from masterdata.items.model import Item
from masterdata.locations.model import Location

_ENTITY = select(LegalEntity.id, LegalEntity.currency).where(LegalEntity.code == bindparam("of_code", type_=Text()))
_KEYS = select(KeyMapping.external_key, KeyMapping.object_id).where(
    KeyMapping.source_system == bindparam("system", type_=Text()),
    KeyMapping.noun == bindparam("of_noun", type_=Text()),
)
_INCREMENTS = (
    select(Item.id, Item.base_increment)
    .join(KeyMapping, KeyMapping.object_id == Item.id)
    .where(KeyMapping.source_system == bindparam("system", type_=Text()), KeyMapping.noun == "item")
)
_LOCATIONS = select(Location.code, Location.id).where(Location.entity_id == bindparam("entity", type_=Uuid()))

_STOCK_TAKEN = select(Movement.reference).where(
    Movement.entity_id == bindparam("entity", type_=Uuid()), any_of(Movement.reference, "references", Text())
)
_ORDERS_TAKEN = select(SalesOrder.external_reference).where(
    SalesOrder.entity_id == bindparam("entity", type_=Uuid()),
    any_of(SalesOrder.external_reference, "references", Text()),
)


@dataclass(frozen=True)
class KnownEntity:
    """A legal entity that exists."""

    id: UUID
    currency: str


@dataclass(frozen=True)
class Known:
    """What the keys of the other system mean here."""

    items: Mapping[str, UUID]
    customers: Mapping[str, UUID]
    increments: Mapping[UUID, Decimal]
    locations: Mapping[str, UUID]


async def find_entity(driver: Driver, code: str) -> KnownEntity | None:
    """The legal entity with this code."""
    row = (await fetch(driver, _ENTITY, {"of_code": code})).one_or_none()
    return KnownEntity(row.id, row.currency) if row else None


async def gather_known(driver: Driver, *, system: str, entity_id: UUID) -> Known:
    """The items and customers that the system has keys for, and the places of the entity."""
    increments = await fetch(driver, _INCREMENTS, {"system": system})
    locations = await fetch(driver, _LOCATIONS, {"entity": entity_id})
    return Known(
        items=await _keys(driver, system, "item"),
        customers=await _keys(driver, system, "customer"),
        increments={row.id: row.base_increment for row in increments},
        locations={row.code: row.id for row in locations},
    )


async def stock_taken(driver: Driver, entity_id: UUID, references: Collection[str]) -> set[str]:
    """Which of the references opened stock already."""
    rows = await fetch(driver, _STOCK_TAKEN, {"entity": entity_id, "references": sorted(references)})
    return {str(reference) for reference in rows.scalars()}


async def orders_taken(driver: Driver, entity_id: UUID, references: Collection[str]) -> set[str]:
    """Which of the references an order carries already."""
    rows = await fetch(driver, _ORDERS_TAKEN, {"entity": entity_id, "references": sorted(references)})
    return {str(reference) for reference in rows.scalars()}


async def _keys(driver: Driver, system: str, noun: str) -> Mapping[str, UUID]:
    rows = await fetch(driver, _KEYS, {"system": system, "of_noun": noun})
    return {row.external_key: row.object_id for row in rows}

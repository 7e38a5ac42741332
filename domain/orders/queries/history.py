"""Every statement of orders that are taken over from an older system."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Executable, Numeric, Text, Uuid, bindparam, literal, select
from sqlalchemy.dialects.postgresql import insert

from authz.actor import Actor
from domain.orders.lifecycle import OrderStatus, WhenShort
from domain.orders.model import SalesOrder
from kernel.db import GivenRows, any_of
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity
from masterdata.items.model import Item
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location
from masterdata.parties.model import Customer

_ENTITY = bindparam("entity", type_=Uuid())

_SETTING = (
    select(LegalEntity.currency, Location.id.label("site_id"))
    .outerjoin(
        Location,
        (Location.entity_id == _ENTITY)
        & (Location.kind == LocationKind.SITE)
        & (Location.id == bindparam("site", type_=Uuid())),
    )
    .where(LegalEntity.id == _ENTITY)
)
_UNITS = select(Item.id, Item.base_unit).where(any_of(Item.id, "items"))
_CUSTOMERS = select(Customer.id).where(any_of(Customer.id, "customers"))

_TAKEN = GivenRows(
    "taken",
    id=Uuid(),
    customer_id=Uuid(),
    total=Numeric(),
    requested_date=Date(),
    placed_at=DateTime(timezone=True),
    external_reference=Text(),
)


def _insert_statement() -> Executable:
    """An order whose reference is there already is passed over, also when another import is writing it right now."""
    same: dict[str, ColumnElement[Any]] = {
        "entity_id": _ENTITY,
        "site_id": bindparam("site", type_=Uuid()),
        "currency": bindparam("of_currency", type_=Text()),
        "status": literal(OrderStatus.CLOSED, Text()),
        "when_short": literal(WhenShort.BACKORDER, Text()),
    }
    return (
        insert(SalesOrder)
        .from_select(
            [*same, *_TAKEN.names],
            select(*same.values(), *_TAKEN.c).order_by(_TAKEN.c.external_reference),
            include_defaults=False,
        )
        .on_conflict_do_nothing(index_elements=["entity_id", "external_reference"])
        .returning(SalesOrder.id)
    )


_INSERT = _insert_statement()


@dataclass(frozen=True)
class HistorySetting:
    """What holds for all orders taken over: `site_id` is None where the site does not exist."""

    currency: str
    site_id: UUID | None


@dataclass(frozen=True)
class TakenOrder:
    """The head of an order to be taken over."""

    id: UUID
    customer_id: UUID
    total: Decimal
    requested_date: date
    placed_at: datetime
    external_reference: str


async def gather_setting(op: Operation[Actor], *, entity_id: UUID, site_id: UUID) -> HistorySetting:
    """The entity's currency, and whether the site is one of its own."""
    row = (await op.execute(_SETTING, {"entity": entity_id, "site": site_id})).one()
    return HistorySetting(row.currency, row.site_id)


async def gather_base_units(op: Operation[Actor], item_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The base units of the items that exist."""
    return {row.id: row.base_unit for row in await op.execute(_UNITS, {"items": sorted(item_ids)})}


async def gather_customers(op: Operation[Actor], customer_ids: Collection[UUID]) -> set[UUID]:
    """Which of the customers exist."""
    return set((await op.execute(_CUSTOMERS, {"customers": sorted(customer_ids)})).scalars())


async def insert_taken_orders(
    op: Operation[Actor], entity_id: UUID, orders: Sequence[TakenOrder], *, setting: HistorySetting
) -> set[UUID]:
    """Writes the heads whose references are new; answers which these were."""
    rows: list[tuple[Any, ...]] = [
        (each.id, each.customer_id, each.total, each.requested_date, each.placed_at, each.external_reference)
        for each in orders
    ]
    named = {"entity": entity_id, "site": setting.site_id, "of_currency": setting.currency}
    return set((await op.execute(_INSERT, {**named, **_TAKEN.parameters(rows)})).scalars())

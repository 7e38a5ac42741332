"""Every statement of sourcing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    null,
    select,
    update,
)

from authz.actor import Actor
from domain.finance.model import ValuationLayer
from domain.inventory.model import SiteBalance
from domain.inventory.rules import StockKey
from domain.sourcing.lifecycle import OPEN_SHORTAGE, OptionStatus, ShortageStatus
from domain.sourcing.model import Shortage, SourcingOption
from domain.sourcing.rules import Giver, OfferedOption, OpenShortage, Seller
from kernel.db import GivenRows, among, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from masterdata.items.lifecycle import ItemStatus
from masterdata.items.model import Item
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Lane, Location
from masterdata.parties.lifecycle import PartyStatus
from masterdata.parties.model import Supplier
from masterdata.policies.model import InventoryPolicy
from masterdata.prices.model import ExchangeRate, SupplierPrice

_SHORT = GivenRows("short", item_id=Uuid(), site_id=Uuid())
_ENTITY = bindparam("entity", type_=Uuid())
_ZERO = Decimal(0)

FREE = (SiteBalance.on_hand - SiteBalance.held - SiteBalance.reserved).label("free")
"""What a site could give away ..."""
REORDER_LEVEL = func.coalesce(InventoryPolicy.reorder_level, _ZERO).label("reorder_level")
"""... and what it keeps by its policy, where it has one."""

_GIVERS = (
    select(
        SiteBalance.site_id,
        Location.code.label("site_code"),
        Lane.to_site_id,
        SiteBalance.item_id,
        Item.base_increment.label("increment"),
        FREE,
        REORDER_LEVEL,
        case((ValuationLayer.quantity > 0, ValuationLayer.value / ValuationLayer.quantity), else_=_ZERO).label(
            "unit_cost"
        ),
        Lane.lead_time_days,
        Lane.cost_per_unit,
    )
    .select_from(_SHORT.rows)
    .join(Lane, and_(Lane.entity_id == _ENTITY, Lane.to_site_id == _SHORT.c.site_id))
    .join(
        Location,
        and_(Location.entity_id == _ENTITY, Location.id == Lane.from_site_id, Location.kind == LocationKind.SITE),
    )
    .join(
        SiteBalance,
        and_(
            SiteBalance.entity_id == _ENTITY,
            SiteBalance.item_id == _SHORT.c.item_id,
            SiteBalance.site_id == Lane.from_site_id,
        ),
    )
    .join(Item, Item.id == SiteBalance.item_id)
    .outerjoin(
        InventoryPolicy,
        and_(
            InventoryPolicy.entity_id == _ENTITY,
            InventoryPolicy.item_id == SiteBalance.item_id,
            InventoryPolicy.site_id == SiteBalance.site_id,
        ),
    )
    .outerjoin(ValuationLayer, and_(ValuationLayer.entity_id == _ENTITY, ValuationLayer.item_id == SiteBalance.item_id))
    .order_by(SiteBalance.item_id, SiteBalance.site_id)
)


def exchange_rate(from_currency: Any, to_currency: Any, on: Any) -> Any:
    """A scalar subquery: what one of `from_currency` is worth in `to_currency` on a day; NULL where nobody says."""
    newest = (
        select(ExchangeRate.rate)
        .where(
            ExchangeRate.from_currency == from_currency,
            ExchangeRate.to_currency == to_currency,
            ExchangeRate.valid_from <= on,
        )
        .order_by(ExchangeRate.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((from_currency == to_currency, Decimal(1)), else_=newest)


def _sellers_statement() -> Select[Any]:
    rate = exchange_rate(SupplierPrice.currency, bindparam("currency"), bindparam("today", type_=Date()))
    return (
        select(
            SupplierPrice.supplier_id,
            Supplier.code.label("supplier_code"),
            SupplierPrice.item_id,
            Item.base_increment.label("increment"),
            SupplierPrice.amount,
            SupplierPrice.currency,
            rate.label("rate"),
            SupplierPrice.minimum_quantity,
            SupplierPrice.order_multiple,
            SupplierPrice.lead_time_days,
        )
        .join(Supplier, Supplier.id == SupplierPrice.supplier_id)
        .join(Item, Item.id == SupplierPrice.item_id)
        .where(
            SupplierPrice.entity_id == _ENTITY,
            any_of(SupplierPrice.item_id, "items"),
            Supplier.status == PartyStatus.ACTIVE,
            Item.status == ItemStatus.ACTIVE,
            rate.is_not(None),
        )
        .order_by(SupplierPrice.item_id, SupplierPrice.supplier_id)
    )


_SELLERS = _sellers_statement()
_STILL_SELLS = select(
    exists().where(Supplier.id == bindparam("supplier", type_=Uuid()), Supplier.status == PartyStatus.ACTIVE)
    & exists().where(Item.id == bindparam("item", type_=Uuid()), Item.status == ItemStatus.ACTIVE)
)

_OPEN = (
    select(Shortage.id, Shortage.demand_id, Shortage.quantity, Shortage.status)
    .where(Shortage.entity_id == _ENTITY, any_of(Shortage.demand_id, "demands"), among(Shortage.status, OPEN_SHORTAGE))
    .order_by(Shortage.id)
)
_LOCK_OPEN = _OPEN.with_for_update(key_share=True)

_CHANGED = GivenRows("changed", shortage_id=Uuid(), status=Text(), quantity=Numeric())
_CHANGE = (
    update(Shortage)
    .where(Shortage.entity_id == _ENTITY, Shortage.id == _CHANGED.c.shortage_id)
    .values(
        status=_CHANGED.c.status,
        quantity=_CHANGED.c.quantity,
        resolved_at=case(
            (among(_CHANGED.c.status, OPEN_SHORTAGE), null()), else_=bindparam("at", type_=DateTime(timezone=True))
        ),
        version=Shortage.version + 1,
    )
)
_LAPSE = (
    update(SourcingOption)
    .where(
        SourcingOption.entity_id == _ENTITY,
        any_of(SourcingOption.shortage_id, "shortages"),
        SourcingOption.status == OptionStatus.OFFERED,
    )
    .values(status=OptionStatus.LAPSED)
)

_OPTION = (
    select(
        SourcingOption.id,
        SourcingOption.shortage_id,
        Shortage.demand_id,
        SourcingOption.kind,
        SourcingOption.status,
        func.coalesce(SourcingOption.from_site_id, SourcingOption.supplier_id).label("source_id"),
        SourcingOption.quantity,
        SourcingOption.inputs,
    )
    .join(Shortage, and_(Shortage.entity_id == _ENTITY, Shortage.id == SourcingOption.shortage_id))
    .where(SourcingOption.entity_id == _ENTITY, SourcingOption.id == bindparam("option", type_=Uuid()))
)
_CHOOSE = (
    update(SourcingOption)
    .where(SourcingOption.entity_id == _ENTITY, SourcingOption.id == bindparam("option", type_=Uuid()))
    .values(status=OptionStatus.CHOSEN)
)


async def gather_givers(
    op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]
) -> dict[StockKey, list[Giver]]:
    """The sister sites of the entity that have the items and a lane to the site, by what is short."""
    rows = await op.execute(_GIVERS, {"entity": entity_id, **_SHORT.parameters(sorted(set(keys)))})
    givers: defaultdict[StockKey, list[Giver]] = defaultdict(list)
    for row in rows.mappings():
        giver = Giver(**row)
        givers[StockKey(giver.item_id, giver.to_site_id)].append(giver)
    return givers


async def gather_sellers(
    op: Operation[Actor], entity_id: UUID, item_ids: Iterable[UUID], *, currency: str, today: date
) -> dict[UUID, list[Seller]]:
    """The active suppliers of active items with their terms; one whose currency has no rate is left out."""
    rows = await op.execute(
        _SELLERS, {"entity": entity_id, "items": sorted(set(item_ids)), "currency": currency, "today": today}
    )
    sellers: defaultdict[UUID, list[Seller]] = defaultdict(list)
    for row in rows.mappings():
        seller = Seller(**row)
        sellers[seller.item_id].append(seller)
    return sellers


async def still_sells(op: Operation[Actor], seller: Seller) -> bool:
    """Whether supplier and item may still be traded.

    Asked after the purchase order is inserted: its foreign keys hold both rows, so that whoever retires one either
    waits for the order and finds it, or was first and is found here.
    """
    given = {"supplier": seller.supplier_id, "item": seller.item_id}
    return bool((await op.execute(_STILL_SELLS, given)).scalar_one())


async def lock_shortages(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> None:
    """Locks the open shortages of these demands, in id order."""
    op.lock(LockRank.SHORTAGE)
    await op.execute(_LOCK_OPEN, _demands(entity_id, demand_ids))


async def gather_open_shortages(
    op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]
) -> dict[UUID, OpenShortage]:
    """The open shortages of these demands, by demand. Whoever changes one holds the lock of the demand's document."""
    rows = await op.execute(_OPEN, _demands(entity_id, demand_ids))
    return {row.demand_id: OpenShortage(row.id, row.demand_id, row.quantity, row.status) for row in rows}


async def apply_shortages(
    op: Operation[Actor], entity_id: UUID, changed: Mapping[UUID, tuple[ShortageStatus, Decimal]]
) -> None:
    """Sets status and quantity of shortages, and lapses their offered options: they answered another question."""
    if not changed:
        return
    given = _CHANGED.parameters((shortage_id, *change) for shortage_id, change in changed.items())
    await op.change(_CHANGE, {"entity": entity_id, "at": op.now, **given}, rows=len(changed))
    await op.write(_LAPSE, {"entity": entity_id, "shortages": sorted(changed)})


async def gather_option(op: Operation[Actor], entity_id: UUID, option_id: UUID) -> OfferedOption | None:
    """An option on record. Whoever changes it holds the lock of its shortage."""
    rows = await op.execute(_OPTION, {"entity": entity_id, "option": option_id})
    row = rows.mappings().one_or_none()
    return OfferedOption(**row) if row else None


async def apply_choice(op: Operation[Actor], entity_id: UUID, option_id: UUID) -> None:
    """Marks the option as chosen."""
    await op.change(_CHOOSE, {"entity": entity_id, "option": option_id}, rows=1)


def _demands(entity_id: UUID, demand_ids: Collection[UUID]) -> dict[str, Any]:
    return {"entity": entity_id, "demands": sorted(set(demand_ids))}

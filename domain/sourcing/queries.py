"""Every statement of sourcing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, and_, bindparam, case, func, select

from authz.actor import Actor
from domain.finance.model import ValuationLayer
from domain.inventory.model import SiteBalance
from domain.inventory.rules import StockKey
from domain.sourcing.rules import Giver, Seller
from kernel.db import GivenRows, any_of
from kernel.operation import Operation
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Lane, Location
from masterdata.parties.model import Supplier
from masterdata.policies.model import InventoryPolicy
from masterdata.prices.model import ExchangeRate, SupplierPrice

_SHORT = GivenRows("short", item_id=Uuid(), site_id=Uuid())
_ENTITY = bindparam("entity", type_=Uuid())
_ZERO = Decimal(0)

_GIVERS = (
    select(
        SiteBalance.site_id,
        Location.code.label("site_code"),
        Lane.to_site_id,
        SiteBalance.item_id,
        (SiteBalance.on_hand - SiteBalance.held - SiteBalance.reserved).label("free"),
        func.coalesce(InventoryPolicy.reorder_level, _ZERO).label("reorder_level"),
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
            SupplierPrice.amount,
            SupplierPrice.currency,
            rate.label("rate"),
            SupplierPrice.minimum_quantity,
            SupplierPrice.order_multiple,
            SupplierPrice.lead_time_days,
        )
        .join(Supplier, Supplier.id == SupplierPrice.supplier_id)
        .where(
            SupplierPrice.entity_id == _ENTITY,
            any_of(SupplierPrice.item_id, "items"),
            Supplier.status == "active",
            rate.is_not(None),
        )
        .order_by(SupplierPrice.item_id, SupplierPrice.supplier_id)
    )


_SELLERS = _sellers_statement()


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
    """The active suppliers of the items with their terms; one whose currency has no rate is left out."""
    rows = await op.execute(
        _SELLERS, {"entity": entity_id, "items": sorted(set(item_ids)), "currency": currency, "today": today}
    )
    sellers: defaultdict[UUID, list[Seller]] = defaultdict(list)
    for row in rows.mappings():
        seller = Seller(**row)
        sellers[seller.item_id].append(seller)
    return sellers

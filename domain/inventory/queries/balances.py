"""Statements on site and bin balances."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Executable, Numeric, Uuid, bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from authz.actor import Actor
from domain.inventory.model import BinBalance, SiteBalance
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import BinKey, BinStock, Stock, StockKey
from kernel.db import GivenRows
from kernel.ids import new_id
from kernel.lock_order import LockRank
from kernel.operation import Operation

_ENTITY = bindparam("entity", type_=Uuid())
_WANTED_BINS = GivenRows("wanted", item_id=Uuid(), location_id=Uuid())
_NEW_SITES = GivenRows("new", id=Uuid(), item_id=Uuid(), site_id=Uuid())
_NEW_BINS = GivenRows("new", id=Uuid(), item_id=Uuid(), site_id=Uuid(), location_id=Uuid())
_SITE_CHANGE = GivenRows("changed", item_id=Uuid(), site_id=Uuid(), quantity=Numeric())
_BIN_CHANGE = GivenRows("changed", item_id=Uuid(), location_id=Uuid(), quantity=Numeric())

_LOCK_SITES = (
    select(SiteBalance.item_id, SiteBalance.site_id, SiteBalance.on_hand, SiteBalance.held, SiteBalance.reserved)
    .join(
        WANTED_KEYS.rows,
        (SiteBalance.item_id == WANTED_KEYS.c.item_id) & (SiteBalance.site_id == WANTED_KEYS.c.site_id),
    )
    .where(SiteBalance.entity_id == _ENTITY)
    .order_by(SiteBalance.item_id, SiteBalance.site_id)
    .with_for_update(of=SiteBalance, key_share=True)
)

_LOCK_BINS = (
    select(
        BinBalance.item_id,
        BinBalance.location_id,
        BinBalance.site_id,
        BinBalance.on_hand,
        BinBalance.held,
        BinBalance.pinned,
    )
    .join(
        _WANTED_BINS.rows,
        (BinBalance.item_id == _WANTED_BINS.c.item_id) & (BinBalance.location_id == _WANTED_BINS.c.location_id),
    )
    .where(BinBalance.entity_id == _ENTITY)
    .order_by(BinBalance.item_id, BinBalance.location_id)
    .with_for_update(of=BinBalance, key_share=True)
)


_IS_THERE = exists().where(
    SiteBalance.entity_id == _ENTITY,
    SiteBalance.item_id == _NEW_SITES.c.item_id,
    SiteBalance.site_id == _NEW_SITES.c.site_id,
)


def making_site_balances() -> Insert:
    """The statement that makes empty rows for keys that have none; `new_site_balances` has its parameter.

    It looks for them before it inserts: PostgreSQL finds out about a conflict last, when all else is done for the row.
    """
    new = select(_ENTITY, *_NEW_SITES.c).where(~_IS_THERE).order_by(_NEW_SITES.c.item_id, _NEW_SITES.c.site_id)
    columns = ["entity_id", "id", "item_id", "site_id"]
    return insert(SiteBalance).from_select(columns, new, include_defaults=False).on_conflict_do_nothing()


_MAKE_SITES = making_site_balances()

_MAKE_BINS = (
    insert(BinBalance)
    .from_select(
        ["entity_id", "id", "item_id", "site_id", "location_id"],
        select(_ENTITY, *_NEW_BINS.c).order_by(_NEW_BINS.c.item_id, _NEW_BINS.c.location_id),
        include_defaults=False,
    )
    .on_conflict_do_nothing()
)

_THE_SITE = (
    SiteBalance.entity_id == _ENTITY,
    SiteBalance.item_id == _SITE_CHANGE.c.item_id,
    SiteBalance.site_id == _SITE_CHANGE.c.site_id,
)
_RESERVE = update(SiteBalance).where(*_THE_SITE).values(reserved=SiteBalance.reserved + _SITE_CHANGE.c.quantity)
_STOCK_SITE = update(SiteBalance).where(*_THE_SITE).values(on_hand=SiteBalance.on_hand + _SITE_CHANGE.c.quantity)
_STOCK_BIN = (
    update(BinBalance)
    .where(
        BinBalance.entity_id == _ENTITY,
        BinBalance.item_id == _BIN_CHANGE.c.item_id,
        BinBalance.location_id == _BIN_CHANGE.c.location_id,
    )
    .values(on_hand=BinBalance.on_hand + _BIN_CHANGE.c.quantity)
)


async def lock_site_balances(
    op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]
) -> dict[StockKey, Stock]:
    """The site balances of these keys, locked in key order. A key without a row has nothing on hand."""
    op.lock(LockRank.SITE_BALANCE)
    rows = await op.execute(_LOCK_SITES, {"entity": entity_id, **key_parameters(keys)})
    stocks = (Stock(StockKey(row.item_id, row.site_id), row.on_hand, row.held, row.reserved) for row in rows)
    return {stock.key: stock for stock in stocks}


async def lock_bin_balances(op: Operation[Actor], entity_id: UUID, keys: Collection[BinKey]) -> dict[BinKey, BinStock]:
    """The bin balances of these keys, locked in key order. A key without a row has nothing on hand."""
    op.lock(LockRank.BIN_BALANCE)
    rows = await op.execute(_LOCK_BINS, {"entity": entity_id, **_WANTED_BINS.parameters(sorted(set(keys)))})
    stocks = (
        BinStock(BinKey(row.item_id, row.location_id), row.site_id, row.on_hand, row.held, row.pinned) for row in rows
    )
    return {stock.key: stock for stock in stocks}


async def make_site_balances(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> None:
    """Makes empty rows for keys that have none, so that they can be locked."""
    await op.execute(_MAKE_SITES, {"entity": entity_id, **new_site_balances(keys)})


def new_site_balances(keys: Collection[StockKey]) -> dict[str, str]:
    """The parameter of `making_site_balances`: each key once, in key order."""
    return _NEW_SITES.parameters((new_id(), *key) for key in sorted(set(keys)))


async def make_bin_balances(op: Operation[Actor], entity_id: UUID, sites: Mapping[BinKey, UUID]) -> None:
    """Makes empty rows for bins (with their sites) that have none, so that they can be locked."""
    rows = ((new_id(), key.item_id, site_id, key.location_id) for key, site_id in sorted(sites.items()))
    await op.execute(_MAKE_BINS, {"entity": entity_id, **_NEW_BINS.parameters(rows)})


async def apply_reserved(op: Operation[Actor], entity_id: UUID, reserved: Mapping[StockKey, Decimal]) -> None:
    """Adds to what is reserved of each key; a negative quantity gives it back. The CHECK refuses an oversell."""
    await _apply(op, _RESERVE, _SITE_CHANGE, entity_id, reserved)


async def apply_site_stock(op: Operation[Actor], entity_id: UUID, moved: Mapping[StockKey, Decimal]) -> None:
    """Adds to what is on hand at each site; a negative quantity takes it away."""
    await _apply(op, _STOCK_SITE, _SITE_CHANGE, entity_id, moved)


async def apply_bin_stock(op: Operation[Actor], entity_id: UUID, moved: Mapping[BinKey, Decimal]) -> None:
    """Adds to what is on hand in each bin; a negative quantity takes it away."""
    await _apply(op, _STOCK_BIN, _BIN_CHANGE, entity_id, moved)


async def _apply(
    op: Operation[Actor],
    statement: Executable,
    given: GivenRows,
    entity_id: UUID,
    changes: Mapping[StockKey, Decimal] | Mapping[BinKey, Decimal],
) -> None:
    rows = [(*key, quantity) for key, quantity in changes.items() if quantity]
    if rows:
        await op.change(statement, {"entity": entity_id, **given.parameters(rows)}, rows=len(rows))

"""Statements on site balances."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, Uuid, bindparam, select, update

from authz.actor import Actor
from domain.inventory.model import SiteBalance
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import Stock, StockKey
from kernel.db import GivenRows
from kernel.lock_order import LockRank
from kernel.operation import Operation

_LOCK = (
    select(SiteBalance.item_id, SiteBalance.site_id, SiteBalance.on_hand, SiteBalance.held, SiteBalance.reserved)
    .join(
        WANTED_KEYS.rows,
        (SiteBalance.item_id == WANTED_KEYS.c.item_id) & (SiteBalance.site_id == WANTED_KEYS.c.site_id),
    )
    .where(SiteBalance.entity_id == bindparam("entity"))
    .order_by(SiteBalance.item_id, SiteBalance.site_id)
    .with_for_update(of=SiteBalance, key_share=True)
)

_TAKEN = GivenRows("taken", item_id=Uuid(), site_id=Uuid(), quantity=Numeric())

_RESERVE = (
    update(SiteBalance)
    .where(
        SiteBalance.entity_id == bindparam("entity"),
        SiteBalance.item_id == _TAKEN.c.item_id,
        SiteBalance.site_id == _TAKEN.c.site_id,
    )
    .values(reserved=SiteBalance.reserved + _TAKEN.c.quantity)
)


async def lock_site_balances(
    op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]
) -> dict[StockKey, Stock]:
    """The site balances of these keys, locked in key order. A key without a row has nothing on hand."""
    op.lock(LockRank.SITE_BALANCE)
    rows = await op.execute(_LOCK, {"entity": entity_id, **key_parameters(keys)})
    stocks = (Stock(StockKey(row.item_id, row.site_id), row.on_hand, row.held, row.reserved) for row in rows)
    return {stock.key: stock for stock in stocks}


async def apply_reserved(op: Operation[Actor], entity_id: UUID, reserved: Mapping[StockKey, Decimal]) -> None:
    """Adds to what is reserved of each key; a negative quantity gives it back. The CHECK refuses an oversell."""
    if reserved:
        rows = ((*key, quantity) for key, quantity in reserved.items())
        await op.change(_RESERVE, {"entity": entity_id, **_TAKEN.parameters(rows)}, rows=len(reserved))

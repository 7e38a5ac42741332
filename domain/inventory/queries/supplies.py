"""Statements on expected supplies."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, Uuid, bindparam, select, update

from authz.actor import Actor
from domain.inventory.model import Supply
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import ExpectedSupply, StockKey
from kernel.db import GivenRows
from kernel.lock_order import LockRank
from kernel.operation import Operation

_LOCK = (
    select(Supply.id, Supply.item_id, Supply.site_id, Supply.expected_date, Supply.open_quantity, Supply.pegged)
    .join(WANTED_KEYS.rows, (Supply.item_id == WANTED_KEYS.c.item_id) & (Supply.site_id == WANTED_KEYS.c.site_id))
    .where(Supply.entity_id == bindparam("entity"), Supply.open_quantity > Supply.pegged)
    .order_by(Supply.id)
    .with_for_update(of=Supply, key_share=True)
)

_PROMISED = GivenRows("promised", supply_id=Uuid(), quantity=Numeric())

_PEG = (
    update(Supply)
    .where(Supply.entity_id == bindparam("entity"), Supply.id == _PROMISED.c.supply_id)
    .values(pegged=Supply.pegged + _PROMISED.c.quantity)
)


async def lock_supplies(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> list[ExpectedSupply]:
    """The expected supplies of these keys that have something unpegged, locked in id order."""
    op.lock(LockRank.SUPPLY)
    rows = await op.execute(_LOCK, {"entity": entity_id, **key_parameters(keys)})
    return [
        ExpectedSupply(row.id, StockKey(row.item_id, row.site_id), row.expected_date, row.open_quantity, row.pegged)
        for row in rows
    ]


async def apply_pegs(op: Operation[Actor], entity_id: UUID, pegged: Mapping[UUID, Decimal]) -> None:
    """Adds to what is pegged of each supply; a negative quantity gives it back."""
    if pegged:
        await op.change(_PEG, {"entity": entity_id, **_PROMISED.parameters(pegged.items())}, rows=len(pegged))

"""Statements on expected supplies."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Numeric, Uuid, bindparam, select, update

from authz.actor import Actor
from domain.inventory.model import Supply
from domain.inventory.queries.balances import making_site_balances, new_site_balances
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import ExpectedSupply, StockKey
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.rows import Row

_ENTITY = bindparam("entity", type_=Uuid())
_PROMISED = GivenRows("promised", supply_id=Uuid(), quantity=Numeric())
_ARRIVED = GivenRows("arrived", supply_id=Uuid(), quantity=Numeric())
_CHANGED = GivenRows("changed", supply_id=Uuid(), open=Numeric(), expected=Date())

_SUPPLY = (Supply.id, Supply.item_id, Supply.site_id, Supply.expected_date, Supply.open_quantity, Supply.pegged)

_LOCK_UNPEGGED = (
    select(*_SUPPLY)
    .join(WANTED_KEYS.rows, (Supply.item_id == WANTED_KEYS.c.item_id) & (Supply.site_id == WANTED_KEYS.c.site_id))
    .where(Supply.entity_id == _ENTITY, Supply.open_quantity > Supply.pegged)
    .order_by(Supply.id)
    .with_for_update(of=Supply, key_share=True)
    .add_cte(making_site_balances().cte("made"))
)
_NAMED = select(*_SUPPLY).where(Supply.entity_id == _ENTITY, any_of(Supply.id, "supplies")).order_by(Supply.id)
_LOCK_NAMED = _NAMED.with_for_update(key_share=True)
_SEIZE_NAMED = _NAMED.with_for_update(key_share=True, skip_locked=True)
_OF_DOCUMENT = select(Supply.line_id, *_SUPPLY).where(
    Supply.entity_id == _ENTITY, Supply.document_id == bindparam("document", type_=Uuid())
)

_PEG = (
    update(Supply)
    .where(Supply.entity_id == _ENTITY, Supply.id == _PROMISED.c.supply_id)
    .values(pegged=Supply.pegged + _PROMISED.c.quantity)
)
_ARRIVE = (
    update(Supply)
    .where(Supply.entity_id == _ENTITY, Supply.id == _ARRIVED.c.supply_id)
    .values(open_quantity=Supply.open_quantity - _ARRIVED.c.quantity)
)
_EXPECT = (
    update(Supply)
    .where(Supply.entity_id == _ENTITY, Supply.id == _CHANGED.c.supply_id)
    .values(open_quantity=_CHANGED.c.open, expected_date=_CHANGED.c.expected)
)


async def lock_supplies(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> list[ExpectedSupply]:
    """The expected supplies of these keys that have something unpegged, locked in id order.

    Keys without a site balance get one in the same statement, so that it can be locked next.
    """
    op.lock(LockRank.SUPPLY)
    given = {"entity": entity_id, **key_parameters(keys), **new_site_balances(keys)}
    return [_expected(row) for row in await op.execute(_LOCK_UNPEGGED, given)]


async def lock_named_supplies(
    op: Operation[Actor], entity_id: UUID, supply_ids: Collection[UUID]
) -> dict[UUID, ExpectedSupply]:
    """These supplies by id, locked in id order."""
    op.lock(LockRank.SUPPLY)
    rows = await op.execute(_LOCK_NAMED, _supplies(entity_id, supply_ids))
    return {row.id: _expected(row) for row in rows}


async def seize_supplies(op: Operation[Actor], entity_id: UUID, supply_ids: Collection[UUID]) -> bool:
    """Locks these supplies if it can be done without waiting; answers whether it got them all."""
    rows = await op.execute(_SEIZE_NAMED, _supplies(entity_id, supply_ids))
    return len(rows.all()) == len(set(supply_ids))


async def gather_supplies(
    op: Operation[Actor], entity_id: UUID, supply_ids: Collection[UUID]
) -> dict[UUID, ExpectedSupply]:
    """These supplies by id, as they are now, without a lock."""
    rows = await op.execute(_NAMED, _supplies(entity_id, supply_ids))
    return {row.id: _expected(row) for row in rows}


async def gather_supplies_of(op: Operation[Actor], entity_id: UUID, document_id: UUID) -> dict[UUID, ExpectedSupply]:
    """The supplies that a document will bring, by its lines, without a lock."""
    rows = await op.execute(_OF_DOCUMENT, {"entity": entity_id, "document": document_id})
    return {row.line_id: _expected(row) for row in rows}


async def apply_pegs(op: Operation[Actor], entity_id: UUID, pegged: Mapping[UUID, Decimal]) -> None:
    """Adds to what is pegged of each supply; a negative quantity gives it back."""
    if pegged:
        await op.change(_PEG, {"entity": entity_id, **_PROMISED.parameters(pegged.items())}, rows=len(pegged))


async def apply_arrivals(op: Operation[Actor], entity_id: UUID, arrived: Mapping[UUID, Decimal]) -> None:
    """Takes what has come from what is expected. The CHECK refuses to leave more pegged than is to come."""
    if arrived:
        await op.change(_ARRIVE, {"entity": entity_id, **_ARRIVED.parameters(arrived.items())}, rows=len(arrived))


async def apply_expectations(
    op: Operation[Actor], entity_id: UUID, changed: Mapping[UUID, tuple[Decimal, date]]
) -> None:
    """Sets how much is still to come of each supply, and when."""
    if changed:
        given = _CHANGED.parameters((supply_id, *change) for supply_id, change in changed.items())
        await op.change(_EXPECT, {"entity": entity_id, **given}, rows=len(changed))


def _expected(row: Row) -> ExpectedSupply:
    return ExpectedSupply(row.id, StockKey(row.item_id, row.site_id), row.expected_date, row.open_quantity, row.pegged)


def _supplies(entity_id: UUID, supply_ids: Collection[UUID]) -> dict[str, Any]:
    return {"entity": entity_id, "supplies": sorted(set(supply_ids))}

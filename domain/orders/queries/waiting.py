"""Statements on orders whose lines wait for goods."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, func, select, update

from authz.actor import Actor
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.rules import PlacedLine
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation

_ENTITY = bindparam("entity", type_=Uuid())
_PROMISED = GivenRows("promised", line_id=Uuid(), status=Text(), date=Date())
_ADVANCED = GivenRows("advanced", order_id=Uuid(), status=Text())

_ORDERS = (
    select(SalesOrder.id)
    .where(SalesOrder.entity_id == _ENTITY, any_of(SalesOrder.id, "orders"))
    .order_by(SalesOrder.id)
)
_LOCK_ORDERS = _ORDERS.with_for_update(key_share=True)
_SEIZE_ORDERS = _ORDERS.with_for_update(key_share=True, skip_locked=True)

_LINES = (
    select(
        SalesOrderLine.id.label("line_id"),
        SalesOrderLine.order_id,
        SalesOrderLine.line_number,
        SalesOrder.customer_id,
        SalesOrder.status.label("order_status"),
        SalesOrderLine.status,
        SalesOrderLine.quantity,
        SalesOrderLine.shipped_quantity,
        SalesOrderLine.unit_price,
        SalesOrderLine.first_promised_date,
        SalesOrderLine.last_promised_date,
    )
    .join(SalesOrder, (SalesOrder.entity_id == _ENTITY) & (SalesOrder.id == SalesOrderLine.order_id))
    .where(SalesOrderLine.entity_id == _ENTITY, any_of(SalesOrderLine.order_id, "orders"))
    .order_by(SalesOrderLine.order_id, SalesOrderLine.line_number)
)

_PROMISE = (
    update(SalesOrderLine)
    .where(SalesOrderLine.entity_id == _ENTITY, SalesOrderLine.id == _PROMISED.c.line_id)
    .values(
        status=_PROMISED.c.status,
        first_promised_date=func.coalesce(SalesOrderLine.first_promised_date, _PROMISED.c.date),
        last_promised_date=_PROMISED.c.date,
    )
)
_ADVANCE = (
    update(SalesOrder)
    .where(SalesOrder.entity_id == _ENTITY, SalesOrder.id == _ADVANCED.c.order_id)
    .values(status=_ADVANCED.c.status, version=SalesOrder.version + 1)
)


async def lock_orders(op: Operation[Actor], entity_id: UUID, order_ids: Collection[UUID]) -> None:
    """Locks these orders, in id order; with them their lines, shortages and the promises made to them."""
    op.lock(LockRank.SALES_ORDER)
    await op.execute(_LOCK_ORDERS, _orders(entity_id, order_ids))


async def seize_orders(op: Operation[Actor], entity_id: UUID, order_ids: Collection[UUID]) -> bool:
    """Locks these orders if it can be done without waiting; answers whether it got them all."""
    rows = await op.execute(_SEIZE_ORDERS, _orders(entity_id, order_ids))
    return len(rows.all()) == len(set(order_ids))


async def gather_placed_lines(
    op: Operation[Actor], entity_id: UUID, order_ids: Collection[UUID]
) -> dict[UUID, PlacedLine]:
    """All lines of these orders by id. Whoever changes them holds the lock of their order."""
    rows = await op.execute(_LINES, _orders(entity_id, order_ids))
    return {row["line_id"]: PlacedLine(**row) for row in rows.mappings()}


async def apply_promises(
    op: Operation[Actor], entity_id: UUID, promised: Mapping[UUID, tuple[str, date | None]]
) -> None:
    """Sets status and promised date of lines; the first promise that a line ever had stays beside it."""
    if promised:
        given = _PROMISED.parameters((line_id, *promise) for line_id, promise in promised.items())
        await op.change(_PROMISE, {"entity": entity_id, **given}, rows=len(promised))


async def apply_order_statuses(op: Operation[Actor], entity_id: UUID, statuses: Mapping[UUID, str]) -> None:
    """Sets the statuses that were derived from the lines, and counts the versions."""
    if statuses:
        given = _ADVANCED.parameters(statuses.items())
        await op.change(_ADVANCE, {"entity": entity_id, **given}, rows=len(statuses))


def _orders(entity_id: UUID, order_ids: Collection[UUID]) -> dict[str, Any]:
    return {"entity": entity_id, "orders": sorted(set(order_ids))}

"""How far the lines of a placed order are."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import DateTime, Numeric, Text, Uuid, bindparam, case, null, select, update

from authz.actor import Actor
from domain.orders.lifecycle import LineStatus
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.rules import OpenLine
from kernel.db import GivenRows
from kernel.operation import Operation
from masterdata.items.model import Item

_ENTITY = bindparam("entity", type_=Uuid())
_ORDER = bindparam("order", type_=Uuid())
_CHANGED = GivenRows("changed", line_id=Uuid(), shipped=Numeric(), line_status=Text())

_LINES = (
    select(
        SalesOrderLine.id.label("line_id"),
        SalesOrderLine.item_id,
        Item.sku,
        Item.base_unit,
        Item.base_increment,
        SalesOrderLine.quantity,
        SalesOrderLine.shipped_quantity.label("shipped"),
        SalesOrderLine.cancelled_quantity.label("cancelled"),
        SalesOrderLine.status,
    )
    .join(Item, Item.id == SalesOrderLine.item_id)
    .where(SalesOrderLine.entity_id == _ENTITY, SalesOrderLine.order_id == _ORDER)
    .order_by(SalesOrderLine.line_number)
)

_SHIP_LINES = (
    update(SalesOrderLine)
    .where(
        SalesOrderLine.entity_id == _ENTITY,
        SalesOrderLine.order_id == _ORDER,
        SalesOrderLine.id == _CHANGED.c.line_id,
    )
    .values(
        shipped_quantity=_CHANGED.c.shipped,
        status=_CHANGED.c.line_status,
        shipped_at=case(
            (_CHANGED.c.line_status == LineStatus.SHIPPED, bindparam("at", type_=DateTime(timezone=True))), else_=null()
        ),
    )
)

_PROGRESS_ORDER = (
    update(SalesOrder)
    .where(SalesOrder.entity_id == _ENTITY, SalesOrder.id == _ORDER)
    .values(status=bindparam("order_status", type_=Text()), version=SalesOrder.version + 1)
)


async def gather_lines(op: Operation[Actor], entity_id: UUID, order_id: UUID) -> dict[UUID, OpenLine]:
    """The lines of an order by id, in their sequence. Whoever changes them holds the order's lock."""
    rows = await op.execute(_LINES, {"entity": entity_id, "order": order_id})
    lines = (OpenLine(**row) for row in rows.mappings())
    return {line.line_id: line for line in lines}


async def apply_shipped_lines(
    op: Operation[Actor], entity_id: UUID, order_id: UUID, lines: Collection[OpenLine]
) -> None:
    """Sets what has left of these lines, and their status."""
    changed = _CHANGED.parameters((line.line_id, line.shipped, line.status) for line in lines)
    given = {"entity": entity_id, "order": order_id, "at": op.now, **changed}
    await op.change(_SHIP_LINES, given, rows=len(lines))


async def apply_order_status(op: Operation[Actor], entity_id: UUID, order_id: UUID, status: str) -> None:
    """Sets the status that was derived from the lines, and counts the version."""
    await op.change(_PROGRESS_ORDER, {"entity": entity_id, "order": order_id, "order_status": status}, rows=1)

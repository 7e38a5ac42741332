"""Statements by which an order ends without goods."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, null, update

from authz.actor import Actor
from domain.orders.lifecycle import LineStatus, OrderStatus
from domain.orders.model import SalesOrder, SalesOrderLine
from kernel.operation import Operation

_ENTITY = bindparam("entity", type_=Uuid())
_ORDER = bindparam("order", type_=Uuid())

_CANCEL_LINES = (
    update(SalesOrderLine)
    .where(
        SalesOrderLine.entity_id == _ENTITY,
        SalesOrderLine.order_id == _ORDER,
        SalesOrderLine.status != LineStatus.CANCELLED,
    )
    .values(
        cancelled_quantity=SalesOrderLine.quantity - SalesOrderLine.shipped_quantity,
        amount=0,
        status=LineStatus.CANCELLED,
        last_promised_date=null(),
    )
)
_CANCEL_ORDER = (
    update(SalesOrder)
    .where(SalesOrder.entity_id == _ENTITY, SalesOrder.id == _ORDER)
    .values(status=OrderStatus.CANCELLED, total=0, version=SalesOrder.version + 1)
)


async def apply_cancellation(op: Operation[Actor], entity_id: UUID, order_id: UUID) -> None:
    """Cancels the order and all its lines: nothing is to be delivered, nothing is promised."""
    given = {"entity": entity_id, "order": order_id}
    await op.write(_CANCEL_LINES, given)
    await op.change(_CANCEL_ORDER, given, rows=1)

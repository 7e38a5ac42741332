"""Every statement of procurement."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, DateTime, Numeric, Text, Uuid, bindparam, func, select, update

from authz.actor import Actor
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from domain.procurement.rules import OrderedLine
from kernel.db import GivenRows
from kernel.operation import Operation
from masterdata.items.model import Item

_ENTITY = bindparam("entity", type_=Uuid())
_ORDER = bindparam("order", type_=Uuid())
_ARRIVED = GivenRows("arrived", line_id=Uuid(), quantity=Numeric())
_CONFIRMED = GivenRows("confirmed", line_id=Uuid(), date=Date(), quantity=Numeric())

_LINES = (
    select(
        PurchaseOrderLine.id.label("line_id"),
        PurchaseOrderLine.item_id,
        Item.sku,
        Item.base_unit,
        Item.base_increment,
        PurchaseOrderLine.quantity,
        PurchaseOrderLine.unit_price,
        PurchaseOrderLine.requested_date,
        PurchaseOrderLine.first_confirmed_date,
        PurchaseOrderLine.confirmed_date,
        PurchaseOrderLine.confirmed_quantity,
        PurchaseOrderLine.received_quantity,
    )
    .join(Item, Item.id == PurchaseOrderLine.item_id)
    .where(PurchaseOrderLine.entity_id == _ENTITY, PurchaseOrderLine.order_id == _ORDER)
    .order_by(PurchaseOrderLine.line_number)
)

_RECEIVE = (
    update(PurchaseOrderLine)
    .where(
        PurchaseOrderLine.entity_id == _ENTITY,
        PurchaseOrderLine.order_id == _ORDER,
        PurchaseOrderLine.id == _ARRIVED.c.line_id,
    )
    .values(received_quantity=PurchaseOrderLine.received_quantity + _ARRIVED.c.quantity)
)
_CONFIRM = (
    update(PurchaseOrderLine)
    .where(
        PurchaseOrderLine.entity_id == _ENTITY,
        PurchaseOrderLine.order_id == _ORDER,
        PurchaseOrderLine.id == _CONFIRMED.c.line_id,
    )
    .values(
        first_confirmed_date=func.coalesce(PurchaseOrderLine.first_confirmed_date, _CONFIRMED.c.date),
        confirmed_date=_CONFIRMED.c.date,
        confirmed_quantity=_CONFIRMED.c.quantity,
    )
)
_ADVANCE = (
    update(PurchaseOrder)
    .where(PurchaseOrder.entity_id == _ENTITY, PurchaseOrder.id == _ORDER)
    .values(status=bindparam("order_status", type_=Text()), version=PurchaseOrder.version + 1)
)
_ADVANCE_CONFIRMED = _ADVANCE.values(confirmed_at=bindparam("at", type_=DateTime(timezone=True)))


async def gather_ordered_lines(op: Operation[Actor], entity_id: UUID, order_id: UUID) -> dict[UUID, OrderedLine]:
    """The lines of an order by id, in their sequence. Whoever changes them holds the lock of the order."""
    rows = await op.execute(_LINES, {"entity": entity_id, "order": order_id})
    return {row["line_id"]: OrderedLine(**row) for row in rows.mappings()}


async def apply_received(
    op: Operation[Actor], entity_id: UUID, order_id: UUID, *, arrived: Mapping[UUID, Decimal], status: str
) -> None:
    """Adds what has arrived to the lines, and sets the status that the order then has."""
    given = {"entity": entity_id, "order": order_id}
    await op.change(_RECEIVE, {**given, **_ARRIVED.parameters(arrived.items())}, rows=len(arrived))
    await op.change(_ADVANCE, {**given, "order_status": status}, rows=1)


async def apply_confirmed(
    op: Operation[Actor], entity_id: UUID, order_id: UUID, *, lines: Collection[OrderedLine], status: str
) -> None:
    """Sets what the supplier confirmed of these lines; the first date that it ever confirmed stays beside it."""
    given = {"entity": entity_id, "order": order_id}
    confirmed = _CONFIRMED.parameters((line.line_id, line.confirmed_date, line.confirmed_quantity) for line in lines)
    await op.change(_CONFIRM, {**given, **confirmed}, rows=len(lines))
    await op.change(_ADVANCE_CONFIRMED, {**given, "order_status": status, "at": op.now}, rows=1)

"""Buying in a test world: purchase orders issued by the step of procurement, and received by the use case."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from domain.fulfillment.receive import ReceivePurchaseOrder, ReceivePurchaseOrderLine, receive_purchase_order
from domain.procurement.issue import NewPurchaseLine, NewPurchaseOrder, issue_purchase_order
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from kernel.operation import Operation
from kernel.outcome import Done
from tests.factories.world import World


async def ordered(
    world: World,
    *wishes: tuple[UUID, str, str],
    supplier_id: UUID | None = None,
    currency: str | None = None,
    rate: str = "1",
) -> list[UUID]:
    """The line ids of a purchase order for these items, quantities and prices."""
    lines = [
        NewPurchaseLine(
            item_id=item_id, quantity=Decimal(quantity), unit_price=Decimal(price), requested_date=world.today
        )
        for item_id, quantity, price in wishes
    ]
    order = NewPurchaseOrder(
        supplier_id=supplier_id or world.supplier_id,
        site_id=world.site_id,
        currency=currency or world.currency,
        exchange_rate=Decimal(rate),
        lines=lines,
    )
    await world.done(_issue, order)
    return [line.id for line in lines]


async def _issue(op: Operation[Actor], order: NewPurchaseOrder) -> Done:
    (entity_id,) = op.actor.row_context.entities_write
    op.authorise(entity_id)
    await issue_purchase_order(op, entity_id, order)
    return Done()


async def received(world: World, line_id: UUID, quantity: str) -> None:
    """Receives so much of the line."""
    line = PurchaseOrderLine.__table__
    order = PurchaseOrder.__table__
    of_line = order.c.id.in_(select(line.c.order_id).where(line.c.id == line_id))
    (seen,) = await world.rows(select(order.c.id, order.c.version).where(of_line))
    arrived = ReceivePurchaseOrderLine(purchase_order_line_id=line_id, quantity=Decimal(quantity))
    command = ReceivePurchaseOrder(
        entity_id=world.entity_id, purchase_order_id=seen.id, expected_version=seen.version, lines=(arrived,)
    )
    await world.done(receive_purchase_order, command)

"""Orders that leave while others end them, and goods that are sold while they arrive and are invoiced."""

import asyncio
from collections import Counter
from decimal import Decimal
from uuid import UUID

from domain.fulfillment.model import Shipment
from domain.fulfillment.ship import ship_sales_order
from domain.inventory.model import SiteBalance
from domain.invoicing.model import SupplierInvoice
from domain.invoicing.record import RecordSupplierInvoice, RecordSupplierInvoiceLine, record_supplier_invoice
from domain.orders.cancel import CancelSalesOrder, cancel_sales_order
from domain.orders.model import SalesOrder
from kernel.refusal import Code
from tests.factories.buying import ordered, received
from tests.factories.selling import placed, shipping
from tests.factories.world import World


def cancelling(world: World, order_id: UUID) -> CancelSalesOrder:
    return CancelSalesOrder(
        entity_id=world.entity_id, sales_order_id=order_id, expected_version=1, reason="Changed their mind."
    )


async def test_an_order_is_shipped_or_cancelled_but_never_both(world: World) -> None:
    lamp, rope = await world.item("lamp"), await world.item("rope")
    for item_id in (lamp, rope):
        await world.stock(item_id, "20")
    order_ids = [await placed(world, (lamp, "2"), (rope, "2")) for _ in range(10)]
    waiting = await placed(world, (rope, "5"), (lamp, "5"))
    shipments = [await shipping(world, order_id) for order_id in order_ids]

    outcomes = await asyncio.gather(
        *(
            world.run(use_case, command)
            for order_id, shipment in zip(order_ids, shipments, strict=True)
            for use_case, command in ((ship_sales_order, shipment), (cancel_sales_order, cancelling(world, order_id)))
        )
    )

    pairs = list(zip(outcomes[::2], outcomes[1::2], strict=True))
    assert all((shipped.done is None) != (cancelled.done is None) for shipped, cancelled in pairs)
    assert {reason.code for outcome in outcomes for reason in outcome.refused} <= {
        Code.VERSION_CONFLICT,
        Code.INVALID_TRANSITION,
    }
    gone = sum(1 for shipped, _ in pairs if shipped.done)
    statuses = Counter(order.status for order in await world.all(SalesOrder) if order.id != waiting)
    assert statuses == Counter({"shipped": gone, "cancelled": 10 - gone})
    served = min(5, 2 * (10 - gone))
    assert {(each.on_hand, each.reserved) for each in await world.all(SiteBalance)} == {(20 - 2 * gone, served)}


async def test_goods_are_sold_while_they_arrive_and_are_invoiced(world: World) -> None:
    """Each side takes the layer of the flour: receipts first lock their orders, invoices too, shipments others."""
    flour = await world.item("flour")
    await world.stock(flour, "10", cost="5.00")
    line_ids = [line_id for _ in range(5) for line_id in await ordered(world, (flour, "10", "6.05"))]
    for line_id in line_ids:
        await received(world, line_id, "5")
    shipments = [await shipping(world, await placed(world, (flour, "3"))) for _ in range(6)]
    invoices = [invoice_of(world, line_id, f"{number}") for number, line_id in enumerate(line_ids)]

    await asyncio.gather(
        *(world.done(ship_sales_order, command) for command in shipments),
        *(world.done(record_supplier_invoice, command) for command in invoices),
        *(received(world, line_id, "5") for line_id in line_ids),
    )

    assert len(await world.all(Shipment)) == 6
    assert {recorded.status for recorded in await world.all(SupplierInvoice)} == {"posted"}
    assert [balance.on_hand for balance in await world.all(SiteBalance)] == [42]


def invoice_of(world: World, line_id: UUID, number: str) -> RecordSupplierInvoice:
    """For the five that have arrived first, a little dearer than ordered."""
    asked = RecordSupplierInvoiceLine(purchase_order_line_id=line_id, quantity=Decimal(5), unit_price=Decimal("6.10"))
    return RecordSupplierInvoice(
        entity_id=world.entity_id,
        supplier_id=world.supplier_id,
        number=number,
        invoice_date=world.today,
        currency=world.currency,
        lines=(asked,),
    )

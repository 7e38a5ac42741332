"""Two warehouse clerks with one order: the goods leave once."""

import asyncio
from collections import Counter
from decimal import Decimal

from domain.fulfillment.model import Shipment
from domain.fulfillment.ship import ship_sales_order
from domain.inventory.model import SiteBalance
from domain.orders.lifecycle import WhenShort
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.refusal import Code
from tests.factories.selling import lines_now, order_now, placed, shipping
from tests.factories.world import World


async def test_two_shipments_of_one_order_leave_once(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "10")
    order_id = await placed(world, (lamp, "4"))
    command = await shipping(world, order_id)

    outcomes = await asyncio.gather(*(world.run(ship_sales_order, command) for _ in range(8)))

    assert Counter(outcome.done is not None for outcome in outcomes) == {True: 1, False: 7}
    assert {reason.code for outcome in outcomes for reason in outcome.refused} == {Code.VERSION_CONFLICT}
    assert len(await world.all(Shipment)) == 1
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (6, 0)


async def test_many_orders_leave_while_others_are_placed(world: World) -> None:
    lamp, rope = await world.item("lamp"), await world.item("rope")
    for item_id in (lamp, rope):
        await world.stock(item_id, "30")
    leaving = [await placed(world, (lamp, "1"), (rope, "1")) for _ in range(10)]
    commands = [await shipping(world, order_id) for order_id in leaving]
    line = [PlaceSalesOrderLine(item_id=item_id, quantity=Decimal(1)) for item_id in (rope, lamp)]
    new = PlaceSalesOrder(
        entity_id=world.entity_id, customer_id=world.customer_id, lines=tuple(line), when_short=WhenShort.REFUSE
    )

    outcomes = await asyncio.gather(
        *(world.run(ship_sales_order, command) for command in commands),
        *(world.run(place_sales_order, new) for _ in range(25)),
    )

    assert Counter(outcome.done is not None for outcome in outcomes) == {True: 30, False: 5}
    assert {(balance.on_hand, balance.reserved) for balance in await world.all(SiteBalance)} == {(20, 20)}
    assert {(await order_now(world, order_id)).status for order_id in leaving} == {"shipped"}
    assert {line.shipped_quantity for order_id in leaving for line in await lines_now(world, order_id)} == {1}

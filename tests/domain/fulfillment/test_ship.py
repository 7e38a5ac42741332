"""Shipping orders: what leaves, from where, at what cost, and what is refused."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from authz.vocabulary import Role
from domain.finance.model import JournalEntry, ValuationLayer
from domain.fulfillment.model import Shipment, ShipmentLine
from domain.fulfillment.ship import ship_sales_order
from domain.inventory.model import BinBalance, Demand, Movement, Reservation, SiteBalance
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from masterdata.locations.model import Location
from tests.factories.selling import lines_now, order_now, placed, ship, shipping
from tests.factories.world import World


async def another_bin(world: World, code: str, priority: int) -> UUID:
    bin_id = new_id()
    place = {"code": code, "name": code, "kind": "bin", "parent_id": world.site_id, "site_id": world.site_id}
    await world.write(Location, entity_id=world.entity_id, id=bin_id, priority=priority, **place)
    return bin_id


async def shipped_lines(world: World) -> list[Any]:
    return await world.all(ShipmentLine)


async def test_all_that_is_reserved_leaves_and_everything_changes_together(world: World) -> None:
    boots = await world.item("boots")
    await world.stock(boots, "10", cost="4.00")
    order_id = await placed(world, (boots, "6"))

    outcome = await ship(world, order_id, tracking_reference="1Z999")

    assert outcome.done is not None
    order = await order_now(world, order_id)
    assert (order.status, order.version) == ("shipped", 2)
    (line,) = await lines_now(world, order_id)
    assert (line.shipped_quantity, line.status, line.shipped_at) == (6, "shipped", world.now)
    (demand,) = await world.all(Demand)
    assert (demand.open_quantity, demand.reserved) == (0, 0)
    (reservation,) = await world.all(Reservation)
    assert (reservation.quantity, reservation.open_quantity, reservation.status) == (6, 0, "consumed")
    (site,) = await world.all(SiteBalance)
    assert (site.on_hand, site.reserved) == (4, 0)
    (bin_balance,) = await world.all(BinBalance)
    assert bin_balance.on_hand == 4
    (layer,) = await world.all(ValuationLayer)
    assert (layer.quantity, layer.value) == (4, Decimal("16.00"))


async def test_the_shipment_its_movement_and_its_cost_are_on_record(world: World) -> None:
    boots = await world.item("boots")
    await world.stock(boots, "10", cost="4.00")
    order_id = await placed(world, (boots, "6"))

    await ship(world, order_id, tracking_reference="1Z999")

    (shipment,) = await world.all(Shipment)
    assert (shipment.sales_order_id, shipment.tracking_reference) == (order_id, "1Z999")
    assert shipment.number.startswith("SH-")
    (line,) = await shipped_lines(world)
    assert (line.quantity, line.value, line.location_id) == (6, Decimal("24.00"), world.bin_id)
    _, movement = await world.all(Movement)
    assert (movement.from_location_id, movement.quantity, movement.value) == (world.bin_id, 6, Decimal("24.00"))
    assert (movement.document_id, movement.line_id) == (shipment.id, line.id)
    (customers,) = await world.rows(
        select(Location.id).where(Location.entity_id == world.entity_id, Location.kind == "customer")
    )
    assert movement.to_location_id == customers.id
    _, entry = await world.all(JournalEntry)
    (layer,) = await world.all(ValuationLayer)
    assert (entry.debit_account, entry.credit_account, entry.credit_key) == ("cost_of_sales", "stock", layer.id)
    assert (entry.amount, entry.accounting_date) == (Decimal("24.00"), world.today)
    event = (await world.all(EventRecord))[-1]
    assert (event.type, event.subject_id, event.payload["cost"]) == ("SalesOrderShipped", order_id, "24.00")


async def test_parts_leave_one_after_the_other_and_the_last_takes_the_remainder(world: World) -> None:
    bell = await world.item("bell")
    await world.stock(bell, "3", cost="3.3333")  # worth 10.00
    order_id = await placed(world, (bell, "3"))
    (line,) = await lines_now(world, order_id)
    statuses = []
    for _ in range(3):
        await ship(world, order_id, (line.id, "1"))
        statuses.append((await order_now(world, order_id)).status)
    assert statuses == ["partially_shipped", "partially_shipped", "shipped"]
    assert [each.value for each in await shipped_lines(world)] == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    (layer,) = await world.all(ValuationLayer)
    assert (layer.quantity, layer.value) == (0, 0)


async def test_bins_are_emptied_by_priority_then_code(world: World) -> None:
    coil = await world.item("coil")
    far, near_b, near_a = [await another_bin(world, code, rank) for code, rank in (("Z", 9), ("B", 2), ("A", 2))]
    for bin_id in (far, near_b, near_a):
        await world.stock(coil, "2", location_id=bin_id)
    await world.stock(coil, "1")  # the world's own bin has priority 1
    order_id = await placed(world, (coil, "4"))
    await ship(world, order_id)
    picked = [(each.location_id, each.quantity) for each in await shipped_lines(world)]
    assert picked == [(world.bin_id, 1), (near_a, 2), (near_b, 1)]


async def test_two_lines_of_one_item_share_bins_and_cost(world: World) -> None:
    coil = await world.item("coil")
    spare = await another_bin(world, "SPARE", 5)
    await world.stock(coil, "2", cost="1.00")
    await world.stock(coil, "3", cost="1.69", location_id=spare)  # together 7.07 for 5
    order_id = await placed(world, (coil, "3"), (coil, "2"))
    first, second = await lines_now(world, order_id)
    await ship(world, order_id)
    assert [
        (each.sales_order_line_id, each.location_id, each.quantity, each.value) for each in await shipped_lines(world)
    ] == [
        (first.id, world.bin_id, 2, Decimal("2.83")),
        (first.id, spare, 1, Decimal("1.41")),
        (second.id, spare, 2, Decimal("2.83")),
    ]


async def test_a_backorder_keeps_waiting_for_the_rest(world: World) -> None:
    lamp, rope = await world.item("lamp"), await world.item("rope")
    await world.stock(lamp, "2")
    await world.stock(rope, "1")
    order_id = await placed(world, (lamp, "5"), (rope, "1"))
    await ship(world, order_id)
    assert (await order_now(world, order_id)).status == "partially_shipped"
    assert [(line.status, line.shipped_quantity) for line in await lines_now(world, order_id)] == [
        ("backordered", 2),
        ("shipped", 1),
    ]
    assert sorted((demand.open_quantity, demand.reserved) for demand in await world.all(Demand)) == [(0, 0), (3, 0)]


async def test_only_what_is_reserved_may_leave(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "2")
    order_id = await placed(world, (lamp, "5"))
    (line,) = await lines_now(world, order_id)
    outcome = await ship(world, order_id, (line.id, "1"), (line.id, "2"))
    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.INSUFFICIENT_STOCK, ("lines", 0, "quantity"))
    assert (reason.data["requested"], reason.data["available"], reason.data["item_id"]) == (3, 2, lamp)
    assert await world.all(Shipment) == []
    (site,) = await world.all(SiteBalance)
    assert (site.on_hand, site.reserved) == (2, 2)


async def test_what_is_set_aside_for_other_picks_stays(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "5")
    order_id = await placed(world, (lamp, "5"))
    async with world.database.worker.begin() as connection:
        await connection.execute(update(BinBalance).where(BinBalance.entity_id == world.entity_id).values(pinned=2))
    outcome = await ship(world, order_id)
    assert [(reason.code, reason.data["available"]) for reason in outcome.refused] == [(Code.INSUFFICIENT_STOCK, 3)]


async def test_lines_of_other_orders_and_entities_do_not_exist(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "9")
    order_id, other_id = await placed(world, (lamp, "1")), await placed(world, (lamp, "1"))
    (of_other,) = await lines_now(world, other_id)
    stranger = await World(world.database, world.activation).build()
    outcome = await ship(world, order_id, (of_other.id, "1"), (new_id(), "1"))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.NOT_FOUND, ("lines", 0, "salesOrderLineId")),
        (Code.NOT_FOUND, ("lines", 1, "salesOrderLineId")),
    ]
    command = await shipping(world, order_id, entity_id=stranger.entity_id)
    outcome = await stranger.run(ship_sales_order, command)
    assert [(reason.code, reason.path) for reason in outcome.refused] == [(Code.NOT_FOUND, ("salesOrderId",))]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "1e30", "0.5"])
async def test_quantities_that_cannot_be_meant_are_refused(world: World, quantity: str) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "9")
    order_id = await placed(world, (lamp, "1"))
    (line,) = await lines_now(world, order_id)
    outcome = await ship(world, order_id, (line.id, quantity))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.VALIDATION_FAILED, ("lines", 0, "quantity"))
    ]


async def test_an_order_leaves_once(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "9")
    order_id = await placed(world, (lamp, "1"))
    command = await shipping(world, order_id)
    await world.done(ship_sales_order, command)
    stale = await world.run(ship_sales_order, command)
    assert [(reason.code, reason.path) for reason in stale.refused] == [(Code.VERSION_CONFLICT, ("expectedVersion",))]
    empty = await ship(world, order_id)
    assert [(reason.code, reason.path) for reason in empty.refused] == [(Code.VALIDATION_FAILED, ("salesOrderId",))]
    assert len(await world.all(Shipment)) == 1


async def test_who_may_not_ship_is_told_so(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "9")
    order_id = await placed(world, (lamp, "1"))
    outcome = await world.run(
        ship_sales_order, await shipping(world, order_id), actor=world.actor(Role.CUSTOMER_SERVICE)
    )
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert await world.all(Shipment) == []

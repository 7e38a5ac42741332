"""Races about goods that come in or become free: nobody waits while goods are free."""

import asyncio
from decimal import Decimal

from domain.fulfillment.receive import receive_purchase_order
from domain.inventory.model import Demand, Reservation, SiteBalance, Supply
from domain.orders.cancel import cancel_sales_order
from domain.orders.model import SalesOrder
from domain.orders.place import place_sales_order
from domain.procurement.model import PurchaseOrder
from domain.resolution.accept_option import accept_sourcing_option
from domain.resolution.confirm_purchase_order import confirm_purchase_order
from domain.sourcing.model import Shortage
from kernel.refusal import Code
from tests.factories.supply import (
    acceptance,
    bought,
    cancellation,
    confirmation,
    delivery,
    issued,
    order_of,
    placed,
    receive,
)
from tests.factories.world import World


async def assert_consistent(world: World) -> None:
    """What is promised is what demands hold, what reservations say, and never more than is there."""
    demands, balances = await world.all(Demand), await world.all(SiteBalance)
    active = [each for each in await world.all(Reservation) if each.status == "active"]
    for balance in balances:
        key = balance.item_id, balance.site_id
        of_key = [each for each in demands if (each.item_id, each.site_id) == key]
        assert balance.reserved == sum(each.reserved for each in of_key)
        hard = [each for each in active if (each.item_id, each.site_id) == key and each.supply_id is None]
        assert balance.reserved == sum(each.open_quantity for each in hard)
        waiting = sum(each.open_quantity - each.reserved for each in of_key)
        assert not waiting or balance.on_hand == balance.reserved, "somebody waits while goods are free"
    for supply in await world.all(Supply):
        assert supply.pegged == sum(each.open_quantity for each in active if each.supply_id == supply.id)
    for order in await world.all(SalesOrder):
        waits = any(each.open_quantity > each.reserved for each in demands if each.document_id == order.id)
        assert (order.status == "backordered") == waits


async def test_a_receipt_against_placements_on_the_same_item(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(60))
    purchase = await bought(world, await placed(world, {lamp: "1"}))
    arriving = await delivery(world, purchase)
    placements = [world.run(place_sales_order, order_of(world, {lamp: "1"})) for _ in range(40)]
    half = len(placements) // 2

    outcomes = await asyncio.gather(*placements[:half], world.run(receive_purchase_order, arriving), *placements[half:])

    assert [outcome.refused for outcome in outcomes if outcome.done is None] == []
    await assert_consistent(world)
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (60, 41)


async def test_a_receipt_of_an_item_that_never_had_stock_against_placements(world: World) -> None:
    for name in ("boots", "lamp", "rope", "soap", "tent"):
        item = await world.item(name)
        arriving = await delivery(world, await issued(world, {item: "10"}))
        orders = [world.run(place_sales_order, order_of(world, {item: "3"})) for _ in range(5)]
        outcomes = await asyncio.gather(*orders[:2], world.run(receive_purchase_order, arriving), *orders[2:])
        assert [outcome.refused for outcome in outcomes if outcome.done is None] == []
    await assert_consistent(world)


async def test_receipts_of_two_orders_for_the_same_items_in_opposite_order(world: World) -> None:
    items = [await world.item(name) for name in ("boots", "lamp", "rope")]
    for _ in range(4):
        waiting = [world.run(place_sales_order, order_of(world, dict.fromkeys(items, "5"))) for _ in range(4)]
        await asyncio.gather(*waiting)
    orders = [await issued(world, dict.fromkeys(lines, "10")) for lines in (items, items[::-1]) * 3]
    deliveries = [await delivery(world, each) for each in orders]
    more = [world.run(place_sales_order, order_of(world, dict.fromkeys(items[::-1], "1"))) for _ in range(6)]

    outcomes = await asyncio.gather(*(world.run(receive_purchase_order, each) for each in deliveries), *more)

    assert [outcome.refused for outcome in outcomes if outcome.done is None] == []
    await assert_consistent(world)
    assert {(each.on_hand, each.reserved) for each in await world.all(SiteBalance)} == {(60, 60)}


async def test_cancelling_while_goods_are_given_out(world: World) -> None:
    lamp, rope = await world.item("lamp"), await world.item("rope")
    await world.stock(lamp, "10")
    await world.stock(rope, "10")
    held = [await placed(world, {lamp: "5", rope: "5"}) for _ in range(2)]
    waiting = [await placed(world, {rope: "3", lamp: "3"}) for _ in range(6)]
    purchase = await issued(world, {rope: "7", lamp: "7"})
    cancellations = [await cancellation(world, each) for each in (*held, *waiting[::2])]

    outcomes = await asyncio.gather(
        *(world.run(cancel_sales_order, each) for each in cancellations),
        receive(world, purchase),
        *(world.run(place_sales_order, order_of(world, {lamp: "2", rope: "2"})) for _ in range(6)),
    )

    conflicts = [reason.code for outcome in outcomes for reason in outcome.refused]
    assert set(conflicts) <= {Code.VERSION_CONFLICT}
    await assert_consistent(world)


async def test_two_cancel_one_order(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "10")
    gone = await placed(world, {lamp: "10"})
    command = await cancellation(world, gone)
    outcomes = await asyncio.gather(*(world.run(cancel_sales_order, command) for _ in range(8)))
    assert sum(outcome.done is not None for outcome in outcomes) == 1
    assert {reason.code for outcome in outcomes for reason in outcome.refused} == {Code.VERSION_CONFLICT}
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (10, 0)


async def test_two_accept_one_option(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "4"})
    command = await acceptance(world, waiting, "buy")
    outcomes = await asyncio.gather(*(world.run(accept_sourcing_option, command) for _ in range(8)))
    assert sum(outcome.done is not None for outcome in outcomes) == 1
    assert {reason.code for outcome in outcomes for reason in outcome.refused} == {Code.VERSION_CONFLICT}
    assert len(await world.all(PurchaseOrder)) == 1
    await assert_consistent(world)


async def test_neighbours_accept_transfers_from_the_same_stock(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "10", location_id=world.sister_bin_id)
    waiting = [await placed(world, {lamp: "4"}) for _ in range(4)]
    commands = [await acceptance(world, each, "transfer") for each in waiting]
    outcomes = await asyncio.gather(*(world.run(accept_sourcing_option, each) for each in commands))
    assert sum(outcome.done is not None for outcome in outcomes) == 2
    assert {reason.code for outcome in outcomes for reason in outcome.refused} == {Code.OPTION_STALE}
    (sister,) = [each for each in await world.all(SiteBalance) if each.site_id == world.sister_site_id]
    assert (sister.on_hand, sister.reserved) == (10, 8)


async def test_a_supplier_cuts_an_order_while_others_peg_to_it(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(20))
    purchase = await bought(world, await placed(world, {lamp: "2"}))
    pegged = [await placed(world, {lamp: "2"}) for _ in range(4)]
    cut = await confirmation(world, purchase, world.day(9), "8")
    gone = [await cancellation(world, each) for each in pegged[:2]]
    outcomes = await asyncio.gather(
        *(world.run(place_sales_order, order_of(world, {lamp: "2"})) for _ in range(6)),
        world.run(confirm_purchase_order, cut),
        *(world.run(cancel_sales_order, each) for each in gone),
    )
    assert {reason.code for outcome in outcomes for reason in outcome.refused} <= {Code.VERSION_CONFLICT}
    await assert_consistent(world)
    open_shortages = {each.demand_id: each for each in await world.all(Shortage) if each.status != "withdrawn"}
    for demand in await world.all(Demand):
        short = demand.open_quantity - demand.reserved - demand.pegged
        shortage = open_shortages.get(demand.id)
        assert not short or (shortage is not None and shortage.quantity == short)


async def test_acceptances_cancellations_and_receipts_of_one_item(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(9))
    waiting = [await placed(world, {lamp: "4"}) for _ in range(8)]
    purchase = await bought(world, waiting[0])
    accepted = [await acceptance(world, each, "buy") for each in waiting[4:]]
    cancelled = [await cancellation(world, each) for each in waiting[:5]]
    outcomes = await asyncio.gather(
        *(world.run(accept_sourcing_option, each) for each in accepted),
        *(world.run(cancel_sales_order, each) for each in cancelled),
        receive(world, purchase),
    )
    expected = {Code.VERSION_CONFLICT, Code.INVALID_TRANSITION, Code.OPTION_STALE}
    assert {reason.code for outcome in outcomes for reason in outcome.refused} <= expected
    await assert_consistent(world)
    open_demands = {each.id for each in await world.all(Demand) if each.open_quantity}
    for shortage in await world.all(Shortage):
        assert (shortage.status == "withdrawn") == (shortage.demand_id not in open_demands)

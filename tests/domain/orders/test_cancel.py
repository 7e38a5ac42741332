"""Cancelling orders: what they held is free again, and goes to those who wait."""

from authz.vocabulary import Role
from domain.cases.model import ExceptionCase
from domain.inventory.model import AllocationDecision, Reservation, SiteBalance, Supply
from domain.orders.cancel import cancel_sales_order
from domain.orders.model import SalesOrderLine
from domain.sourcing.model import SourcingOption
from kernel.events import EventRecord
from kernel.refusal import Code
from tests.factories.supply import bought, cancel, cancellation, demand_of, order, placed, receive, shortage_of
from tests.factories.world import World


async def test_a_cancelled_order_gives_everything_back(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "2")
    await world.buyable(lamp)
    gone = await placed(world, {lamp: "6"})
    await bought(world, gone)

    outcome = await cancel(world, gone)

    assert outcome.done is not None, outcome.refused
    ended = await order(world, gone)
    assert (ended.status, ended.version, ended.total) == ("cancelled", 3, 0)
    (line,) = await world.all(SalesOrderLine)
    assert (line.status, line.cancelled_quantity, line.amount, line.last_promised_date) == ("cancelled", 6, 0, None)
    assert line.first_promised_date == world.day(7)
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (2, 0)
    (supply,) = await world.all(Supply)
    assert (supply.open_quantity, supply.pegged) == (4, 0)
    demand = await demand_of(world, gone)
    assert (demand.open_quantity, demand.reserved, demand.pegged) == (0, 0, 0)
    assert {(each.status, each.open_quantity) for each in await world.all(Reservation)} == {("released", 0)}
    assert (await shortage_of(world, gone)).status == "withdrawn"
    assert [case.status for case in await world.all(ExceptionCase)] == ["auto_closed"]
    events = [event.type for event in await world.all(EventRecord)]
    assert events[-3:] == ["SalesOrderCancelled", "ShortageWithdrawn", "CaseClosed"]


async def test_what_becomes_free_serves_those_who_wait_in_turn(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "5")
    await world.buyable(lamp)
    gone = await placed(world, {lamp: "5"})
    first = await placed(world, {lamp: "3"})
    second = await placed(world, {lamp: "4"})

    await cancel(world, gone)

    assert [(await demand_of(world, each)).reserved for each in (first, second)] == [3, 2]
    assert [(await order(world, each)).status for each in (first, second)] == ["allocated", "backordered"]
    assert [(await shortage_of(world, each)).status for each in (first, second)] == ["resolved", "proposed"]
    left = await shortage_of(world, second)
    assert (left.quantity, left.version) == (2, 2)
    options = [(each.quantity, each.status) for each in await world.all(SourcingOption) if each.shortage_id == left.id]
    assert options == [(4, "lapsed"), (2, "offered")]
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (5, 5)
    (served,) = [each for each in await world.all(AllocationDecision) if "shares" in each.outcome]
    assert served.document_id == gone
    assert served.inputs["stock"] == [{"item_id": str(lamp), "site_id": str(world.site_id), "quantity": "5"}]


async def test_expected_goods_that_become_free_are_promised_to_the_next(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, days=7)
    gone = await placed(world, {lamp: "5"})
    purchase = await bought(world, gone)
    waiting = await placed(world, {lamp: "3"})
    assert (await demand_of(world, waiting)).pegged == 0

    await cancel(world, gone)

    assert (await demand_of(world, waiting)).pegged == 3
    (line,) = [each for each in await world.all(SalesOrderLine) if each.order_id == waiting]
    assert (line.status, line.first_promised_date) == ("backordered", world.day(7))
    assert (await shortage_of(world, waiting)).status == "executing"
    await receive(world, purchase)
    assert (await order(world, waiting)).status == "allocated"
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (5, 3)


async def test_an_order_is_cancelled_once_and_by_whom_it_concerns(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "5")
    gone = await placed(world, {lamp: "5"})
    command = await cancellation(world, gone)
    outcome = await world.run(cancel_sales_order, command, actor=world.actor(Role.WAREHOUSE))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert (await demand_of(world, gone)).reserved == 5
    await world.done(cancel_sales_order, command)
    again = await world.run(cancel_sales_order, command)
    assert [reason.code for reason in again.refused] == [Code.VERSION_CONFLICT]
    once_more = await cancel(world, gone)
    assert [(reason.code, reason.data) for reason in once_more.refused] == [
        (Code.INVALID_TRANSITION, {"from": "cancelled", "to": "cancelled"})
    ]
    (balance,) = await world.all(SiteBalance)
    assert balance.reserved == 0

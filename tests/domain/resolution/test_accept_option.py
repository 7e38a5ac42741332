"""Accepting options: the document is made, its goods are promised, and what is stale is refused."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select, text, update

from authz.vocabulary import Role
from domain.inventory.model import Demand, Reservation, SiteBalance, Supply
from domain.orders.model import SalesOrderLine
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from domain.resolution.accept_option import AcceptSourcingOption, accept_sourcing_option
from domain.resolution.refresh_options import RefreshSourcingOptions, refresh_sourcing_options
from domain.sourcing.model import Shortage, SourcingOption
from domain.transfers.model import TransferOrder, TransferOrderLine
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from kernel.statements import write
from masterdata.items.model import Item
from masterdata.parties.model import Supplier
from masterdata.prices.model import SupplierPrice
from tests.databases import writing
from tests.factories.supply import accept, acceptance, demand_of, order, placed, shortage_of
from tests.factories.world import World


async def test_buying_makes_an_order_whose_goods_are_promised(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.stock(lamp, "2")
    await world.buyable(lamp, amount="6.00", days=7, minimum_quantity=Decimal(10), order_multiple=Decimal(6))
    waiting = await placed(world, {lamp: "6"})

    outcome = await accept(world, waiting, "buy")

    assert outcome.done is not None, outcome.refused
    (purchase,) = await world.all(PurchaseOrder)
    assert (purchase.status, purchase.total, purchase.currency, purchase.exchange_rate) == (
        "issued",
        Decimal("72.00"),
        "EUR",
        1,
    )
    (line,) = await world.all(PurchaseOrderLine)
    assert (line.quantity, line.unit_price, line.requested_date) == (12, Decimal("6.00"), world.day(7))
    (supply,) = await world.all(Supply)
    assert (supply.open_quantity, supply.pegged, supply.expected_date) == (12, 4, world.day(7))
    demand = await demand_of(world, waiting)
    assert (demand.reserved, demand.pegged, demand.open_quantity) == (2, 4, 6)
    (sold,) = await world.all(SalesOrderLine)
    assert (sold.status, sold.first_promised_date, sold.last_promised_date) == (
        "backordered",
        world.day(7),
        world.day(7),
    )
    shortage = await shortage_of(world, waiting)
    assert (shortage.status, shortage.quantity, shortage.version) == ("executing", 4, 2)
    assert [option.status for option in await world.all(SourcingOption)] == ["chosen"]
    assert (await order(world, waiting)).version == 2
    events = [event.type for event in await world.all(EventRecord)]
    assert events[-4:] == ["PurchaseOrderIssued", "SourcingOptionAccepted", "SalesOrderPromised", "ShortageExecuting"]


async def test_what_is_bought_beyond_one_demand_serves_the_next_in_turn(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(10))
    first = await placed(world, {lamp: "3"})
    second = await placed(world, {lamp: "5"})
    third = await placed(world, {lamp: "4"})

    outcome = await accept(world, third, "buy")

    assert outcome.done is not None, outcome.refused
    assert [(await demand_of(world, each)).pegged for each in (first, second, third)] == [3, 3, 4]
    assert [(await shortage_of(world, each)).status for each in (first, second, third)] == [
        "executing",
        "proposed",
        "executing",
    ]
    left = await shortage_of(world, second)
    assert (left.quantity, left.version) == (2, 2)
    options = [each.status for each in await world.all(SourcingOption) if each.shortage_id == left.id]
    assert options == ["lapsed", "offered"]


async def test_a_transfer_reserves_at_the_giver_and_the_rest_stays_short(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.stock(lamp, "30", location_id=world.sister_bin_id)
    await world.keep(lamp, world.sister_site_id, "25")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "8"})

    outcome = await accept(world, waiting, "transfer")

    assert outcome.done is not None, outcome.refused
    (transfer,) = await world.all(TransferOrder)
    assert (transfer.status, transfer.ship_date, transfer.arrival_date) == ("planned", world.today, world.day(2))
    (line,) = await world.all(TransferOrderLine)
    assert line.quantity == 5
    (sister,) = [each for each in await world.all(SiteBalance) if each.site_id == world.sister_site_id]
    assert (sister.on_hand, sister.reserved) == (30, 5)
    given = await demand_of(world, transfer.id)
    assert (given.kind, given.open_quantity, given.reserved) == ("transfer_order_line", 5, 5)
    (supply,) = await world.all(Supply)
    assert (supply.site_id, supply.open_quantity, supply.pegged) == (world.site_id, 5, 5)
    shortage = await shortage_of(world, waiting)
    assert (shortage.status, shortage.quantity) == ("proposed", 3)
    options = [(each.kind, each.quantity, each.status) for each in await world.all(SourcingOption)]
    assert sorted(options) == [("buy", 3, "offered"), ("buy", 8, "lapsed"), ("transfer", 5, "chosen")]
    (sold,) = await world.all(SalesOrderLine)
    assert sold.last_promised_date is None

    outcome = await accept(world, waiting, "buy")

    assert outcome.done is not None, outcome.refused
    assert (await shortage_of(world, waiting)).status == "executing"
    (sold,) = await world.all(SalesOrderLine)
    assert (sold.first_promised_date, sold.status) == (world.day(7), "backordered")


async def test_an_option_that_got_worse_is_refused_with_the_fresh_ranking(world: World) -> None:
    lamp = await world.item("lamp")
    await world.stock(lamp, "10", location_id=world.sister_bin_id)
    await world.buyable(lamp, amount="6.00")
    waiting = await placed(world, {lamp: "4"})
    await placed(world, {lamp: "8"}, site_id=world.sister_site_id)

    outcome = await accept(world, waiting, "transfer")

    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.OPTION_STALE, ("optionId",))
    fresh = [(each["kind"], each["quantity"]) for each in reason.data["options"]]
    assert sorted(fresh) == [("buy", 4), ("transfer", 2)]
    assert await world.all(TransferOrder) == []
    assert (await shortage_of(world, waiting)).version == 1

    async with writing(world.activation) as driver:
        dearer = update(SupplierPrice).where(SupplierPrice.entity_id == world.entity_id).values(amount=Decimal("6.01"))
        await write(driver, dearer, {})
    outcome = await accept(world, waiting, "buy")
    assert [reason.code for reason in outcome.refused] == [Code.OPTION_STALE]

    shortage = await shortage_of(world, waiting)
    refresh = RefreshSourcingOptions(entity_id=world.entity_id, shortage_id=shortage.id, expected_version=1)
    await world.done(refresh_sourcing_options, refresh)
    options = [(each.kind, each.quantity, each.status) for each in await world.all(SourcingOption)]
    assert ("transfer", 2, "offered") in options
    outcome = await accept(world, waiting, "buy")
    assert outcome.done is not None, outcome.refused
    (line,) = await world.all(PurchaseOrderLine)
    assert line.unit_price == Decimal("6.01")
    outcome = await world.run(refresh_sourcing_options, replace(refresh, expected_version=3))
    assert [reason.code for reason in outcome.refused] == [Code.VALIDATION_FAILED]


async def test_nothing_is_bought_that_may_not_be_bought_any_more(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "4"})
    async with writing(world.activation) as driver:
        await write(driver, update(Item).where(Item.id == lamp).values(status="blocked"), {})

    outcome = await accept(world, waiting, "buy")

    assert [(reason.code, reason.data["options"]) for reason in outcome.refused] == [(Code.OPTION_STALE, [])]
    assert await world.all(PurchaseOrder) == []


async def test_a_supplier_who_is_retired_at_the_same_moment_gets_no_order(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    command = await acceptance(world, await placed(world, {lamp: "4"}), "buy")
    the_mill = Supplier.__table__.c.id == world.supplier_id
    async with writing(world.activation) as driver:
        await write(driver, select(Supplier.id).where(the_mill).with_for_update(), {})
        accepting = asyncio.create_task(world.run(accept_sourcing_option, command))
        await somebody_waits(world)
        await write(driver, update(Supplier).where(the_mill).values(status="retired"), {})

    outcome = await accepting

    assert [reason.code for reason in outcome.refused] == [Code.OPTION_STALE]
    assert await world.all(PurchaseOrder) == []


async def somebody_waits(world: World) -> None:
    """Returns once a session waits for another's lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    async with asyncio.timeout(10):
        while not (await world.rows(waiting))[0][0]:
            pass


async def test_the_next_day_the_option_still_holds_and_arrives_a_day_later(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, days=7)
    waiting = await placed(world, {lamp: "4"})
    offered_on = world.today
    world.now = world.now.replace(day=offered_on.day + 1)
    outcome = await accept(world, waiting, "buy")
    assert outcome.done is not None, outcome.refused
    (line,) = await world.all(PurchaseOrderLine)
    assert line.requested_date == world.day(7)


async def test_an_option_is_accepted_once(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "4"})
    command = await acceptance(world, waiting, "buy")
    await world.done(accept_sourcing_option, command)
    again = await world.run(accept_sourcing_option, command)
    assert [reason.code for reason in again.refused] == [Code.VERSION_CONFLICT]
    seen = AcceptSourcingOption(entity_id=world.entity_id, option_id=command.option_id, expected_version=2)
    once_more = await world.run(accept_sourcing_option, seen)
    assert [reason.code for reason in once_more.refused] == [Code.INVALID_TRANSITION]
    assert len(await world.all(PurchaseOrder)) == 1


async def test_unknown_options_and_people_without_the_right_are_refused(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "4"})
    unknown = AcceptSourcingOption(entity_id=world.entity_id, option_id=new_id(), expected_version=1)
    outcome = await world.run(accept_sourcing_option, unknown)
    assert [(reason.code, reason.path) for reason in outcome.refused] == [(Code.NOT_FOUND, ("optionId",))]
    command = await acceptance(world, waiting, "buy")
    outcome = await world.run(accept_sourcing_option, command, actor=world.actor(Role.WAREHOUSE))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert await world.all(Reservation) == []
    assert [demand.pegged for demand in await world.all(Demand)] == [0]
    assert [shortage.status for shortage in await world.all(Shortage)] == ["proposed"]

"""Receiving: goods, value and promises change together, and who waits is served."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from authz.vocabulary import Role
from domain.cases.model import ExceptionCase
from domain.finance.model import JournalEntry, OpenItem, ValuationLayer
from domain.fulfillment.model import Receipt, ReceiptLine
from domain.fulfillment.receive import ReceivePurchaseOrderLine, receive_purchase_order
from domain.inventory.model import BinBalance, Movement, Reservation, SiteBalance, Supply
from domain.orders.model import SalesOrderLine
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from kernel.statements import write
from masterdata.parties.model import Customer
from masterdata.prices.model import ExchangeRate
from tests.databases import writing
from tests.factories.supply import (
    accept,
    bought,
    delivery,
    demand_of,
    order,
    placed,
    receive,
    shortage_of,
)
from tests.factories.world import LONG_AGO, World


async def lines_of(world: World, order_id: UUID) -> list[Any]:
    return [each for each in await world.all(SalesOrderLine) if each.order_id == order_id]


async def test_a_delivery_reaches_the_order_that_waits_for_it(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.buyable(lamp, amount="6.00", days=7)
    waiting = await placed(world, {lamp: "4"})
    purchase = await bought(world, waiting)

    outcome = await receive(world, purchase)

    assert outcome.done is not None, outcome.refused
    (bin_,) = await world.all(BinBalance)
    assert (bin_.location_id, bin_.on_hand) == (world.bin_id, 4)
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (4, 4)
    demand = await demand_of(world, waiting)
    assert (demand.open_quantity, demand.reserved, demand.pegged) == (4, 4, 0)
    (supply,) = await world.all(Supply)
    assert (supply.open_quantity, supply.pegged) == (0, 0)
    peg, stock = sorted(await world.all(Reservation), key=lambda each: each.supply_id is None)
    assert (peg.status, peg.open_quantity, stock.status, stock.open_quantity) == ("consumed", 0, "active", 4)


async def test_an_order_that_got_its_goods_is_told_and_its_shortage_is_over(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, days=7)
    waiting = await placed(world, {lamp: "4"})

    await receive(world, await bought(world, waiting), delivery_note="DN 17")

    (line,) = await lines_of(world, waiting)
    assert (line.status, line.first_promised_date, line.last_promised_date) == (
        "allocated",
        world.day(7),
        world.today,
    )
    assert (await order(world, waiting)).status == "allocated"
    shortage = await shortage_of(world, waiting)
    assert (shortage.status, shortage.resolved_at) == ("resolved", world.now)
    (case,) = await world.all(ExceptionCase)
    assert (case.type, case.status) == ("shortage", "auto_closed")
    (bought_order,) = await world.all(PurchaseOrder)
    assert (bought_order.status, bought_order.version) == ("received", 2)
    (receipt,) = await world.all(Receipt)
    assert receipt.delivery_note == "DN 17"
    events = [event.type for event in await world.all(EventRecord)]
    assert events[-5:] == [
        "StockReceived",
        "PurchaseOrderReceived",
        "SalesOrderAllocated",
        "ShortageResolved",
        "CaseClosed",
    ]


async def lamps_bought_abroad(world: World, currency: str) -> UUID:
    """Three lamps on order at 3.333 of a currency that is worth 1.5 of ours. The group has one rate per currency."""
    lamp = await world.item("lamp", price="20.00")
    await world.stock(lamp, "2", cost="5.00")
    await world.buyable(lamp, amount="3.333", currency=currency)
    rate = {"from_currency": currency, "to_currency": world.currency, "rate": Decimal("1.5")}
    await world.write(ExchangeRate, id=new_id(), valid_from=LONG_AGO, **rate)
    return await bought(world, await placed(world, {lamp: "5"}))


async def test_value_comes_in_at_the_rate_of_the_order(world: World) -> None:
    await receive(world, await lamps_bought_abroad(world, "XTA"))
    (line,) = await world.all(ReceiptLine)
    assert (line.quantity, line.value) == (3, Decimal("15.00"))  # 3 x 3.333 x 1.5 = 14.9985
    (layer,) = await world.all(ValuationLayer)
    assert (layer.quantity, layer.value) == (5, Decimal("25.00"))
    (_, movement) = await world.all(Movement)
    assert (movement.quantity, movement.value, movement.to_location_id) == (3, Decimal("15.00"), world.bin_id)


async def test_what_came_in_waits_for_its_invoice(world: World) -> None:
    await receive(world, await lamps_bought_abroad(world, "XTB"))
    (line,) = await world.all(ReceiptLine)
    (layer,) = await world.all(ValuationLayer)
    (item,) = await world.all(OpenItem)
    assert (item.id, item.line_id, item.document_id) == (line.open_item_id, line.id, line.receipt_id)
    assert (item.account, item.open_quantity, item.open_amount) == ("goods_received_not_invoiced", 3, Decimal("15.00"))
    (_, entry) = await world.all(JournalEntry)
    assert (entry.debit_account, entry.debit_key) == ("stock", layer.id)
    assert (entry.credit_account, entry.credit_key) == ("goods_received_not_invoiced", item.id)
    assert (entry.amount, entry.currency) == (Decimal("15.00"), "EUR")
    assert (entry.transaction_amount, entry.transaction_currency) == (Decimal("10.00"), "XTB")


async def test_a_part_then_the_rest(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "10"})
    purchase = await bought(world, waiting)

    await receive(world, purchase, "4")

    (bought_order,) = await world.all(PurchaseOrder)
    assert bought_order.status == "partially_received"
    demand = await demand_of(world, waiting)
    assert (demand.reserved, demand.pegged) == (4, 6)
    assert (await shortage_of(world, waiting)).status == "executing"
    (line,) = await lines_of(world, waiting)
    assert (line.status, line.last_promised_date) == ("backordered", world.day(7))

    outcome = await receive(world, purchase, "7")
    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.VALIDATION_FAILED, ("lines", 0, "quantity"))
    assert (reason.data["open"], reason.data["received"]) == (6, 4)

    await receive(world, purchase, "6")
    (bought_order,) = await world.all(PurchaseOrder)
    (bought_line,) = await world.all(PurchaseOrderLine)
    assert (bought_order.status, bought_line.received_quantity) == ("received", 10)
    assert (await order(world, waiting)).status == "allocated"
    outcome = await receive(world, purchase, "1")
    assert [reason.code for reason in outcome.refused] == [Code.INVALID_TRANSITION]


async def test_goods_beyond_the_pegs_go_to_the_more_important_then_to_the_earlier(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(10))
    async with writing(world.activation) as driver:
        await write(driver, update(Customer).where(Customer.id == world.customer_id).values(priority=50), {})
    important = new_id()
    await world.write(Customer, id=important, code=f"V-{world.tag}", name="The hospital", priority=1)
    buyer = await placed(world, {lamp: "6"})
    purchase = await bought(world, buyer)
    early = await placed(world, {lamp: "3"}, requested_date=world.day(30))
    hospital = await placed(world, {lamp: "3"}, customer_id=important)

    assert [(await demand_of(world, each)).pegged for each in (buyer, early, hospital)] == [6, 3, 1]
    await receive(world, purchase, "8")

    assert [(await demand_of(world, each)).reserved for each in (buyer, early, hospital)] == [6, 1, 1]
    await receive(world, purchase, "2")
    assert [(await demand_of(world, each)).reserved for each in (buyer, early, hospital)] == [6, 3, 1]


async def test_who_waits_for_later_goods_takes_what_is_free_now(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, minimum_quantity=Decimal(10), days=20)
    slow = await bought(world, await placed(world, {lamp: "10"}))
    second = await placed(world, {lamp: "2"})
    quick = await bought(world, second)
    assert (await demand_of(world, second)).pegged == 2

    await receive(world, quick, "10")

    (slow_supply,) = [each for each in await world.all(Supply) if each.document_id == slow]
    assert slow_supply.pegged == 2
    assert (await demand_of(world, second)).reserved == 2
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (10, 10)
    statuses = sorted((each.status, each.open_quantity) for each in await world.all(Reservation) if each.supply_id)
    assert statuses == [("active", 2), ("consumed", 0)]


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("0", "greater than zero"),
        ("-1", "greater than zero"),
        ("NaN", "must be a number"),
        ("1e30", "at most"),
        ("0.5", "no whole multiple"),
    ],
)
async def test_quantities_that_cannot_be_meant_are_refused(world: World, quantity: str, message: str) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    (reason,) = (await receive(world, purchase, quantity)).refused
    assert message in reason.message
    assert await world.all(Receipt) == []
    assert await world.all(Movement) == []


async def test_places_and_lines_of_others_do_not_exist(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    (line,) = await world.all(PurchaseOrderLine)
    elsewhere = ReceivePurchaseOrderLine(
        purchase_order_line_id=line.id, quantity=Decimal(1), location_id=world.sister_bin_id
    )
    nowhere = ReceivePurchaseOrderLine(purchase_order_line_id=new_id(), quantity=Decimal(1))
    outcome = await receive(world, purchase, lines=(nowhere, elsewhere))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.NOT_FOUND, ("lines", 0, "purchaseOrderLineId")),
        (Code.NOT_FOUND, ("lines", 1, "locationId")),
    ]
    outcome = await receive(world, purchase, expected_version=7)
    assert [reason.code for reason in outcome.refused] == [Code.VERSION_CONFLICT]
    command = await delivery(world, purchase)
    outcome = await world.run(receive_purchase_order, command, actor=world.actor(Role.CUSTOMER_SERVICE))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]


async def test_two_places_share_a_line_and_the_sum_counts(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    (line,) = await world.all(PurchaseOrderLine)

    def part(quantity: str, location_id: UUID) -> ReceivePurchaseOrderLine:
        return ReceivePurchaseOrderLine(
            purchase_order_line_id=line.id, quantity=Decimal(quantity), location_id=location_id
        )

    outcome = await receive(world, purchase, lines=(part("3", world.bin_id), part("2", world.site_id)))
    assert [reason.path for reason in outcome.refused] == [("lines", 1, "quantity")]
    outcome = await receive(world, purchase, lines=(part("3", world.bin_id), part("1", world.site_id)))
    assert outcome.done is not None, outcome.refused
    assert sorted(each.on_hand for each in await world.all(BinBalance)) == [1, 3]
    assert len(await world.all(OpenItem)) == 2


async def test_a_transfer_does_not_keep_an_order_from_a_delivery(world: World) -> None:
    """An order that gets one part by transfer and is short of the rest takes what arrives for it."""
    lamp = await world.item("lamp")
    await world.stock(lamp, "2", location_id=world.sister_bin_id)
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "5"})
    assert (await accept(world, waiting, "transfer")).done
    purchase = await bought(world, waiting)
    await receive(world, purchase)
    demand = await demand_of(world, waiting)
    assert (demand.reserved, demand.pegged) == (3, 2)
    (line,) = await lines_of(world, waiting)
    assert (line.status, line.last_promised_date) == ("backordered", world.day(2))

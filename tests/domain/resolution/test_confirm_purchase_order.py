"""Confirming purchase orders: promises follow what the supplier says, and nobody is told nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from authz.vocabulary import Role
from domain.cases.model import ExceptionCase
from domain.inventory.model import Reservation, Supply
from domain.orders.model import SalesOrderLine
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from domain.resolution.confirm_purchase_order import confirm_purchase_order
from kernel.events import EventRecord
from kernel.refusal import Code
from tests.factories.supply import (
    accept,
    bought,
    confirm,
    confirmation,
    demand_of,
    order,
    placed,
    receive,
    shortage_of,
)
from tests.factories.world import World


async def line_of(world: World, order_id: Any) -> Any:
    (found,) = [each for each in await world.all(SalesOrderLine) if each.order_id == order_id]
    return found


async def test_a_later_date_moves_the_promise_and_opens_a_case(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.buyable(lamp, days=7)
    waiting = await placed(world, {lamp: "4"})
    purchase = await bought(world, waiting)

    outcome = await confirm(world, purchase, world.day(12))

    assert outcome.done is not None, outcome.refused
    (confirmed,) = await world.all(PurchaseOrder)
    assert (confirmed.status, confirmed.confirmed_at, confirmed.version) == ("confirmed", world.now, 2)
    (line,) = await world.all(PurchaseOrderLine)
    assert (line.requested_date, line.first_confirmed_date, line.confirmed_date, line.confirmed_quantity) == (
        world.day(7),
        world.day(12),
        world.day(12),
        4,
    )
    (supply,) = await world.all(Supply)
    assert (supply.expected_date, supply.open_quantity, supply.pegged) == (world.day(12), 4, 4)
    sold = await line_of(world, waiting)
    assert (sold.first_promised_date, sold.last_promised_date) == (world.day(7), world.day(12))
    assert (await order(world, waiting)).version == 3
    (case,) = [each for each in await world.all(ExceptionCase) if each.type == "promise_at_risk"]
    assert (case.subject_id, case.severity, case.status) == (waiting, Decimal("80.00"), "open")
    assert case.summary == f"Line 1 was promised for {world.day(7)}; its goods come on {world.day(12)}."
    events = [event.type for event in await world.all(EventRecord)]
    assert events[-3:] == ["PurchaseOrderConfirmed", "SalesOrderPromiseChanged", "CaseOpened"]

    await confirm(world, purchase, world.day(6))

    (line,) = await world.all(PurchaseOrderLine)
    assert (line.first_confirmed_date, line.confirmed_date) == (world.day(12), world.day(6))
    assert (await line_of(world, waiting)).last_promised_date == world.day(6)
    (case,) = [each for each in await world.all(ExceptionCase) if each.type == "promise_at_risk"]
    assert case.status == "auto_closed"


async def test_a_date_as_promised_tells_nobody_anything(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp, days=7)
    waiting = await placed(world, {lamp: "4"})
    purchase = await bought(world, waiting)
    await confirm(world, purchase, world.day(7))
    assert (await order(world, waiting)).version == 2
    assert [case.type for case in await world.all(ExceptionCase)] == ["shortage"]


async def test_less_than_ordered_leaves_those_short_who_came_last(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.buyable(lamp, minimum_quantity=Decimal(10), days=7)
    early = await placed(world, {lamp: "4"})
    purchase = await bought(world, early)
    late = await placed(world, {lamp: "6"})
    assert (await demand_of(world, late)).pegged == 6

    outcome = await confirm(world, purchase, world.day(7), "7")

    assert outcome.done is not None, outcome.refused
    assert [(await demand_of(world, each)).pegged for each in (early, late)] == [4, 3]
    (supply,) = await world.all(Supply)
    assert (supply.open_quantity, supply.pegged) == (7, 7)
    cut = [each for each in await world.all(Reservation) if each.demand_id == (await demand_of(world, late)).id]
    assert [(each.quantity, each.open_quantity, each.status) for each in cut] == [(6, 3, "active")]
    shortage = await shortage_of(world, late)
    assert (shortage.quantity, shortage.status) == (3, "proposed")
    sold = await line_of(world, late)
    assert (sold.first_promised_date, sold.last_promised_date) == (world.day(7), None)
    cases = {(case.type, case.subject_id): case for case in await world.all(ExceptionCase) if case.status == "open"}
    assert cases["shortage", shortage.id].severity == Decimal("60.00")
    assert cases["promise_at_risk", late].summary == (
        f"Line 1 was promised for {world.day(7)}; its goods are not coming."
    )
    assert (await line_of(world, early)).last_promised_date == world.day(7)

    # The loser's new option makes it whole again; what was confirmed arrives and completes the order.
    assert (await accept(world, late, "buy")).done
    assert (await line_of(world, late)).last_promised_date == world.day(7)
    outcome = await receive(world, purchase, "8")
    assert outcome.refused[0].data["open"] == 7
    await receive(world, purchase, "7")
    (first, _) = await world.all(PurchaseOrder)
    assert first.status == "received"


async def test_what_a_supplier_finds_after_all_goes_to_those_who_had_lost_it(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.buyable(lamp, minimum_quantity=Decimal(10), days=7)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    late = await placed(world, {lamp: "6"})
    await confirm(world, purchase, world.day(7), "7")
    newcomer = await placed(world, {lamp: "2"})

    outcome = await confirm(world, purchase, world.day(7), "10")

    assert outcome.done is not None, outcome.refused
    assert [(await demand_of(world, each)).pegged for each in (late, newcomer)] == [6, 0]
    (supply,) = await world.all(Supply)
    assert (supply.open_quantity, supply.pegged) == (10, 10)
    assert [(await shortage_of(world, each)).status for each in (late, newcomer)] == ["executing", "proposed"]
    sold = await line_of(world, late)
    assert (sold.first_promised_date, sold.last_promised_date) == (world.day(7), world.day(7))
    (case,) = [each for each in await world.all(ExceptionCase) if each.type == "promise_at_risk"]
    assert (case.subject_id, case.status) == (late, "auto_closed")


async def test_who_had_a_shortage_already_gets_fresh_options_for_it(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    waiting = await placed(world, {lamp: "4"})
    purchase = await bought(world, waiting)
    await confirm(world, purchase, world.day(7), "1")
    shortage = await shortage_of(world, waiting)
    assert (shortage.quantity, shortage.status) == (3, "proposed")
    (case,) = [each for each in await world.all(ExceptionCase) if each.type == "shortage"]
    assert (case.occurrences, case.status) == (2, "open")


@pytest.mark.parametrize(
    ("days", "quantity", "message"),
    [
        (-1, None, "has passed"),
        (4000, None, "more than five years away"),
        (7, "0", "greater than zero"),
        (7, "NaN", "must be a number"),
        (7, "5", "The confirmed quantity must lie between: 0 C62 have arrived, 4 C62 were ordered"),
        (7, "1.5", "no whole multiple"),
    ],
)
async def test_what_cannot_be_meant_is_refused(world: World, days: int, quantity: str | None, message: str) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    (reason,) = (await confirm(world, purchase, world.day(days), quantity)).refused
    assert reason.code is Code.VALIDATION_FAILED
    assert message in reason.message
    (unchanged,) = await world.all(PurchaseOrder)
    assert (unchanged.status, unchanged.version) == ("issued", 1)


async def test_less_than_has_arrived_is_refused_and_so_is_a_finished_order(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    await receive(world, purchase, "3")
    assert "3 C62 have arrived" in (await confirm(world, purchase, world.day(9), "2")).refused[0].message
    outcome = await confirm(world, purchase, world.day(9), "3")
    assert outcome.done is not None, outcome.refused
    (complete,) = await world.all(PurchaseOrder)
    assert complete.status == "received"
    outcome = await confirm(world, purchase, world.day(9))
    assert [reason.code for reason in outcome.refused] == [Code.INVALID_TRANSITION]


async def test_only_those_confirm_who_may(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    purchase = await bought(world, await placed(world, {lamp: "4"}))
    command = await confirmation(world, purchase, date(2026, 4, 1), None)
    outcome = await world.run(confirm_purchase_order, command, actor=world.actor(Role.WAREHOUSE))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    await world.done(confirm_purchase_order, command)
    outcome = await world.run(confirm_purchase_order, command)
    assert [reason.code for reason in outcome.refused] == [Code.VERSION_CONFLICT]

"""Placing orders: what is accepted, what it is promised, what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from authz.vocabulary import Role
from domain.cases.model import ExceptionCase
from domain.inventory.model import AllocationDecision, Demand, Reservation, SiteBalance
from domain.orders.lifecycle import WhenShort
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from domain.sourcing.model import Shortage, SourcingOption
from kernel.audit import AuditEntry
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from tests.factories.measuring import write_units
from tests.factories.supply import issued
from tests.factories.world import World


def wish(item_id: UUID, quantity: str, **changed: Any) -> PlaceSalesOrderLine:
    return PlaceSalesOrderLine(item_id=item_id, quantity=Decimal(quantity), **changed)


def order_for(world: World, *lines: PlaceSalesOrderLine, **changed: Any) -> PlaceSalesOrder:
    named = {"entity_id": world.entity_id, "customer_id": world.customer_id, **changed}
    return PlaceSalesOrder(lines=lines, **named)


async def test_an_order_in_stock_is_reserved_and_promised_for_the_day_it_is_wanted(world: World) -> None:
    boots = await world.item("boots", price="49.90", units={"XPR": 2})
    await world.stock(boots, "10")
    command = order_for(world, wish(boots, "3", unit="XPR"), requested_date=world.day(4))

    done = await world.done(place_sales_order, command)

    (order,) = await world.all(SalesOrder)
    assert [ref.id for ref in done.objects["sales_order"]] == [order.id]
    assert (order.status, order.total, order.currency) == ("allocated", Decimal("299.40"), "EUR")
    (line,) = await world.all(SalesOrderLine)
    assert (line.quantity, line.entered_quantity, line.entered_unit) == (6, 3, "XPR")
    assert (line.status, line.first_promised_date, line.last_promised_date) == ("allocated", world.day(4), world.day(4))
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (10, 6)
    (reservation,) = await world.all(Reservation)
    assert (reservation.quantity, reservation.supply_id, reservation.status) == (6, None, "active")
    (decision,) = await world.all(AllocationDecision)
    assert decision.inputs["stocks"][0]["on_hand"] == "10"
    assert await world.all(Shortage) == []


async def test_what_is_ordered_in_another_unit_of_the_dimension_is_converted(world: World) -> None:
    """Rope is sold by the half metre. The item has no factor for feet or centimetres; metres have one for both."""
    await write_units(world, "MTR", "CMT", "FOT", "KGM", "KMT")
    rope = await world.item("rope", increment="0.5", base_unit="MTR", units={"XRO": 100, "FOT": 1})
    cord = await world.item("cord", increment="0.5", base_unit="MTR")
    await world.done(place_sales_order, order_for(world, wish(rope, "250", unit="CMT"), wish(rope, "2", unit="FOT")))
    lines = await world.all(SalesOrderLine)
    assert [(line.quantity, line.entered_quantity, line.entered_unit) for line in lines] == [
        (Decimal("2.5"), 250, "CMT"),
        (2, 2, "FOT"),
    ], "its own foot, whatever a foot is elsewhere, comes first"
    wishes = (
        wish(cord, "1", unit="FOT"),
        wish(cord, "1", unit="KGM"),
        wish(cord, "1", unit="XRO"),
        wish(cord, "1e10", unit="KMT"),
    )
    outcome = await world.run(place_sales_order, order_for(world, *wishes))
    assert [reason.message.partition(f"CORD-{world.tag} ")[2] for reason in outcome.refused] == [
        "is no whole multiple of its increment, 0.5 MTR.",
        "has no unit 'KGM'; it is ordered in MTR.",
        "has no unit 'XRO'; it is ordered in MTR.",
        "",
    ]
    assert outcome.refused[-1].message == "The quantity must be at most 1000000000000."


async def test_the_short_part_waits_with_ranked_ways_out(world: World) -> None:
    lamp = await world.item("lamp", price="20.00")
    await world.stock(lamp, "2")
    await world.stock(lamp, "30", location_id=world.sister_bin_id)
    await world.keep(lamp, world.sister_site_id, "25")
    await world.buyable(lamp, amount="6.00", days=7, minimum_quantity=Decimal(10), order_multiple=Decimal(6))

    await world.done(place_sales_order, order_for(world, wish(lamp, "6")))

    (order,) = await world.all(SalesOrder)
    (line,) = await world.all(SalesOrderLine)
    assert (order.status, line.status, line.first_promised_date) == ("backordered", "backordered", None)
    (demand,) = await world.all(Demand)
    assert (demand.open_quantity, demand.reserved, demand.pegged) == (6, 2, 0)
    (shortage,) = await world.all(Shortage)
    assert (shortage.quantity, shortage.status, shortage.demand_id) == (4, "proposed", demand.id)
    transfer, buy = sorted(await world.all(SourcingOption), key=lambda option: option.rank)
    assert (transfer.kind, transfer.quantity, transfer.arrival_date) == ("transfer", 4, world.day(2))
    assert transfer.landed_cost == Decimal("22.00")  # 4 x (5.00 + 0.50)
    assert (buy.kind, buy.quantity, buy.arrival_date) == ("buy", 12, world.day(7))
    assert transfer.score_terms == {"goods": "20.00", "freight": "2.00", "delay": "1.60", "uncovered": "0.00"}
    assert "keeps 25" in transfer.reason
    (case,) = await world.all(ExceptionCase)
    assert (case.type, case.subject_id, case.severity, case.status) == (
        "shortage",
        shortage.id,
        Decimal("80.00"),
        "open",
    )


async def test_partial_takes_what_can_leave_and_cuts_the_rest(world: World) -> None:
    rope = await world.item("rope")
    await world.stock(rope, "4")
    await world.done(place_sales_order, order_for(world, wish(rope, "10"), when_short=WhenShort.PARTIAL))
    (line,) = await world.all(SalesOrderLine)
    assert (line.quantity, line.cancelled_quantity, line.amount, line.status) == (10, 6, Decimal("40.00"), "allocated")
    (demand,) = await world.all(Demand)
    assert (demand.open_quantity, demand.reserved) == (4, 4)
    (case,) = await world.all(ExceptionCase)
    assert (case.type, case.severity) == ("partial_fill", Decimal("60.00"))
    assert await world.all(Shortage) == []


async def test_refuse_changes_nothing_and_says_what_could_be_had(world: World) -> None:
    rope = await world.item("rope")
    await world.stock(rope, "4")
    outcome = await world.run(place_sales_order, order_for(world, wish(rope, "10"), when_short=WhenShort.REFUSE))
    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.INSUFFICIENT_STOCK, ("lines", 0, "quantity"))
    assert (reason.data["requested"], reason.data["available"]) == (10, 4)
    assert await world.all(SalesOrder) == []
    (balance,) = await world.all(SiteBalance)
    assert balance.reserved == 0


async def test_two_lines_on_one_item_share_what_there_is(world: World) -> None:
    the_last_pallet = await world.item("the last pallet")
    await world.stock(the_last_pallet, "5")
    await world.done(place_sales_order, order_for(world, wish(the_last_pallet, "4"), wish(the_last_pallet, "4")))
    (balance,) = await world.all(SiteBalance)
    assert balance.reserved == 5
    assert sorted(demand.reserved for demand in await world.all(Demand)) == [1, 4]


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("0", "The quantity must be greater than zero."),
        ("-1", "The quantity must be greater than zero."),
        ("NaN", "The quantity must be a number."),
        ("Infinity", "The quantity must be a number."),
        ("1e30", "The quantity must be at most 1000000000000."),
        ("0.5", "is no whole multiple of its increment, 1 C62."),
    ],
)
async def test_quantities_that_cannot_be_meant_are_refused(world: World, quantity: str, message: str) -> None:
    nail = await world.item("nail")
    outcome = await world.run(place_sales_order, order_for(world, wish(nail, quantity)))
    (reason,) = outcome.refused
    assert reason.code is Code.VALIDATION_FAILED
    assert message in reason.message
    assert reason.path == ("lines", 0, "quantity")
    assert await world.all(SalesOrder) == []


async def test_every_reason_is_told_at_once(world: World) -> None:
    nail = await world.item("nail")
    unpriced = await world.item("sample", price=None)
    outcome = await world.run(
        place_sales_order,
        order_for(
            world,
            wish(new_id(), "1"),
            wish(nail, "1", unit="KGM"),
            wish(unpriced, "1"),
            wish(nail, "1", requested_date=date(1999, 1, 1)),
        ),
    )
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.NOT_FOUND, ("lines", 0, "itemId")),
        (Code.VALIDATION_FAILED, ("lines", 1, "unit")),
        (Code.VALIDATION_FAILED, ("lines", 2, "itemId")),
        (Code.VALIDATION_FAILED, ("lines", 3, "requestedDate")),
    ]


async def test_another_entitys_site_does_not_exist(world: World) -> None:
    nail = await world.item("nail")
    outcome = await world.run(place_sales_order, order_for(world, wish(nail, "1"), site_id=new_id()))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [(Code.NOT_FOUND, ("siteId",))]


async def test_the_same_key_places_one_order(world: World) -> None:
    nail = await world.item("nail")
    await world.stock(nail, "10")
    command = order_for(world, wish(nail, "1"))
    first = await world.run(place_sales_order, command, idempotency_key="k1")
    second = await world.run(place_sales_order, order_for(world, wish(nail, "1.00")), idempotency_key="k1")
    other = await world.run(place_sales_order, order_for(world, wish(nail, "2")), idempotency_key="k1")
    assert first.done is not None
    assert second.replayed
    assert second.done == first.done
    assert [reason.code for reason in other.refused] == [Code.IDEMPOTENCY_CONFLICT]
    assert len(await world.all(SalesOrder)) == 1


async def test_what_was_done_for_somebody_is_not_done_for_oneself(world: World) -> None:
    """Whoever may not place orders does not have one answered because they placed it for another under that key."""
    nail = await world.item("nail")
    command = order_for(world, wish(nail, "1"))
    for_cleo = replace(world.clerk, subject="wim", on_behalf_of="cleo")
    done = await world.run(place_sales_order, command, actor=for_cleo, idempotency_key="k1")
    assert (await world.run(place_sales_order, command, actor=for_cleo, idempotency_key="k1")).done == done.done
    for other in (world.actor(Role.WAREHOUSE, subject="wim"), replace(for_cleo, on_behalf_of="cora")):
        again = await world.run(place_sales_order, command, actor=other, idempotency_key="k1")
        assert [reason.code for reason in again.refused] == [Code.IDEMPOTENCY_CONFLICT]


async def test_a_dry_run_leaves_no_trace(world: World) -> None:
    nail = await world.item("nail")
    outcome = await world.run(place_sales_order, order_for(world, wish(nail, "1")), dry_run=True, idempotency_key="k")
    assert outcome.done is not None
    assert await world.all(SalesOrder) == []
    assert await world.all(EventRecord) == []
    again = await world.run(place_sales_order, order_for(world, wish(nail, "1")), idempotency_key="k")
    assert not again.replayed


async def test_the_order_is_an_event_and_an_audit_row(world: World) -> None:
    nail = await world.item("nail")
    await world.done(place_sales_order, order_for(world, wish(nail, "1")))
    events = await world.all(EventRecord)
    assert [event.type for event in events] == ["ShortageDetected", "CaseOpened", "SalesOrderPlaced"]
    assert {event.actor for event in events} == {"clerk"}
    audit = await world.rows(
        select(AuditEntry.mutation, AuditEntry.outcome).where(AuditEntry.entity_id == world.entity_id)
    )
    assert audit == [("place_sales_order", "done")]


async def test_nothing_is_promised_for_today_from_goods_that_are_overdue(world: World) -> None:
    lamp = await world.item("lamp")
    await issued(world, {lamp: "10"})
    world.now += timedelta(days=20)

    refused = await world.run(place_sales_order, order_for(world, wish(lamp, "5"), when_short=WhenShort.REFUSE))
    await world.done(place_sales_order, order_for(world, wish(lamp, "5")))

    assert [reason.code for reason in refused.refused] == [Code.INSUFFICIENT_STOCK]
    (line,) = await world.all(SalesOrderLine)
    assert (line.status, line.last_promised_date) == ("backordered", world.day(1))

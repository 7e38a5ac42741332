"""Recording suppliers' invoices: what is posted, what is blocked, what is refused."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from authz.vocabulary import Role
from domain.cases.model import ExceptionCase
from domain.finance.model import JournalEntry, OpenItem, ValuationLayer
from domain.invoicing.model import SupplierInvoice, SupplierInvoiceLine
from domain.invoicing.record import (
    RecordSupplierInvoice,
    RecordSupplierInvoiceLine,
    record_supplier_invoice,
)
from domain.procurement.model import PurchaseOrderLine
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.outcome import Outcome
from kernel.refusal import Code
from kernel.statements import write
from masterdata.parties.model import Supplier
from masterdata.policies.model import MatchTolerance
from tests.databases import writing
from tests.factories.buying import ordered, received
from tests.factories.invariants import assert_invariants
from tests.factories.selling import placed, ship
from tests.factories.world import World


def invoice(world: World, *lines: tuple[UUID, str, str], **changed: Any) -> RecordSupplierInvoice:
    """The command for an invoice with these order lines, quantities and prices."""
    given: Mapping[str, Any] = {
        "entity_id": world.entity_id,
        "supplier_id": world.supplier_id,
        "number": "2026-117",
        "invoice_date": world.today,
        "currency": world.currency,
        **changed,
    }
    asked = tuple(
        RecordSupplierInvoiceLine(purchase_order_line_id=line_id, quantity=Decimal(quantity), unit_price=Decimal(price))
        for line_id, quantity, price in lines
    )
    return RecordSupplierInvoice(lines=asked, **given)


async def record(world: World, *lines: tuple[UUID, str, str], **changed: Any) -> Outcome[None]:
    return await world.run(record_supplier_invoice, invoice(world, *lines, **changed))


async def open_of(world: World, account: str) -> list[Any]:
    """Quantity and amount that are open on the account, the oldest item first."""
    return [(item.open_quantity, item.open_amount) for item in await world.all(OpenItem) if item.account == account]


async def entries(world: World) -> list[tuple[str, str, Decimal]]:
    """What invoices posted: debit, credit, amount."""
    rows = [row for row in await world.all(JournalEntry) if row.document_type == "SupplierInvoice"]
    return [(row.debit_account, row.credit_account, row.amount) for row in rows]


async def test_what_was_ordered_and_arrived_posts_itself(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    await received(world, line_id, "10")

    outcome = await record(world, (line_id, "10", "6.00"))

    assert outcome.done is not None
    assert outcome.done.warnings == ()
    (recorded,) = await world.all(SupplierInvoice)
    assert (recorded.status, recorded.total, recorded.number) == ("posted", Decimal("60.00"), "2026-117")
    (line,) = await world.all(SupplierInvoiceLine)
    assert (line.match_result, line.amount, line.price_variance) == ("matched", Decimal("60.00"), 0)
    assert await open_of(world, "goods_received_not_invoiced") == [(0, 0)]
    assert await open_of(world, "payables") == [(0, Decimal("60.00"))]
    assert await entries(world) == [("goods_received_not_invoiced", "payables", Decimal("60.00"))]
    (order_line,) = await world.all(PurchaseOrderLine)
    assert order_line.invoiced_quantity == 10
    assert (await world.all(EventRecord))[-1].type == "SupplierInvoicePosted"
    await assert_invariants(world)


async def test_the_oldest_receipt_is_paid_first(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "9", "3.335"))
    for quantity in ("3", "3", "3"):
        await received(world, line_id, quantity)  # 10.005, booked as 10.01 each
    await record(world, (line_id, "4", "3.335"))
    assert await open_of(world, "goods_received_not_invoiced") == [(0, 0), (2, Decimal("6.67")), (3, Decimal("10.01"))]
    await record(world, (line_id, "5", "3.335"), number="2026-118")
    assert await open_of(world, "goods_received_not_invoiced") == [(0, 0), (0, 0), (0, 0)]
    await assert_invariants(world)


async def test_a_price_inside_the_tolerance_is_split_between_what_is_there_and_what_is_sold(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    await received(world, line_id, "10")
    await ship(world, await placed(world, (flour, "6")))

    await record(world, (line_id, "10", "6.10"))

    assert await entries(world) == [
        ("goods_received_not_invoiced", "payables", Decimal("60.00")),
        ("stock", "payables", Decimal("0.40")),
        ("invoice_variance", "payables", Decimal("0.60")),
    ]
    (layer,) = await world.all(ValuationLayer)
    assert (layer.quantity, layer.value) == (4, Decimal("24.40"))
    await assert_invariants(world)


async def test_a_price_beyond_the_tolerance_blocks_the_invoice(world: World) -> None:
    flour, salt = await world.item("flour"), await world.item("salt")
    dear, fair = await ordered(world, (flour, "10", "6.00"), (salt, "1", "1.00"))
    await received(world, dear, "10")
    await received(world, fair, "1")

    outcome = await record(world, (dear, "10", "7.00"), (fair, "1", "1.00"))

    assert outcome.done is not None
    assert [notice.code for notice in outcome.done.warnings] == ["MATCH_VARIANCE"]
    (recorded,) = await world.all(SupplierInvoice)
    assert (recorded.status, recorded.open_item_id) == ("blocked", None)
    first, second = await world.all(SupplierInvoiceLine)
    assert (first.match_result, first.price_variance) == ("price_variance", Decimal("10.00"))
    assert "Price 7.00 instead of 6.00 (+16.67 %), beyond the tolerance of 2 %." in first.explanation
    assert second.match_result == "matched"
    assert await entries(world) == []
    assert await open_of(world, "goods_received_not_invoiced") == [(10, Decimal("60.00")), (1, Decimal("1.00"))]
    assert {line.invoiced_quantity for line in await world.all(PurchaseOrderLine)} == {0}
    (case,) = await world.all(ExceptionCase)
    assert (case.type, case.subject_id, case.owner_role) == ("match_variance", recorded.id, "finance")
    told = "Line 1: 10 invoiced; 10 received and not yet invoiced. Price beyond the tolerance of 2 %."
    assert (case.severity, case.summary) == (Decimal("10.00"), told), "a case is read by people who may not see prices"
    await assert_invariants(world)


async def test_more_than_arrived_blocks_the_invoice(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    await received(world, line_id, "4")
    await record(world, (line_id, "3", "6.00"), (line_id, "2", "6.00"))
    first, second = await world.all(SupplierInvoiceLine)
    assert (first.match_result, second.match_result) == ("matched", "quantity_variance")
    assert second.quantity_variance == 1
    (case,) = await world.all(ExceptionCase)
    assert case.severity == Decimal("6.00")


async def test_without_a_tolerance_on_record_it_is_zero(world: World) -> None:
    async with writing(world.activation) as driver:
        await write(driver, delete(MatchTolerance).where(MatchTolerance.entity_id == world.entity_id), {})
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    await received(world, line_id, "10")
    await record(world, (line_id, "10", "6.01"))
    (recorded,) = await world.all(SupplierInvoice)
    assert recorded.status == "blocked"


async def test_one_invoice_for_several_orders(world: World) -> None:
    flour, salt = await world.item("flour"), await world.item("salt")
    (of_flour,) = await ordered(world, (flour, "10", "6.00"))
    (of_salt,) = await ordered(world, (salt, "5", "2.00"))
    await received(world, of_flour, "10")
    await received(world, of_salt, "5")
    await record(world, (of_flour, "10", "6.00"), (of_salt, "5", "2.00"), (of_flour, "0.0", "6"))
    assert await world.all(SupplierInvoice) == []
    await record(world, (of_flour, "6", "6.00"), (of_salt, "5", "2.00"), (of_flour, "4", "6.00"))
    assert await open_of(world, "goods_received_not_invoiced") == [(0, 0), (0, 0)]
    assert await open_of(world, "payables") == [(0, Decimal("70.00"))]
    await assert_invariants(world)


async def test_another_currency_is_booked_at_the_orders_rate(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "3", "10.00"), currency="USD", rate="0.9133")
    await received(world, line_id, "3")  # 27.399
    outcome = await record(world, (line_id, "3", "10.00"), currency="USD")
    assert outcome.done is not None
    assert await entries(world) == [("goods_received_not_invoiced", "payables", Decimal("27.40"))]
    (recorded,) = await world.all(SupplierInvoice)
    assert (recorded.total, recorded.currency) == (Decimal("30.00"), "USD")
    posted = [row for row in await world.all(JournalEntry) if row.document_type == "SupplierInvoice"]
    assert [(row.transaction_amount, row.transaction_currency) for row in posted] == [(Decimal("30.00"), "USD")]
    await assert_invariants(world)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_in_a_month_the_account_is_its_open_items(world: World, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a repeatable story
    flour = await world.item("flour", increment="0.1")
    lines = await ordered(world, (flour, "500", "3.335"), (flour, "500", "7.77"), currency="USD", rate="0.9133")
    prices = dict(zip(lines, ("3.335", "7.77"), strict=True))
    for day in range(25):
        line_id, quantity = chance.choice(lines), f"{chance.randint(1, 99) / 10}"
        match chance.choice(("receive", "receive", "sell", "invoice")):
            case "receive":
                await received(world, line_id, quantity)
            case "sell":
                await ship(world, await placed(world, (flour, quantity)))
            case _:
                more = chance.choice(("1", "1.015", "0.985", "1.1"))
                price = f"{round(Decimal(prices[line_id]) * Decimal(more), 6)}"
                outcome = await record(world, (line_id, quantity, price), number=f"2026-{day}", currency="USD")
                assert outcome.done is not None
    statuses = {recorded.status for recorded in await world.all(SupplierInvoice)}
    assert statuses == {"posted", "blocked"}
    await assert_invariants(world)


async def test_a_number_is_taken_once(world: World) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    await received(world, line_id, "10")
    await record(world, (line_id, "5", "6.00"))
    again = await record(world, (line_id, "5", "6.00"), number=" 2026-117 ")
    assert [(reason.code, reason.path) for reason in again.refused] == [(Code.DUPLICATE, ("number",))]
    assert len(await world.all(SupplierInvoice)) == 1
    assert await open_of(world, "goods_received_not_invoiced") == [(5, Decimal("30.00"))]
    await assert_invariants(world)


async def test_what_belongs_to_others_is_refused(world: World) -> None:
    flour = await world.item("flour")
    baker_id = new_id()
    await world.write(Supplier, id=baker_id, code=f"B-{world.tag}", name="The baker", currency="EUR")
    (of_baker,) = await ordered(world, (flour, "10", "6.00"), supplier_id=baker_id)
    (in_dollars,) = await ordered(world, (flour, "10", "6.00"), currency="USD")
    stranger = await World(world.database, world.activation).build()
    (of_stranger,) = await ordered(stranger, (flour, "10", "6.00"))
    outcome = await record(world, *((line_id, "1", "6.00") for line_id in (of_baker, in_dollars, of_stranger)))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.VALIDATION_FAILED, ("lines", 0, "purchaseOrderLineId")),
        (Code.VALIDATION_FAILED, ("lines", 1, "purchaseOrderLineId")),
        (Code.NOT_FOUND, ("lines", 2, "purchaseOrderLineId")),
    ]
    assert await world.all(SupplierInvoice) == []


@pytest.mark.parametrize(
    ("quantity", "price", "field"),
    [
        ("0", "6.00", "quantity"),
        ("NaN", "6.00", "quantity"),
        ("1e30", "6.00", "quantity"),
        ("0.5", "6.00", "quantity"),
        ("1", "-1", "unitPrice"),
        ("1", "NaN", "unitPrice"),
        ("1", "1e30", "unitPrice"),
        ("1", "0.0000001", "unitPrice"),
    ],
)
async def test_figures_that_cannot_be_meant_are_refused(world: World, quantity: str, price: str, field: str) -> None:
    flour = await world.item("flour")
    (line_id,) = await ordered(world, (flour, "10", "6.00"))
    outcome = await record(world, (line_id, quantity, price))
    assert [(reason.code, reason.path) for reason in outcome.refused] == [(Code.VALIDATION_FAILED, ("lines", 0, field))]


async def test_headings_that_cannot_be_meant_are_refused(world: World) -> None:
    outcome = await record(world, number="  ", invoice_date=world.day(1), supplier_id=new_id())
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.VALIDATION_FAILED, ("number",)),
        (Code.VALIDATION_FAILED, ("invoiceDate",)),
        (Code.VALIDATION_FAILED, ("lines",)),
        (Code.NOT_FOUND, ("supplierId",)),
    ]


async def test_who_may_not_record_invoices_is_told_so(world: World) -> None:
    outcome = await world.run(record_supplier_invoice, invoice(world), actor=world.actor(Role.WAREHOUSE))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]

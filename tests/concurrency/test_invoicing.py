"""The same invoice by post and by mail, at once: it is taken once."""

import asyncio
from collections import Counter
from decimal import Decimal

from domain.finance.model import OpenItem
from domain.invoicing.model import SupplierInvoice
from domain.invoicing.record import RecordSupplierInvoice, RecordSupplierInvoiceLine, record_supplier_invoice
from kernel.refusal import Code
from tests.factories.buying import ordered, received
from tests.factories.world import World


async def test_one_number_that_arrives_many_times_is_taken_once(world: World) -> None:
    flour = await world.item("flour")
    line_ids = [line_id for _ in range(12) for line_id in await ordered(world, (flour, "10", "6.00"))]
    for line_id in line_ids:
        await received(world, line_id, "10")
    commands = [
        RecordSupplierInvoice(
            entity_id=world.entity_id,
            supplier_id=world.supplier_id,
            number="2026-117",
            invoice_date=world.today,
            currency=world.currency,
            lines=(
                RecordSupplierInvoiceLine(
                    purchase_order_line_id=line_id, quantity=Decimal(10), unit_price=Decimal("6.00")
                ),
            ),
        )
        for line_id in line_ids  # different orders: no lock but the number's keeps them apart
    ]

    outcomes = await asyncio.gather(*(world.run(record_supplier_invoice, command) for command in commands))

    assert Counter(outcome.done is not None for outcome in outcomes) == {True: 1, False: 11}
    assert {reason.code for outcome in outcomes for reason in outcome.refused} == {Code.DUPLICATE}
    assert len(await world.all(SupplierInvoice)) == 1
    assert [item.amount for item in await world.all(OpenItem) if item.account == "payables"] == [Decimal("60.00")]

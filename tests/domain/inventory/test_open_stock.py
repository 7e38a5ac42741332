"""Opening stock: booked once by its references, on the entity's own day, or refused with every reason."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from domain.finance.model import JournalEntry
from domain.inventory.model import Movement, SiteBalance
from domain.inventory.open_stock import OpeningLine, OpenStock, open_stock
from kernel.ids import new_id
from kernel.refusal import Code
from kernel.statements import write
from masterdata.entities.model import LegalEntity
from tests.databases import writing
from tests.factories.invariants import assert_invariants
from tests.factories.world import World


def opening(world: World, rope: UUID, quantity: str, **changed: Any) -> OpenStock:
    line = OpeningLine(
        item_id=rope,
        location_id=world.bin_id,
        quantity=Decimal(quantity),
        unit_cost=Decimal("5.00"),
        reference="old system/stock/1",
    )
    return OpenStock(entity_id=world.entity_id, lines=(replace(line, **changed),))


async def test_it_is_booked_on_the_day_that_the_entity_has(world: World) -> None:
    rope = await world.item("rope")
    async with writing(world.activation) as driver:
        in_auckland = update(LegalEntity).where(LegalEntity.id == world.entity_id)
        await write(driver, in_auckland.values(time_zone="Pacific/Auckland"), {})
    world.now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)

    await world.done(open_stock, opening(world, rope, "10"))

    (entry,) = await world.all(JournalEntry)
    assert (entry.amount, entry.accounting_date) == (Decimal("50.00"), date(2026, 3, 3))


@pytest.mark.parametrize(
    ("quantity", "changed", "path"),
    [
        ("NaN", {}, "quantity"),
        ("0", {}, "quantity"),
        ("1.5", {}, "quantity"),
        ("1", {"unit_cost": Decimal("NaN")}, "unitCost"),
        ("1", {"unit_cost": Decimal("-1")}, "unitCost"),
        ("1", {"location_id": new_id()}, "locationId"),
        ("1", {"item_id": new_id()}, "itemId"),
    ],
)
async def test_what_cannot_be_meant_is_refused(world: World, quantity: str, changed: Any, path: str) -> None:
    rope = await world.item("rope")
    outcome = await world.run(open_stock, opening(world, rope, quantity, **changed))
    assert [reason.path for reason in outcome.refused] == [("lines", 0, path)]
    assert {reason.code for reason in outcome.refused} <= {Code.VALIDATION_FAILED, Code.NOT_FOUND}
    assert await world.all(Movement) == []


async def test_two_imports_at_once_book_a_reference_once(world: World) -> None:
    rope = await world.item("rope")
    command = opening(world, rope, "10")
    # Whoever has a connection already does not come late.
    await asyncio.gather(*(world.run(open_stock, opening(world, rope, "NaN")) for _ in range(8)))

    outcomes = await asyncio.gather(*(world.run(open_stock, command) for _ in range(8)))

    assert sorted(len(outcome.done.warnings) for outcome in outcomes if outcome.done) == [0] + [1] * 7
    (balance,) = await world.all(SiteBalance)
    assert balance.on_hand == 10
    assert len(await world.all(Movement)) == 1
    await assert_invariants(world)

"""Proving the invariants: they hold after ordinary work, and every fault is found."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Update, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.finance.model import JournalEntry, OpenItem, ValuationLayer
from domain.fulfillment.model import ShipmentLine
from domain.invariants.prove import INVARIANTS, Proof, check_invariants, prove_invariants
from domain.inventory.model import BinBalance, Demand, Movement, Reservation, SiteBalance
from domain.orders.model import SalesOrderLine
from kernel.db import insert_rows
from kernel.events import EventRecord
from kernel.ids import new_id
from tests.databases import driver_of
from tests.factories.invariants import assert_invariants
from tests.factories.selling import lines_now, placed, ship
from tests.factories.world import World


@pytest.fixture
async def trading(world: World) -> World:
    """Stock in two bins; an order that left in part, with a backordered rest."""
    lamp = await world.item("lamp")
    await world.stock(lamp, "10")
    await world.stock(lamp, "3", location_id=world.sister_bin_id)
    order_id = await placed(world, (lamp, "12"))
    (line,) = await lines_now(world, order_id)
    await ship(world, order_id, (line.id, "4"))
    return world


async def broken(world: World) -> dict[str, Proof]:
    async with world.database.worker.connect() as connection:
        return {proof.name: proof for proof in await check_invariants(await driver_of(connection), [world.entity_id])}


async def test_all_hold_after_ordinary_work(trading: World) -> None:
    await assert_invariants(trading)
    async with trading.database.worker.connect() as connection:
        proofs = await prove_invariants(await driver_of(connection), [trading.entity_id])
    assert [proof.name for proof in proofs] == [invariant.name for invariant in INVARIANTS]
    assert all(proof.holds and proof.description for proof in proofs)


def _changed(model: Any, column: str, *, by: int = 1) -> Update:
    return update(model).values({column: getattr(model, column) + by})


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (_changed(BinBalance, "on_hand"), {"bins_make_up_sites", "movements_make_up_bins"}),
        (_changed(SiteBalance, "on_hand"), {"bins_make_up_sites"}),
        (_changed(Movement, "quantity"), {"movements_make_up_bins", "movements_make_up_layers"}),
        (_changed(SiteBalance, "reserved", by=-1).where(SiteBalance.reserved > 0), {"reservations_make_up_sites"}),
        (
            _changed(Reservation, "open_quantity", by=-1).where(Reservation.supply_id.is_(None)),
            {"reservations_make_up_sites", "reservations_make_up_demands"},
        ),
        (_changed(Demand, "pegged"), {"pegs_make_up_demands"}),
        (_changed(Demand, "open_quantity"), {"order_lines_make_up_demands"}),
        (_changed(SalesOrderLine, "cancelled_quantity"), {"order_lines_make_up_demands"}),
        (_changed(ShipmentLine, "quantity"), {"shipments_make_up_order_lines"}),
        (_changed(ValuationLayer, "quantity"), {"movements_make_up_layers"}),
        (_changed(ValuationLayer, "value"), {"stock_account_is_its_layers"}),
        (delete(JournalEntry).where(JournalEntry.debit_account == "cost_of_sales"), {"stock_account_is_its_layers"}),
    ],
)
async def test_every_fault_is_found(trading: World, migrate_engine: AsyncEngine, fault: Any, found: set[str]) -> None:
    table = fault.table
    async with migrate_engine.begin() as connection:
        await connection.execute(fault.where(table.c.entity_id == trading.entity_id))
    assert set(await broken(trading)) == found


async def test_a_missing_row_is_a_fault_as_well(trading: World, migrate_engine: AsyncEngine) -> None:
    async with migrate_engine.begin() as connection:
        await connection.execute(delete(BinBalance).where(BinBalance.location_id == trading.sister_bin_id))
    faults = await broken(trading)
    assert set(faults) == {"bins_make_up_sites", "movements_make_up_bins"}
    (example,) = faults["bins_make_up_sites"].examples
    assert example.place_id == trading.sister_site_id
    assert [int(example.counted), int(example.proved)] == [3, 0]


async def test_an_event_without_position_is_a_fault_after_a_minute(world: World, migrate_engine: AsyncEngine) -> None:
    """The rows are never committed, so that no sequencer at work beside the test gives them positions."""
    async with migrate_engine.connect() as connection:
        written: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        ages = [timedelta(minutes=2)] * 6 + [timedelta(seconds=30)]
        await insert_rows(connection, EventRecord, [_event(world, written - age) for age in ages])
        faults = await check_invariants(await driver_of(connection), [world.entity_id])
        await connection.rollback()
    assert [(proof.name, proof.violations, len(proof.examples)) for proof in faults] == [
        ("events_have_positions", 6, 5)
    ]


def _event(world: World, recorded_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entity_id": world.entity_id,
        "type": "NoteWritten",
        "subject_type": "Note",
        "subject_id": new_id(),
        "actor": "ann",
        "payload": {},
        "occurred_at": recorded_at,
        "recorded_at": recorded_at,
    }


async def test_who_looks_at_another_entity_sees_no_fault_here(trading: World, migrate_engine: AsyncEngine) -> None:
    other = await World(trading.database, trading.activation).build()
    async with migrate_engine.begin() as connection:
        await connection.execute(_changed(SiteBalance, "on_hand").where(SiteBalance.entity_id == trading.entity_id))
    assert await broken(other) == {}
    async with trading.database.worker.connect() as connection:
        of_all = {proof.name for proof in await check_invariants(await driver_of(connection), None)}
    assert "bins_make_up_sites" in of_all


async def test_an_open_item_that_no_entry_explains_is_a_fault(world: World) -> None:
    row = {
        "entity_id": world.entity_id,
        "id": new_id(),
        "account": "payables",
        "document_type": "SupplierInvoice",
        "document_id": new_id(),
        "quantity": Decimal(0),
        "open_quantity": Decimal(0),
        "amount": Decimal("9.00"),
        "open_amount": Decimal("9.00"),
        "currency": world.currency,
        "opened_at": world.now,
    }
    async with world.database.worker.begin() as connection:
        await insert_rows(connection, OpenItem, [row])
    (proof,) = (await broken(world)).values()
    assert (proof.name, proof.violations) == ("payables_are_their_open_items", 1)

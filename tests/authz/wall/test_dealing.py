"""A supplier sees the items on their own purchase orders, and nobody else sees more for that."""

from uuid import UUID

import pytest
from sqlalchemy import Table

from authz.wall.policies import Policy, policies_of
from kernel.tables import item_column_of, tellings
from migrations.models import load_models
from tests.authz.wall.attacker import Company, Session, carry, reads
from tests.factories.buying import ordered

_TABLES = load_models().sorted_tables
_ITEMS = "SELECT id FROM item WHERE id = ANY ($1)"
_UNITS = "SELECT item_id FROM item_unit WHERE item_id = ANY ($1)"
_FOUND = "SELECT wharfinger.search_item($1)"


@pytest.fixture(scope="session")
async def rivet(north: Company) -> UUID:
    """An item that is not published. The north buys it, in boxes."""
    rivet = await north.item("rivet", units={"XBX": 100})
    await ordered(north, (rivet, "10", "1.00"))
    return rivet


async def seen(session: Session, statement: str, *items: UUID) -> set[UUID]:
    return {UUID(int=row[0].int) for row in await session.fetch(statement, items)}


async def test_who_is_to_deliver_an_item_sees_it(session: Session, north: Company, south: Company, rivet: UUID) -> None:
    supplier = north.supplier_id
    await carry(session, reads(north, south, partner_id=supplier))
    assert await seen(session, _ITEMS, rivet, north.bolt) == {rivet}
    assert await seen(session, _UNITS, rivet) == {rivet}
    assert rivet in {UUID(int=row[0].int) for row in await session.fetch(_FOUND, "%rivet%")}


async def test_nobody_else_does(session: Session, north: Company, south: Company, rivet: UUID) -> None:
    others = {
        "where they do not deal with us": reads(south, partner_id=north.supplier_id),
        "another supplier": reads(north, south, partner_id=south.supplier_id),
        "a customer": reads(north, partner_id=north.customer_id),
        "nowhere": reads(partner_id=north.supplier_id),
    }
    for name, context in others.items():
        await carry(session, context)
        assert await seen(session, _ITEMS, rivet) == set(), name
        assert await seen(session, _UNITS, rivet) == set(), name
        assert rivet not in {UUID(int=row[0].int) for row in await session.fetch(_FOUND, "%rivet%")}, name


async def test_for_people_of_the_group_documents_are_not_looked_at(
    session: Session, north: Company, rivet: UUID
) -> None:
    await carry(session, reads(north))
    asked = "EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF) SELECT name FROM item WHERE id = $1"
    plan = [str(row[0]).strip() for row in await session.fetch(asked, rivet)]
    (place,) = [number for number, line in enumerate(plan) if line == "Output: wharfinger.items_dealt_in()"]
    assert plan[place - 1] == "->  Result (never executed)"


def test_every_table_of_items_says_by_which_column() -> None:
    named = {table.name: item_column_of(table) for table in _TABLES if item_column_of(table)}
    assert named == {"item": "id", "item_unit": "item_id"}
    (told,) = tellings(load_models())
    assert (told.document.name, told.line.name) == ("purchase_order", "purchase_order_line")
    assert (told.key, told.item, told.partner) == ("order_id", "item_id", "supplier_id")
    asking = {policy.table for table in _TABLES for policy in _asking(table)}
    assert asking == named.keys()


def _asking(table: Table) -> list[Policy]:
    return [each for each in policies_of(table) if "items_dealt_in" in each.statement]

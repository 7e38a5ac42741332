"""SQL that runs as the application sees no more than its signed context says."""

import asyncpg
import pytest
from sqlalchemy import text

from kernel.contexts import SHARED
from kernel.ids import new_id
from kernel.writers import Writers
from tests.authz.wall.attacker import Company, Session, carry, reads, seen
from tests.databases import visiting

_ITEMS = "SELECT count(*) FROM item WHERE id = ANY ($1)"


async def test_without_a_context_there_is_nothing(session: Session, north: Company) -> None:
    assert await seen(session, north) == set()
    for empty in ("", "RESET wharfinger.context"):
        await session.execute(empty or "SET wharfinger.context = ''")
        assert await seen(session, north) == set()
        assert await session.fetchval("SELECT count(*) FROM item") == 0
        assert await session.fetchval("SELECT count(*) FROM legal_entity") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await session.execute(
            "INSERT INTO audit_entry VALUES ($1, NULL, now(), 'x', NULL, 'x', 'done', '{}')", new_id()
        )


async def test_a_context_shows_its_entities_and_what_the_group_shares(
    session: Session, north: Company, south: Company
) -> None:
    await carry(session, reads(north))
    assert await seen(session, north, south) == {north.entity_id}
    assert await session.fetchval(_ITEMS, [north.bolt, south.bolt]) == 2
    await carry(session, reads(north, south))
    assert await seen(session, north, south) == {north.entity_id, south.entity_id}
    await carry(session, SHARED)
    assert await seen(session, north, south) == set()
    assert await session.fetchval(_ITEMS, [north.bolt, south.bolt]) == 2


async def test_a_filter_that_looks_at_what_it_is_asked_about_sees_no_more(
    session: Session, north: Company, south: Company
) -> None:
    """A condition that fails on a row tells what is in it; it is not asked about rows behind the wall."""
    await carry(session, reads(north))
    hidden = await session.fetch(
        "SELECT 1 FROM sales_order WHERE 1 / (CASE WHEN entity_id = $1 THEN 0 ELSE 1 END) = 1", south.entity_id
    )
    assert len(hidden) == await session.fetchval("SELECT count(*) FROM sales_order")


async def test_the_search_functions_answer_what_the_caller_may_see(session: Session, north: Company) -> None:
    search = "SELECT count(*) FROM wharfinger.search_item('%bolt%')"
    assert await session.fetchval(search) == 0
    await carry(session, SHARED)
    assert await session.fetchval(search) >= 1
    await carry(session, reads(north, partner_id=north.supplier_id))
    assert await session.fetchval(search) == 0
    assert await session.fetchval("SELECT count(*) FROM wharfinger.search_supplier('%mill%')") == 1


async def test_no_error_of_a_search_tells_of_a_row_that_is_not_seen(session: Session, north: Company) -> None:
    await carry(session, reads(north, partner_id=north.customer_id))
    for known in ("bol", "bo%l", "unknown"):
        for index in ("on", "off"):
            await session.execute(f"SET enable_seqscan = {index}")
            found = await session.fetch("SELECT wharfinger.search_item($1)", known + "\\")
            assert found == [], known


async def test_an_outsider_sees_what_names_them_and_nothing_else(
    session: Session, north: Company, south: Company
) -> None:
    await carry(session, reads(north, partner_id=north.customer_id))
    hidden = (
        "site_balance",
        "supplier",
        "demand",
        "reservation",
        "movement",
        "purchase_order",
        "change_request",
    )
    for table in hidden:
        assert await session.fetchval(f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    assert await session.fetchval("SELECT count(*) FROM item WHERE NOT is_published") == 0
    assert await session.fetchval("SELECT count(*) FROM item WHERE id = $1", north.bolt) == 0
    for table in ("customer", "sales_order", "sales_order_line", "legal_entity"):
        assert await session.fetchval(f"SELECT count(*) FROM {table}") == 1, table  # noqa: S608
    await carry(session, reads(north, partner_id=south.customer_id))
    assert await session.fetchval("SELECT count(*) FROM sales_order") == 0
    assert await session.fetchval("SELECT count(*) FROM sales_order_line") == 0


async def test_activation_needs_a_context_too(activation: Writers, north: Company) -> None:
    async with activation.transaction(SHARED) as transaction:
        assert await transaction.driver.fetchval("SELECT count(*) FROM item") > 0, north.bolt
    async with visiting(activation.url) as connection:
        assert (await connection.execute(text("SELECT count(*) FROM item"))).scalar_one() == 0

"""A row of two legal entities is there for either; what is offered is there for who looks under an agreement."""

import asyncpg
import pytest
from sqlalchemy import Table

from authz.wall.policies import policies_of
from kernel.contexts import RowContext
from kernel.roles import Role
from kernel.tables import TableClass, class_of, is_offered, parties_of
from migrations.models import load_models
from tests.authz.wall.attacker import CARRY, SIGNER, Company, Session, carry, reads
from tests.factories.agreements import agreed

_TABLES = load_models().sorted_tables
_CODES = "SELECT code FROM inter_company_agreement WHERE giver_entity_id = ANY ($1) ORDER BY code"
_OFFERED = ["inventory_policy", "location", "site_balance", "valuation_layer"]


@pytest.fixture(scope="session")
async def agreements(north: Company, south: Company) -> list[Company]:
    """Each of the two gives to the other, and the north to a third as well."""
    west = await Company(north.database, north.activation).build()
    await agreed(north, south, code="A")
    await agreed(south, north, code="B")
    await agreed(north, west, code="C")
    return [north, south, west]  # type: ignore[list-item]


async def codes(session: Session, agreements: list[Company]) -> list[str]:
    return [row[0] for row in await session.fetch(_CODES, [each.entity_id for each in agreements])]


async def test_a_row_of_two_entities_is_there_for_either(session: Session, agreements: list[Company]) -> None:
    north, south, west = agreements
    assert await codes(session, agreements) == []
    for world, expected in ((north, ["A", "B", "C"]), (south, ["A", "B"]), (west, ["C"])):
        await carry(session, reads(world))
        assert await codes(session, agreements) == expected
    await carry(session, RowContext())
    assert await codes(session, agreements) == []
    await carry(session, reads(north, partner_id=north.customer_id))
    assert await codes(session, agreements) == []


async def test_nobody_but_activation_writes_one(session: Session, agreements: list[Company]) -> None:
    ids = tuple(each.entity_id for each in agreements)
    await session.execute(CARRY, SIGNER.commanding(RowContext(entities_read=ids, entities_write=ids, subject="ann")))
    for statement in ("UPDATE inter_company_agreement SET code = code", "DELETE FROM inter_company_agreement"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.execute(statement)


async def test_both_columns_are_found_by_an_index(session: Session, agreements: list[Company]) -> None:
    await carry(session, reads(agreements[0]))
    await session.execute("SET enable_seqscan = off")
    plan = "\n".join(row[0] for row in await session.fetch("EXPLAIN SELECT code FROM inter_company_agreement"))
    assert "uq_inter_company_agreement_giver" in plan
    assert "ix_inter_company_agreement_taker" in plan


def test_the_tables_of_two_parties_name_both() -> None:
    declared = {table.name: parties_of(table) for table in _TABLES if class_of(table) is TableClass.TWO_PARTY}
    assert declared == {"inter_company_agreement": ("giver_entity_id", "taker_entity_id")}
    for table in _TABLES:
        assert set(parties_of(table)) <= set(table.c.keys())


def test_only_what_is_offered_asks_for_offers() -> None:
    """Whoever looks at anything else pays nothing for it."""
    asking = {policy.table for table in _TABLES for policy in policies_of(table) if "offering" in policy.statement}
    assert sorted(asking) == _OFFERED
    assert sorted(table.name for table in _TABLES if is_offered(table)) == _OFFERED


@pytest.mark.parametrize("table", [table for table in _TABLES if is_offered(table)], ids=str)
def test_what_is_offered_is_read_and_nothing_else(table: Table) -> None:
    offered = [policy for policy in policies_of(table) if "offering" in policy.statement]
    assert [(policy.role, policy.command, policy.check) for policy in offered] == [(Role.APP, "SELECT", None)]


async def test_offers_are_read_by_a_signed_context_and_not_locked(
    session: Session, north: Company, south: Company
) -> None:
    offering = RowContext(entities_read=(south.entity_id,), offering=(north.entity_id,), subject="ann")
    await session.execute(CARRY, SIGNER.commanding(offering))
    count = "SELECT count(*) FROM site_balance WHERE entity_id = $1"
    assert await session.fetchval(count, north.entity_id) == 1
    locked = await session.fetch("SELECT 1 FROM site_balance WHERE entity_id = $1 FOR UPDATE", north.entity_id)
    assert locked == []
    assert await session.fetchval("SELECT count(*) FROM sales_order WHERE entity_id = $1", north.entity_id) == 0
    await carry(session, offering)
    assert await session.fetchval(count, north.entity_id) == 0, "a context for reading has no offers"


async def test_offers_cannot_be_added_to_a_context(session: Session, north: Company, south: Company) -> None:
    plain = RowContext(entities_read=(south.entity_id,), subject="ann")
    offering = RowContext(entities_read=(south.entity_id,), offering=(south.entity_id,), subject="ann")
    signed = SIGNER.commanding(offering)
    attempts = [
        f"{SIGNER.commanding(plain)}|{{{north.entity_id.hex}}}",
        f"{SIGNER.reading(plain)}|{{{north.entity_id.hex}}}",
        f"{signed[:-1]},{north.entity_id.hex}}}",
        f"{signed}|{{{north.entity_id.hex}}}",
    ]
    for attempt in attempts:
        await session.execute(CARRY, attempt)
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await session.fetchval("SELECT count(*) FROM site_balance WHERE entity_id = $1", north.entity_id)
        assert refusal.value.sqlstate == "WH002"


async def test_who_has_no_offers_does_not_pay_for_the_question(session: Session, north: Company) -> None:
    await carry(session, reads(north))
    rows = await session.fetch(
        f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT id FROM site_balance WHERE entity_id = '{north.entity_id}'"  # noqa: S608
    )
    plan = "\n".join(row[0] for row in rows)
    assert "never executed" in plan, plan

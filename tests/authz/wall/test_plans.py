"""What row security leaves of indexes: PostgreSQL asks of a row what is not leakproof only after the policies.

The conditions of the access policy stand in the statement itself, beside the legal entity. That an index could not
begin with a number or a text in them costs nothing: the rows are found by their legal entity, with row security as
without, and the condition filters them.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Table, select, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import Policy, parse_named, parse_rule
from authz.rows import row_conditions
from authz.vocabulary import Resource, Role
from domain.procurement.model import PurchaseOrder
from kernel.db import Database
from kernel.postgres import SUPERUSER, EmbeddedServer
from tests.authz.wall.attacker import Company
from tests.databases import enter_context, visiting

SMALL = {"<=": [{"column": "total"}, {"number": "100"}]}
_UNSAFE = text(
    "SELECT c.relname, i.relname AS index, a.attname FROM pg_index x"
    " JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'"
    " CROSS JOIN LATERAL unnest(x.indclass::oid[], x.indkey::int2[]) WITH ORDINALITY k(class, attnum, place)"
    " JOIN pg_opclass o ON o.oid = k.class JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum"
    " WHERE c.relnamespace = 'public'::regnamespace AND EXISTS (SELECT FROM pg_amop p"
    " JOIN pg_operator r ON r.oid = p.amopopr JOIN pg_proc f ON f.oid = r.oprcode"
    " WHERE p.amopfamily = o.opcfamily AND p.amoplefttype = o.opcintype AND p.amoprighttype = o.opcintype"
    " AND p.amopstrategy = :strategy AND NOT f.proleakproof) ORDER BY 1, 2, k.place"
)
EQUAL = 3


@pytest.fixture
async def superuser(server: EmbeddedServer, database_name: str) -> Any:
    """Somebody for whom there is no row security."""
    engine = create_async_engine(server.url(SUPERUSER, database_name), poolclass=NullPool)
    yield engine
    await engine.dispose()


def reader(company: Company) -> Actor:
    """Somebody who reads small purchase orders."""
    rule = parse_rule(["buyer", "*", "purchase_order", "read", "small", "allow"])
    policy = Policy((rule,), conditions={"small": parse_named("small", "purchase_order", SMALL)}).checked()
    access = compile_access(policy, {Role.BUYER: [company.entity_id]}, [company.entity_id])
    return Actor(subject="bea", access=access)


async def scan(connection: AsyncConnection, actor: Actor) -> tuple[str, str]:
    """By which condition an index finds the rows, and what filters them."""
    table = PurchaseOrder.__table__
    assert isinstance(table, Table)
    where = row_conditions(actor.rows.readable(Resource.PURCHASE_ORDER, table), table)
    asked = select(table.c.id).where(*where).params(**actor.rows.parameters)
    written = asked.compile(dialect=asyncpg.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    await connection.execute(text("SET LOCAL enable_seqscan = off"))
    await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    (found,) = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {written}")).scalars()
    plan = json.loads(found) if isinstance(found, str) else found
    (node,) = (each for each in nodes(plan[0]["Plan"]) if each.get("Relation Name") == "purchase_order")
    return node["Index Cond"], node["Filter"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan with all that is below it."""
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


async def test_a_condition_on_a_number_filters_what_the_legal_entity_found(
    database: Database, superuser: AsyncEngine, north: Company
) -> None:
    actor = reader(north)
    async with visiting(database.app.url) as behind_it, superuser.begin() as without_it:
        await enter_context(behind_it, actor.row_context)
        for connection in (behind_it, without_it):
            found_by, filtered_by = await scan(connection, actor)
            assert found_by == f"(entity_id = '{north.entity_id}'::uuid)"
            assert "(total <= '100'::numeric)" in filtered_by


async def test_no_index_needs_what_is_not_leakproof(superuser: AsyncEngine) -> None:
    """Numbers stand in the two price indexes only, behind what rows are found by."""
    async with superuser.connect() as connection:
        unsafe = [tuple(row) for row in await connection.execute(_UNSAFE, {"strategy": EQUAL})]
    assert unsafe == [
        ("price", "ix_price_list_line", "minimum_quantity"),
        ("price", "uq_price_line", "minimum_quantity"),
    ]

"""The migrated schema is exactly what the models declare, to the last CHECK, default and grant."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from authz.wall.rebuild import rebuild
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from migrations.models import load_models
from migrations.run import migrate
from tests.databases import CONTEXT_KEY, Databases

_FACTS = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity,
               pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND a.attnum > 0 AND NOT a.attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": """
        SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    """,
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by, cycle
        FROM pg_sequences
        WHERE schemaname = 'public'
    """,
    "row security": """
        SELECT relname, relrowsecurity, relforcerowsecurity
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    """,
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies
    """,
    "grants": """
        SELECT c.relname, '' AS attname, g.grantee::regrole::text, g.privilege_type
        FROM pg_class c, aclexplode(c.relacl) g
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT c.relname, a.attname, g.grantee::regrole::text, g.privilege_type
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
        WHERE c.relnamespace = 'public'::regnamespace
    """,
}
# Alembic's own table is in no model.
_OF_ALEMBIC = "alembic_version"

Facts = dict[str, set[tuple[object, ...]]]


async def read_facts(url: URL) -> Facts:
    """Everything that PostgreSQL knows about the schema, by kind."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        facts = {
            kind: {tuple(row) for row in await connection.execute(text(query)) if row[0] != _OF_ALEMBIC}
            for kind, query in _FACTS.items()
        }
    await engine.dispose()
    return facts


@pytest.fixture(scope="module")
async def migrated(server: EmbeddedServer, databases: Databases) -> AsyncIterator[Facts]:
    """A database as `wharfinger migrate` leaves it."""
    async with databases.copy(template="template0") as name:
        await migrate(server.url(Role.MIGRATE, name), CONTEXT_KEY)
        yield await read_facts(server.url(Role.MIGRATE, name))


@pytest.fixture(scope="module")
async def declared(server: EmbeddedServer, databases: Databases) -> AsyncIterator[Facts]:
    """A database built straight from the models."""
    metadata = load_models()
    async with databases.copy(template="template0") as name:
        engine = create_async_engine(server.url(Role.MIGRATE, name), poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            await rebuild(connection, metadata, CONTEXT_KEY)
        await engine.dispose()
        yield await read_facts(server.url(Role.MIGRATE, name))


@pytest.mark.parametrize("kind", _FACTS)
def test_the_migrated_schema_is_the_declared_one(kind: str, migrated: Facts, declared: Facts) -> None:
    assert sorted(map(str, migrated[kind] - declared[kind])) == [], "in the revisions only"
    assert sorted(map(str, declared[kind] - migrated[kind])) == [], "in the models only"


def test_there_is_something_to_compare(migrated: Facts) -> None:
    assert {"columns", "constraints", "indexes", "grants"} <= {kind for kind, facts in migrated.items() if facts}
    assert ("event", "wharfinger_app") in {(row[0], row[2]) for row in migrated["grants"]}

"""Migrations: forwards, backwards, again, and by several at once."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from migrations.run import downgrade, migrate, upgrade
from tests.databases import CONTEXT_KEY, Databases

_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
_POLICIES = text("SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2")
_MADE = text("SELECT oid FROM pg_policy ORDER BY oid")
_RULES = text("SELECT count(*) FROM policy_rule")
_SEQUENCES = text("SELECT count(*) FROM pg_sequences WHERE schemaname = 'public'")


async def test_every_step_can_be_taken_back(server: EmbeddedServer, databases: Databases) -> None:
    async with databases.copy(template="template0") as name:
        engine = create_async_engine(server.url(Role.MIGRATE, name), poolclass=NullPool)
        async with engine.connect() as connection:
            await upgrade(connection, "head")
            assert (await connection.execute(_TABLES)).scalar_one() > 0
            await connection.commit()
            await downgrade(connection, "base")
            assert (await connection.execute(_TABLES)).scalar_one() == 0
            assert (await connection.execute(_SEQUENCES)).scalar_one() == 0
            await connection.commit()
            await upgrade(connection, "head")
        await engine.dispose()


async def test_two_migrations_at_once_take_turns(server: EmbeddedServer, databases: Databases) -> None:
    async with databases.copy(template="template0") as name:
        url = server.url(Role.MIGRATE, name)
        await asyncio.gather(migrate(url, CONTEXT_KEY), migrate(url, CONTEXT_KEY))


async def test_a_revision_may_change_what_policies_ask(server: EmbeddedServer, databases: Databases) -> None:
    """Taking 0005 back drops columns that policies ask. Nobody sees a row until the wall stands again."""
    async with databases.copy() as name:
        engine = create_async_engine(server.url(Role.MIGRATE, name), poolclass=NullPool)
        visitor = create_async_engine(server.url(Role.APP, name), poolclass=NullPool)
        async with engine.connect() as connection, visitor.connect() as session:
            before = (await connection.execute(_POLICIES)).all()
            await connection.commit()
            await downgrade(connection, "0004")
            assert (await connection.execute(_RULES)).scalar_one() > 0
            assert (await session.execute(_RULES)).scalar_one() == 0
            await session.rollback()
            await connection.commit()
            await migrate(server.url(Role.MIGRATE, name), CONTEXT_KEY)
            assert (await connection.execute(_POLICIES)).all() == before
        await visitor.dispose()
        await engine.dispose()


async def test_a_revision_that_fails_leaves_the_wall_standing(server: EmbeddedServer, databases: Databases) -> None:
    """Here it makes a table that there is already."""
    async with databases.copy() as name:
        engine = create_async_engine(server.url(Role.MIGRATE, name), poolclass=NullPool)
        async with engine.connect() as connection:
            before = (await connection.execute(_POLICIES)).all()
            await connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
            await connection.commit()
            with pytest.raises(ProgrammingError, match="already exists"):
                await migrate(server.url(Role.MIGRATE, name), CONTEXT_KEY)
            assert (await connection.execute(_POLICIES)).all() == before
        await engine.dispose()


async def test_where_no_revision_is_to_run_no_policy_is_touched(server: EmbeddedServer, databases: Databases) -> None:
    async with databases.copy() as name:
        engine = create_async_engine(server.url(Role.MIGRATE, name), poolclass=NullPool)
        async with engine.connect() as connection:
            before = (await connection.execute(_MADE)).all()
            await connection.commit()
            await migrate(server.url(Role.MIGRATE, name), CONTEXT_KEY)
            assert (await connection.execute(_MADE)).all() == before
        await engine.dispose()

"""Migrations: forwards, backwards, again, and by several at once."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from migrations.run import downgrade, migrate, upgrade
from tests.databases import CONTEXT_KEY, Databases

_TABLES = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
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

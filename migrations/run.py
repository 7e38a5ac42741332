"""Bringing a database up to date: revisions, then the wall as the models declare it, and a policy to start with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from authz.policies.stored import write_starting_policy
from authz.wall.rebuild import rebuild
from kernel.contexts import ContextKey
from migrations.models import load_models

_LOCK_KEY = 0x5748415246  # any constant; nobody else takes advisory locks with it
_LOCK = select(func.pg_advisory_lock(bindparam("key")))
_UNLOCK = select(func.pg_advisory_unlock(bindparam("key")))


async def migrate(url: URL, key: ContextKey) -> None:
    """Upgrades the schema to the newest revision, rebuilds the wall, and gives a new database its first policy.

    From then on contexts count that are signed with `key`, or with the key before.

    `url` signs in as the migrate role. Safe to run again, and at the same time from several places: they take turns.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as turn:
            await turn.execution_options(isolation_level="AUTOCOMMIT")
            await turn.execute(_LOCK, {"key": _LOCK_KEY})
            async with engine.connect() as connection:
                await upgrade(connection, "head")
                async with connection.begin():
                    await rebuild(connection, load_models(), key)
                    await write_starting_policy(connection)
            await turn.execute(_UNLOCK, {"key": _LOCK_KEY})
    finally:
        await engine.dispose()


async def upgrade(connection: AsyncConnection, revision: str) -> None:
    """Upgrades the schema alone."""
    await connection.run_sync(lambda sync: command.upgrade(config(sync), revision))
    await connection.commit()


async def downgrade(connection: AsyncConnection, revision: str) -> None:
    """Takes revisions back."""
    await connection.run_sync(lambda sync: command.downgrade(config(sync), revision))
    await connection.commit()


def config(connection: Connection) -> Config:
    """The settings of alembic for work on an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings

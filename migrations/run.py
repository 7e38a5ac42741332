"""Bringing a database up to date: revisions, then the wall as the models declare it, and a policy to start with.

All of it is one transaction. Policies ask columns, and PostgreSQL changes no column that a policy asks: where there is
a revision to run, the wall is therefore taken down first and built again at the end, and whoever writes a revision
need not know of it. Others wait meanwhile, or find the database as it was. What fails leaves everything as it was.
"""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from authz.policies.stored import write_starting_policy
from authz.wall.rebuild import TAKE_DOWN, rebuild
from kernel.contexts import ContextKey
from migrations.models import load_models

_LOCK_KEY = 0x5748415246  # any constant; nobody else takes advisory locks with it
_LOCK = select(func.pg_advisory_lock(bindparam("key")))
# A migration that cannot get its lock gives up rather than make the whole house queue behind it.
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'"
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
            async with engine.begin() as connection:
                await connection.run_sync(_move, command.upgrade, "head")
                await rebuild(connection, load_models(), key)
                await write_starting_policy(connection)
            await turn.execute(_UNLOCK, {"key": _LOCK_KEY})
    finally:
        await engine.dispose()


async def upgrade(connection: AsyncConnection, revision: str) -> None:
    """Upgrades the schema alone. Until `migrate` has built the wall nobody but the owner sees a row."""
    async with connection.begin():
        await connection.run_sync(_move, command.upgrade, revision)


async def downgrade(connection: AsyncConnection, revision: str) -> None:
    """Takes revisions back. Until `migrate` has built the wall nobody but the owner sees a row."""
    async with connection.begin():
        await connection.run_sync(_move, command.downgrade, revision)


def _move(connection: Connection, step: Callable[[Config, str], None], revision: str) -> None:
    connection.exec_driver_sql(_LOCK_TIMEOUT)
    settings = config(connection)
    wanted = {each.revision for each in ScriptDirectory.from_config(settings).get_revisions(revision) if each}
    if set(MigrationContext.configure(connection).get_current_heads()) != wanted:
        connection.exec_driver_sql(TAKE_DOWN)
        step(settings, revision)


def config(connection: Connection) -> Config:
    """The settings of alembic for work on an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings

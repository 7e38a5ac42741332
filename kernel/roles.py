"""The four login roles, and databases for them on a server where we are superuser.

    migrate     owns the tables; used by `wharfinger migrate` alone
    app         serves requests; owns nothing, writes no master data
    activate    writes master data, through governance only
    worker      jobs, sequencer, hub; reads all entities

`roles.sql` makes them; it is also what an administrator runs on an external server.
"""

from enum import StrEnum
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL

_ROLES = Path(__file__).with_name("roles.sql")
_LOCK_KEY = 0x57484152  # any constant; the lock ends with the connection


class Role(StrEnum):
    """A login role of PostgreSQL."""

    MIGRATE = "wharfinger_migrate"
    APP = "wharfinger_app"
    ACTIVATE = "wharfinger_activate"
    WORKER = "wharfinger_worker"


async def prepare_server(superuser: URL, database: str) -> None:
    """Makes the roles, and the database if it is missing. Safe to run again, and by several at once."""
    connection = await connect(superuser)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        await connection.execute(_ROLES.read_text())
        if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", database):
            await create_database(connection, database)
    finally:
        await connection.close()


async def create_database(
    connection: "asyncpg.Connection[asyncpg.Record]", name: str, *, template: str = "template0"
) -> None:
    """Makes a database that only the four roles can enter, and only migrate can build in."""
    database, source = quoted(name), quoted(template)
    await connection.execute(f"CREATE DATABASE {database} OWNER {Role.MIGRATE} TEMPLATE {source} STRATEGY FILE_COPY")
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {Role.APP}, {Role.ACTIVATE}, {Role.WORKER}")


async def connect(url: URL) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside any pool, for what cannot run in a transaction."""
    return await asyncpg.connect(
        host=url.host or str(url.query["host"]),
        port=url.port or int(str(url.query.get("port", "5432"))),
        user=url.username,
        password=url.password,
        database=url.database,
    )


def quoted(identifier: str) -> str:
    """An identifier as SQL spells it."""
    return '"' + identifier.replace('"', '""') + '"'

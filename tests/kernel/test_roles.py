"""The four login roles: what they are, and what holds for every session of theirs."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import Database
from kernel.postgres import SUPERUSER, EmbeddedServer
from kernel.roles import Role, connect, prepare_server
from kernel.writers import Writers
from tests.databases import visiting

_ATTRIBUTES = """
    SELECT rolname, rolbypassrls FROM pg_roles
    WHERE rolname LIKE 'wharfinger%' AND rolcanlogin
      AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication)
"""
_MEMBERSHIPS = "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'wharfinger%'"


async def setting(those: Writers | AsyncEngine, name: str) -> str:
    """A setting as a session of theirs sees it."""
    async with visiting(those.url) as connection:
        return str((await connection.execute(text("SELECT current_setting(:name)"), {"name": name})).scalar_one())


async def test_preparing_a_server_again_changes_nothing(server: EmbeddedServer, database_name: str) -> None:
    await prepare_server(server.url(SUPERUSER, "postgres"), database_name)
    connection = await connect(server.url(SUPERUSER, "postgres"))
    attributes = {row["rolname"]: row["rolbypassrls"] for row in await connection.fetch(_ATTRIBUTES)}
    assert attributes == {role: role is Role.MIGRATE for role in Role}
    assert await connection.fetchval(_MEMBERSHIPS) == 0
    await connection.close()


async def test_every_session_counts_time_in_utc(
    database: Database, activation: Writers, migrate_engine: AsyncEngine
) -> None:
    for engine in (database.app, database.worker, activation, migrate_engine):
        assert await setting(engine, "timezone") == "UTC"


async def test_a_request_waits_for_nothing_without_end(database: Database) -> None:
    assert await setting(database.app, "lock_timeout") == "10s"
    assert await setting(database.app, "statement_timeout") == "1min"
    assert await setting(database.app, "client_connection_check_interval") == "5s"
    assert await setting(database.app, "idle_in_transaction_session_timeout") == "1min"


@pytest.mark.parametrize("statement", ["CREATE TABLE mine (id int)", "CREATE TEMPORARY TABLE mine (id int)"])
async def test_no_serving_role_builds(statement: str, database: Database, activation: Writers) -> None:
    for engine in (database.app, database.worker, activation):
        async with visiting(engine.url) as connection:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await connection.execute(text(statement))

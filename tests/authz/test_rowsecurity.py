"""The grants in the database are what the table classes declare."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import Database
from kernel.roles import Role

_SERVING = [Role.APP, Role.ACTIVATE, Role.WORKER]


async def refused(engine: AsyncEngine, statement: str) -> str:
    """The message with which PostgreSQL refuses the statement."""
    async with engine.connect() as connection:
        with pytest.raises(ProgrammingError) as refusal:
            await connection.execute(text(statement))
    return str(refusal.value.orig)


async def test_app_cannot_truncate_or_change_what_was_recorded(database: Database) -> None:
    assert "permission denied for table event" in await refused(database.app, "TRUNCATE event")
    assert "permission denied for table event" in await refused(database.app, "UPDATE event SET type = 'x'")
    assert "permission denied for table audit_entry" in await refused(database.app, "DELETE FROM audit_entry")
    assert "permission denied for table audit_entry" in await refused(database.app, "SELECT FROM audit_entry")


async def test_worker_changes_nothing_of_an_event_but_its_position(database: Database) -> None:
    assert "permission denied for table event" in await refused(database.worker, "UPDATE event SET type = 'x'")
    async with database.worker.connect() as connection:
        await connection.execute(text("UPDATE event SET position = position"))


@pytest.mark.parametrize("role", [Role.MIGRATE, *_SERVING, "postgres"])
async def test_no_serving_role_becomes_another(role: str, database: Database, activation: AsyncEngine) -> None:
    for name, engine in ((Role.APP, database.app), (Role.WORKER, database.worker), (Role.ACTIVATE, activation)):
        if role != name:
            assert "permission denied to set role" in await refused(engine, f"SET ROLE {role}")

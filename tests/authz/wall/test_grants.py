"""The grants in the database are what the table classes declare."""

import pytest
from sqlalchemy import Executable, Table, false, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.contexts import SHARED
from kernel.db import Database
from kernel.roles import Role
from kernel.statements import write
from kernel.tables import Mutability, TableClass, class_of, mutability_of
from kernel.writers import Writers
from migrations.models import load_models
from tests.databases import visiting

_SERVING = [Role.APP, Role.ACTIVATE, Role.WORKER]
_MASTERS = {TableClass.ENTITY_MASTER, TableClass.SHARED_MASTER, TableClass.TWO_PARTY}
_GOVERNED = _MASTERS | {TableClass.MASTER_HISTORY}
_TABLES = load_models().sorted_tables
_master_tables = [table for table in _TABLES if class_of(table) in _MASTERS]
_histories = [table for table in _TABLES if mutability_of(table) is Mutability.APPEND_ONLY]


def changes(table: Table) -> list[Executable]:
    """Statements that write to the table, without a row to write."""
    written = [column for column in table.columns if column.computed is None]
    column = written[0]
    return [
        table.insert().from_select(written, select(*written).where(false())),
        table.update().values({column.name: column}).where(false()),
        table.delete().where(false()),
    ]


async def refused(those: Writers | AsyncEngine, statement: str | Executable) -> str:
    """The words with which PostgreSQL refuses them the statement."""
    async with visiting(those.url) as connection:
        with pytest.raises(ProgrammingError) as refusal:
            await connection.execute(text(statement) if isinstance(statement, str) else statement)
    return str(refusal.value.orig).rpartition(": ")[2]


@pytest.mark.parametrize("table", [each for each in _TABLES if class_of(each) in _GOVERNED], ids=str)
async def test_neither_requests_nor_jobs_write_master_data(table: Table, database: Database) -> None:
    for engine in (database.app, database.worker):
        for statement in changes(table):
            assert f"permission denied for table {table.name}" == await refused(engine, statement)


@pytest.mark.parametrize("table", _histories, ids=str)
async def test_nobody_rewrites_history(table: Table, database: Database, activation: Writers) -> None:
    for engine in (database.app, database.worker, activation):
        for statement in changes(table)[1:]:
            assert f"permission denied for table {table.name}" == await refused(engine, statement)


@pytest.mark.parametrize("table", _TABLES, ids=str)
async def test_nobody_empties_a_table(table: Table, database: Database, activation: Writers) -> None:
    for engine in (database.app, database.worker, activation):
        assert f"permission denied for table {table.name}" == await refused(engine, f'TRUNCATE "{table.name}" CASCADE')


async def test_activation_writes_master_data(activation: Writers) -> None:
    async with activation.transaction(SHARED) as transaction:
        for table in _master_tables:
            for statement in changes(table):
                await write(transaction.driver, statement, {})


async def test_a_request_changes_nothing_that_was_recorded(database: Database) -> None:
    assert await refused(database.app, "UPDATE event SET type = 'x'") == "permission denied for table event"
    assert await refused(database.app, "DELETE FROM audit_entry") == "permission denied for table audit_entry"
    assert await refused(database.app, "SELECT FROM audit_entry") == "permission denied for table audit_entry"


async def test_worker_changes_nothing_of_an_event_but_its_position(database: Database) -> None:
    assert await refused(database.worker, "UPDATE event SET type = 'x'") == "permission denied for table event"
    async with database.worker.connect() as connection:
        await connection.execute(text("UPDATE event SET position = position"))


@pytest.mark.parametrize("role", [Role.MIGRATE, *_SERVING, "postgres"])
async def test_no_serving_role_becomes_another(role: str, database: Database, activation: Writers) -> None:
    for name, engine in ((Role.APP, database.app), (Role.WORKER, database.worker), (Role.ACTIVATE, activation)):
        if role != name:
            assert "permission denied to set role" in await refused(engine, f"SET ROLE {role}")

"""A database in which nothing has happened yet."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from domain.invariants.prove import check_invariants
from kernel.contexts import Signer
from kernel.db import Database
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from kernel.tables import Base
from kernel.writers import Writers
from tests.databases import CONTEXT_KEY, Databases, driver_of


@dataclass(frozen=True)
class EmptyGround:
    """The engines, and what the tables hold."""

    database: Database
    activation: Writers

    async def count(self, model: type[Base], **wanted: Any) -> int:
        """How many rows of a table have these values."""
        table = model.__table__
        statement = select(func.count()).select_from(table)
        for column, value in wanted.items():
            statement = statement.where(table.c[column] == value)
        async with self.database.worker.connect() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def rows(self, model: type[Base], **wanted: Any) -> Sequence[Mapping[str, Any]]:
        """The rows of a table with these values, by id."""
        table = model.__table__
        statement = select(table).order_by(table.c.id)
        for column, value in wanted.items():
            statement = statement.where(table.c[column] == value)
        async with self.database.worker.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]

    async def broken_invariants(self) -> list[str]:
        """The names of the invariants of the books that do not hold."""
        async with self.database.worker.connect() as connection:
            return [proof.name for proof in await check_invariants(await driver_of(connection), None)]


@asynccontextmanager
async def empty_ground(server: EmbeddedServer, databases: Databases) -> AsyncIterator[EmptyGround]:
    """A migrated database of its own for an `async with` block."""
    async with databases.copy() as name:
        database = Database.connect(
            app=server.url(Role.APP, name), worker=server.url(Role.WORKER, name), key=CONTEXT_KEY
        )
        activation = Writers(server.url(Role.ACTIVATE, name), size=4, signer=Signer(CONTEXT_KEY))
        yield EmptyGround(database, activation)
        await activation.close()
        await database.close()

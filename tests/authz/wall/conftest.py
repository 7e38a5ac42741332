"""Two companies that do not see each other, and a session that would like to see both."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from authz.policies.model import PolicyState
from kernel.db import Database
from kernel.postgres import EmbeddedServer
from kernel.roles import Role, connect
from kernel.writers import Writers
from tests.authz.wall.attacker import Company, Session


@pytest.fixture(scope="session")
async def north(database: Database, activation: Writers) -> Company:
    """A company with bolts in stock and an order for one."""
    return await Company(database, activation).trade()


@pytest.fixture(scope="session")
async def south(database: Database, activation: Writers) -> Company:
    """Another one."""
    return await Company(database, activation).trade()


@pytest.fixture
async def session(server: EmbeddedServer, database_name: str) -> AsyncIterator[Session]:
    """A bare connection of the application's role: whatever SQL an attacker may think of."""
    connection = await connect(server.url(Role.APP, database_name))
    yield connection
    await connection.close()


@pytest.fixture
async def version(database: Database) -> int:
    """The version of the policy in force: other tests count it up."""
    async with database.worker.connect() as connection:
        return (await connection.execute(select(PolicyState.version))).scalar_one()

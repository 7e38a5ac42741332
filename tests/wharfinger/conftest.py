"""Groups of companies that do not exist yet, with both engines that it takes to make them."""

from collections.abc import AsyncIterator

import pytest

from kernel.db import Database, make_engine
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from tests.databases import Databases
from tests.factories.empty import EmptyGround


@pytest.fixture
async def ground(server: EmbeddedServer, databases: Databases) -> AsyncIterator[EmptyGround]:
    """A migrated database in which nothing has happened; dropped after the test."""
    async with databases.copy() as name:
        database = Database.connect(app=server.url(Role.APP, name), worker=server.url(Role.WORKER, name))
        activation = make_engine(server.url(Role.ACTIVATE, name), pool_size=4)
        yield EmptyGround(database, activation)
        await activation.dispose()
        await database.close()

"""Groups of companies that do not exist yet, with both engines that it takes to make them."""

from collections.abc import AsyncIterator

import pytest

from kernel.postgres import EmbeddedServer
from tests.databases import Databases
from tests.factories.empty import EmptyGround, empty_ground


@pytest.fixture
async def ground(server: EmbeddedServer, databases: Databases) -> AsyncIterator[EmptyGround]:
    """A migrated database in which nothing has happened; dropped after the test."""
    async with empty_ground(server, databases) as ground:
        yield ground

"""The house of the oracle: the real schema over real tables that are full of mean values."""

from collections.abc import AsyncIterator
from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.schema import REGISTRY, make_schema
from kernel.db import make_engine
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from tests.databases import Databases
from tests.oracle.house import House
from tests.oracle.readers import readers
from tests.oracle.rows import filled
from tests.oracle.size import SEED


@pytest.fixture(scope="session")
async def house(server: EmbeddedServer, databases: Databases) -> AsyncIterator[House]:
    """The whole API over a migrated database of its own."""
    nodes = [each.node for each in REGISTRY.types.values()]
    async with databases.copy() as name:
        owner = make_engine(server.url(Role.MIGRATE, name), pool_size=1)
        rows = await filled(owner, nodes, Random(SEED))
        await owner.dispose()
        engine: AsyncEngine = make_engine(server.url(Role.APP, name), pool_size=4)
        yield House(
            schema=make_schema(),
            engine=engine,
            nodes=nodes,
            rows=rows,
            computations={("Balance", "available"): lambda row: row["on_hand"] - row["held"] - row["reserved"]},
            readers=readers(rows),
        )
        await engine.dispose()

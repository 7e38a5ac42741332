"""The house of the oracle: the real schema over real tables that are full of mean values."""

from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy.schema import CreateSchema

from api.operations.allowance import Allowance
from api.operations.disclosure import Disclosure
from api.schema import REGISTRY, make_schema
from kernel.db import make_engine
from kernel.postgres import SUPERUSER, EmbeddedServer
from kernel.roles import Role
from tests.api.reads.schema import make_trade_schema
from tests.api.reads.world import NODES, World
from tests.databases import Databases
from tests.oracle.house import House
from tests.oracle.proposed import PROPOSED
from tests.oracle.readers import masked_readers, readers
from tests.oracle.rows import filled
from tests.oracle.size import SEED
from tests.oracle.trade import RESTRICTABLE, trade_house

OPEN = Disclosure(introspection=True)
WIDE = Allowance(cost_max=10**15)
"""Random pages of pages are dear, but have few rows here."""


@pytest.fixture(scope="session")
async def house(server: EmbeddedServer, databases: Databases) -> AsyncIterator[House]:
    """The whole API over a migrated database of its own, under row security."""
    nodes = [each.node for each in REGISTRY.types.values()]
    async with databases.copy() as name:
        owner = make_engine(server.url(Role.MIGRATE, name), pool_size=1)
        rows = await filled(owner, nodes, Random(SEED))
        await owner.dispose()
        engine = make_engine(server.url(Role.APP, name), pool_size=4)
        whole = House(
            schema=make_schema(OPEN, WIDE),
            engine=engine,
            nodes=nodes,
            rows=rows,
            computations={
                ("Balance", "available"): lambda row: row["on_hand"] - row["held"] - row["reserved"],
                **PROPOSED,
            },
            readers=readers(rows),
        )
        yield replace(whole, readers=[*whole.readers, *masked_readers(whole)])
        await engine.dispose()


@pytest.fixture(scope="session")
async def trade(server: EmbeddedServer, databases: Databases) -> AsyncIterator[House]:
    """The small trade, in tables that permit everything."""
    async with databases.copy(template="template0") as name:
        engine = make_engine(server.url(SUPERUSER, name), pool_size=4)
        async with engine.begin() as connection:
            await connection.execute(CreateSchema("trade"))
            await connection.run_sync(World.metadata.create_all)
        schema = make_trade_schema(OPEN, WIDE, restrictable=RESTRICTABLE)
        yield trade_house(schema, engine, await filled(engine, NODES, Random(SEED)))
        await engine.dispose()

"""The world of the leak test, made once for each worker process, and served."""

import gc
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.operations.allowance import Allowance
from api.rates import Rates
from api.reads.statements import STATEMENTS
from api.schema import REGISTRY, make_schema
from authz.model import RoleGrant
from bench.walls import take_row_security_off
from kernel.contexts import Signer
from kernel.db import make_engine
from kernel.ids import new_id
from kernel.postgres import EmbeddedServer
from kernel.roles import Role
from kernel.statements import insert
from kernel.writers import Writers
from tests.api.serving import Office, serving
from tests.conftest import connect_database
from tests.databases import CONTEXT_KEY, Databases, writing
from tests.leaks.asking import Walk
from tests.leaks.personas import PERSONAS
from tests.leaks.trade import Trade, traded
from tests.oracle.house import House
from tests.oracle.proposed import PROPOSED
from tests.oracle.rights import Computations
from tests.oracle.rows import read_rows

WIDE = Allowance(cost_max=10**9, tokens_max=20_000)
"""A question asks for much that is not there; how much may be asked is tested elsewhere."""

SCHEMA = make_schema(allowance=WIDE)
"""One for all walks: whoever asks what was asked before is planned for once."""

SCHEMA.documents.kept.size_max = STATEMENTS.kept.size_max = 10**9

RICH = Rates(per_minute=10**12)


@pytest.fixture(scope="session", autouse=True)
def rarely_collected() -> Iterator[None]:
    """Python's collector looks seldom through the plans and rows, which the walks keep; a server's does not either."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@dataclass(frozen=True)
class Made:
    """The world, and the database in which it was made."""

    trade: Trade
    database_name: str


@pytest.fixture(scope="session")
async def made(server: EmbeddedServer, databases: Databases) -> AsyncIterator[Made]:
    """The database of the world; nobody is connected to it any more, so that it can be copied."""
    async with databases.copy() as name:
        yield Made(await _traded(server, name), name)


async def _traded(server: EmbeddedServer, name: str) -> Trade:
    database = connect_database(server, name)
    try:
        async with activating(server, name) as activation, engine_of(server, Role.MIGRATE, name) as owner:
            trade = await traded(database, activation, owner)
            await _grant(activation, trade)
            return trade
    finally:
        await database.close()


async def _grant(activation: Writers, trade: Trade) -> None:
    rows = [
        {
            "id": new_id(),
            "subject": persona.name,
            "role": role,
            "domain_kind": "entity",
            "entity_id": trade.ids[mark],
            "partner_id": trade.ids[persona.partner] if persona.partner else None,
            "valid_from": trade.granted_at,
            "valid_until": None,
        }
        for persona in PERSONAS
        for role, marks in persona.held.items()
        for mark in sorted(marks)
    ]
    async with writing(activation) as driver:
        await insert(driver, RoleGrant, rows)


@pytest.fixture(scope="session")
async def walk(
    server: EmbeddedServer, databases: Databases, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Walk]:
    """The world as it is served."""
    async with walking(server, databases, made, tmp_path_factory) as walk:
        yield walk


@pytest.fixture(scope="session")
async def unwalled(
    server: EmbeddedServer, databases: Databases, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Walk]:
    """The same world without row security."""
    async with databases.copy(template=made.database_name) as name:
        await take_row_security_off(server.url(Role.MIGRATE, name))
        async with walking(server, databases, Made(made.trade, name), tmp_path_factory) as walk:
            yield walk


@pytest.fixture
async def lively(
    server: EmbeddedServer, databases: Databases, made: Made, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Walk]:
    """The world of one test, in which something may happen."""
    async with walking(server, databases, made, tmp_path_factory) as walk:
        yield walk


@asynccontextmanager
async def walking(
    server: EmbeddedServer, databases: Databases, made: Made, folders: pytest.TempPathFactory
) -> AsyncIterator[Walk]:
    """A copy of the world, served for a block."""
    nodes = [each.node for each in REGISTRY.types.values()]
    async with databases.copy(template=made.database_name) as name:
        database = connect_database(server, name)
        async with activating(server, name) as activation, engine_of(server, Role.MIGRATE, name) as owner:
            available = {("Balance", "available"): lambda row: row["on_hand"] - row["held"] - row["reserved"]}
            computations: Computations = {**available, **PROPOSED}
            house = House(SCHEMA, owner, nodes, await read_rows(owner, nodes), computations, ())
            async with serving(SCHEMA, database, activation, folders.mktemp("walk"), rates=RICH) as office:
                yield Walk(house, office, made.trade, _tokens(office))
        await database.close()


def _tokens(office: Office) -> Mapping[str, str]:
    return {persona.name: office.issuer.token(persona.name) for persona in PERSONAS}


@asynccontextmanager
async def activating(server: EmbeddedServer, database_name: str) -> AsyncIterator[Writers]:
    """The connections that may write master data, for a block."""
    writers = Writers(server.url(Role.ACTIVATE, database_name), size=2, signer=Signer(CONTEXT_KEY))
    try:
        yield writers
    finally:
        await writers.close()


@asynccontextmanager
async def engine_of(server: EmbeddedServer, role: Role, database_name: str) -> AsyncIterator[AsyncEngine]:
    """An engine of a role, for a block."""
    engine = make_engine(server.url(role, database_name), pool_size=2)
    try:
        yield engine
    finally:
        await engine.dispose()

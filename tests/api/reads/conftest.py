"""The trade of world.py in a real PostgreSQL, a schema over it, and `ask`: one query as a reader of some entities."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateSchema

from api.operations.execution import CompiledSchema
from kernel.db import make_engine
from kernel.postgres import SUPERUSER, EmbeddedServer
from tests.api.reads.schema import make_trade_schema
from tests.api.reads.trade import Trade, load_trade
from tests.api.reads.world import EntityScope, Request, World
from tests.databases import Databases

Ask = Callable[..., Awaitable["Answer"]]


class Answer(dict[str, Any]):
    """The JSON of a response, with the SQL statements that made it."""

    statements: list[str]
    extensions: dict[str, Any]

    @property
    def messages(self) -> list[str]:
        return [error["message"] for error in self.get("errors", ())]


@pytest.fixture(scope="session")
async def read_engine(server: EmbeddedServer, databases: Databases) -> AsyncIterator[AsyncEngine]:
    """An engine on a database with the empty tables of the trade."""
    async with databases.copy(template="template0") as name:
        engine = make_engine(server.url(SUPERUSER, name), pool_size=4)
        async with engine.begin() as connection:
            await connection.execute(CreateSchema("trade"))
            await connection.run_sync(World.metadata.create_all)
        yield engine
        await engine.dispose()


@pytest.fixture(scope="session")
async def trade(read_engine: AsyncEngine) -> Trade:
    """The rows that tests read; who changes rows makes an entity of its own."""
    return await load_trade(read_engine)


@pytest.fixture(scope="session")
def schema() -> CompiledSchema:
    """A schema with root fields over every type of the trade."""
    return make_trade_schema()


@pytest.fixture
def ask(schema: CompiledSchema, read_engine: AsyncEngine, trade: Trade) -> Ask:
    """Runs a query, by default as a reader of every entity of the trade, and parses the encoded answer."""

    async def run(query: str, policy: EntityScope | None = None, **variables: Any) -> Answer:
        request = Request(read_engine, policy or EntityScope((trade.north, trade.south)))
        result = await schema.execute(query, variable_values=variables, context_value=request)
        answer = Answer(orjson.loads(orjson.dumps({"data": result.data})))
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        answer.statements = request.statements
        answer.extensions = result.extensions or {}
        return answer

    return run

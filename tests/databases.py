"""Databases for tests: one migrated template, copied."""

import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from sqlalchemy import NullPool, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from kernel.contexts import SHARED, ContextKey, RowContext, Signer
from kernel.opening import Driver
from kernel.postgres import SUPERUSER, EmbeddedServer
from kernel.roles import Role, connect, create_database, prepare_server, quoted
from kernel.writers import Writers
from migrations.run import migrate
from tests.factories.codes import write_codes

TEMPLATE = "template_wharfinger"
CONTEXT_KEY = ContextKey(b"what-the-tests-sign-contexts-with")
_ENTER = text("SELECT set_config('wharfinger.context', :context, true)")


@asynccontextmanager
async def writing(writers: Writers, context: RowContext = SHARED) -> AsyncIterator[Driver]:
    """A transaction that is committed when its block ends well."""
    async with writers.transaction(context) as transaction:
        yield transaction.driver
        await transaction.commit()


@asynccontextmanager
async def visiting(url: URL) -> AsyncIterator[AsyncConnection]:
    """A connection of its own, by SQLAlchemy, without a context."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection


async def enter_context(connection: AsyncConnection, context: RowContext) -> None:
    """Has its transaction carry the context for commands."""
    await connection.execute(_ENTER, {"context": Signer(CONTEXT_KEY).commanding(context)})


async def driver_of(connection: AsyncConnection) -> Driver:
    """asyncpg's own connection."""
    driver: Driver | None = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    return driver


class Databases:
    """Copies of the migrated template on the server of the run."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._superuser = server.url(SUPERUSER, "postgres")

    async def prepare(self) -> None:
        """Makes the template, once for all workers."""
        marker = self._server.folder / "template-is-made"
        with marker.open("a+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if marker.stat().st_size == 0:
                await prepare_server(self._superuser, TEMPLATE)
                await migrate(self._server.url(Role.MIGRATE, TEMPLATE), CONTEXT_KEY)
                await write_codes(self._server.url(Role.ACTIVATE, TEMPLATE), CONTEXT_KEY)
                held.write("yes\n")

    @asynccontextmanager
    async def copy(self, *, template: str = TEMPLATE) -> AsyncIterator[str]:
        """A database of its own for an `async with` block."""
        name = f"test_{uuid4().hex}"
        connection = await connect(self._superuser)
        try:
            await create_database(connection, name, template=template)
            yield name
            await connection.execute(f"DROP DATABASE {quoted(name)} WITH (FORCE)")
        finally:
            await connection.close()

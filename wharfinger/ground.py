"""The database that a process stands on: the embedded server, or an external one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from kernel.contexts import ContextKey
from kernel.db import COMMAND_CONNECTIONS, Database
from kernel.postgres import SUPERUSER, EmbeddedServer
from kernel.roles import Role, prepare_server
from kernel.settings import DatabaseUrls, Settings
from kernel.writers import Writers
from migrations.run import migrate
from wharfinger.code_lists import load_code_lists

DATABASE = "wharfinger"
Say = Callable[[str], None]
"""Tells the person at the terminal what is being done."""


@contextmanager
def database_ground(settings: Settings, say: Say) -> Iterator[DatabaseUrls]:
    """The addresses of the database for each role, migrated. The embedded server runs as long as the block."""
    if settings.databases:
        say("Bringing the database up to date")
        asyncio.run(_bring_up_to_date(settings.databases))
        yield settings.databases
        return
    server = EmbeddedServer(settings.data)
    say(f"Starting PostgreSQL in {settings.data}")
    server.start()
    try:
        asyncio.run(prepare_server(server.url(SUPERUSER, "postgres"), DATABASE))
        urls = DatabaseUrls(
            app=server.url(Role.APP, DATABASE),
            activate=server.url(Role.ACTIVATE, DATABASE),
            worker=server.url(Role.WORKER, DATABASE),
            migrate=server.url(Role.MIGRATE, DATABASE),
            context_key=ContextKey.of_folder(settings.data),
        )
        say("Bringing the database up to date")
        asyncio.run(_bring_up_to_date(urls))
        yield urls
    finally:
        say("PostgreSQL has stopped." if server.stop() else "PostgreSQL runs on: another command uses it.")


async def _bring_up_to_date(urls: DatabaseUrls) -> None:
    """The schema, and the code lists on which all master data stands."""
    await migrate(urls.migrate, urls.context_key)
    async with engines_of(urls, commands=1) as (database, activation):
        await load_code_lists(database, activation)


@asynccontextmanager
async def engines_of(
    urls: DatabaseUrls, *, commands: int = COMMAND_CONNECTIONS
) -> AsyncIterator[tuple[Database, Writers]]:
    """What a command of the terminal works with, for a block: the connections, and those that may write master data."""
    database = Database.connect(
        app=urls.app, worker=urls.worker, key=urls.context_key, commands=commands, pooling=urls.pooling
    )
    activation = Writers(urls.activate, size=1, signer=database.app.signer, pooling=urls.pooling)
    try:
        yield database, activation
    finally:
        await activation.close()
        await database.close()

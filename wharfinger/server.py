"""The server: the application of one process, from its settings to its last request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
import uvloop

from api.app import create_app
from api.context import Parts
from api.schema import REGISTRY, RESOURCES, make_schema
from kernel.clock import system_clock
from kernel.db import Database
from kernel.operation import Operations
from kernel.settings import DatabaseUrls, Settings
from wharfinger.signin import SignIn
from wharfinger.worker import Worker

KEEP_ALIVE_SECONDS = 75
SHUTDOWN_SECONDS_MAX = 10


def serve(settings: Settings, urls: DatabaseUrls, sign_in: SignIn) -> None:
    """Serves until the process is asked to stop (SIGINT or SIGTERM); running requests end first."""
    # uvicorn ends its work first, and then raises the interrupt again.
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, urls, sign_in))


async def _serve(settings: Settings, urls: DatabaseUrls, sign_in: SignIn) -> None:
    async with _parts(urls, sign_in) as parts:
        application = create_app(make_schema(), parts)
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                host=settings.host,
                port=settings.port,
                log_level=settings.log_level,
                access_log=False,
                http="httptools",
                lifespan="off",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS_MAX,
            )
        )
        await server.serve()


@asynccontextmanager
async def _parts(urls: DatabaseUrls, sign_in: SignIn) -> AsyncIterator[Parts]:
    database = Database.connect(app=urls.app, worker=urls.worker)
    try:
        async with Worker(database.worker).running() as worker:
            yield Parts(
                database=database,
                operations=Operations(database.app, committed=worker.wake),
                hub=worker.hub,
                identities=sign_in.identities(database),
                clock=system_clock,
                registry=REGISTRY,
                resources=RESOURCES,
            )
    finally:
        await database.close()

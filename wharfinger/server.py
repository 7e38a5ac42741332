"""The server: the application of one process, from its settings to its last request."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import structlog
import uvicorn
import uvloop

from api.app import create_app
from api.context import Parts
from api.http.manifests import ManifestError, read_manifests
from api.http.persisted import TrustedDocuments
from api.operations.allowance import Allowance
from api.operations.disclosure import Disclosure
from api.rates import Rates
from api.schema import REGISTRY, RESOURCES, make_schema
from kernel.clock import system_clock
from kernel.db import Database
from kernel.operation import Operations
from kernel.settings import DatabaseUrls, LogLevel, Settings, SettingsError
from kernel.writers import Writers
from masterdata.governance.engine import Activation
from masterdata.registry import NOUNS
from wharfinger.connections import PromptProtocol
from wharfinger.signin import SignIn
from wharfinger.worker import Worker

KEEP_ALIVE_SECONDS = 75
SHUTDOWN_SECONDS_MAX = 10
ACTIVATION_CONNECTIONS = 2
"""One activation runs at a time; the next may be opened meanwhile."""

log = structlog.get_logger()


def bind(settings: Settings) -> socket.socket:
    """Takes the address before anything else begins. Raises SettingsError where it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    try:
        # What a server that has just ended left in the network does not keep the next one from its address.
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((settings.host, settings.port))
    except OSError as error:
        place.close()
        raise SettingsError(
            f"Nothing can be served at {settings.host}:{settings.port}: {error.strerror}. "
            "Stop what is there, or set WHARFINGER_PORT (or WHARFINGER_HOST) to another."
        ) from None
    return place


def serve(settings: Settings, urls: DatabaseUrls, sign_in: SignIn, place: socket.socket) -> None:
    """Serves at `place` until the process is asked to stop (SIGINT or SIGTERM); running requests end first."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, urls, sign_in, place))


class _Server(uvicorn.Server):
    """Stops when it is asked to, and does not raise the signal again as uvicorn does: that would tear what still ends
    around it, and SIGTERM would leave the database running."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Says where it can be reached, once it can."""
        await super().startup(sockets)
        for place in sockets or ():
            host, port = place.getsockname()[:2]
            log.info("serving", address=f"http://{f'[{host}]' if ':' in host else host}:{port}/graphql")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cuts event streams off first: the others end by themselves."""
        application: Any = self.config.app
        application.state.streams.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for reason in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(reason, self.handle_exit, reason, None)
        yield


async def _serve(settings: Settings, urls: DatabaseUrls, sign_in: SignIn, place: socket.socket) -> None:
    documents = trusted_documents(settings)
    async with _parts(settings, urls, sign_in) as parts:
        schema = make_schema(_disclosure(settings), _allowance(settings))
        application = create_app(schema, parts, documents=documents, origins=settings.origins)
        # What is here by now stays; the collector would spend a tenth of a second on it each time.
        gc.collect()
        gc.freeze()
        server = _Server(
            uvicorn.Config(
                application,
                # It would name our socket, and not the address.
                log_level="error" if settings.log_level is LogLevel.ERROR else "warning",
                access_log=False,
                server_header=False,
                # Whoever names an address of their own choice would have no limit for failing to sign in.
                proxy_headers=bool(settings.proxies),
                forwarded_allow_ips=[*settings.proxies],
                http=PromptProtocol,
                lifespan="off",
                ws_max_size=settings.request_bytes_max,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS_MAX,
            )
        )
        await server.serve(sockets=[place])


def trusted_documents(settings: Settings) -> TrustedDocuments | None:
    """The documents that may run, where only some may. Raises SettingsError for a manifest that cannot be used."""
    if settings.trusted_documents is None:
        return None
    try:
        return TrustedDocuments(read_manifests(settings.trusted_documents))
    except ManifestError as error:
        raise SettingsError(f"WHARFINGER_TRUSTED_DOCUMENTS: {error}") from None


def _disclosure(settings: Settings) -> Disclosure:
    return Disclosure(
        introspection=settings.introspection, suggestions=settings.suggestions, graphiql=settings.graphiql
    )


def _allowance(settings: Settings) -> Allowance:
    return Allowance(
        bytes_max=settings.request_bytes_max,
        tokens_max=settings.document_tokens_max,
        cost_max=settings.request_cost_max,
        seconds_max=settings.request_seconds_max,
    )


@asynccontextmanager
async def _parts(settings: Settings, urls: DatabaseUrls, sign_in: SignIn) -> AsyncIterator[Parts]:
    database = Database.connect(
        app=urls.app,
        worker=urls.worker,
        key=urls.context_key,
        commands=settings.command_connections,
        reads=settings.read_connections,
        pooling=urls.pooling,
    )
    activation = Writers(urls.activate, size=ACTIVATION_CONNECTIONS, signer=database.app.signer, pooling=urls.pooling)
    try:
        identities = sign_in.identities(database)
        async with Worker(database.worker, identities=identities).running() as worker:
            yield Parts(
                database=database,
                operations=Operations(database.app, readers=database.readers, committed=worker.wake),
                activation=Activation(activation, NOUNS, readers=database.readers, committed=worker.wake),
                hub=worker.hub,
                identities=identities,
                clock=system_clock,
                registry=REGISTRY,
                resources=RESOURCES,
                rates=Rates(per_minute=settings.cost_per_minute),
            )
    finally:
        await activation.close()
        await database.close()

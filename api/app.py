"""The Starlette application: routes, middleware, lifespan. The composition root gives it the parts and the schema."""

import asyncio
import logging
from collections.abc import Sequence

import structlog
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Lifespan

from api.context import Parts
from api.graphiql.page import graphiql_page, graphiql_routes
from api.http.compression import compressing
from api.http.endpoint import GraphQLEndpoint
from api.http.middleware import REQUEST_ID, AtPaths, NamedAndSafe
from api.http.persisted import PersistedDocuments, TaughtDocuments
from api.identity import ACTING_FOR
from api.operations.execution import CompiledSchema
from kernel.contexts import SHARED
from kernel.db import Database

READY_TIMEOUT_SECONDS = 2
PATHS = ("/graphql", "/graphql/")
"""With a slash at the end it is served too: a redirection would lose the body, or the sign-in, of many clients."""

log = structlog.get_logger()


def create_app(
    schema: CompiledSchema,
    parts: Parts,
    *,
    documents: PersistedDocuments | None = None,
    origins: Sequence[str] = (),
    lifespan: Lifespan[Starlette] | None = None,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application.

    `documents` says which documents run, and by which names: any, and those that clients taught, unless given.
    `origins` are the web origins whose pages may call it; `lifespan` starts and stops what the parts need; `routes`
    come beside the API's own (a console, a schema page). `state.streams` are the event streams, which never end by
    themselves: a server that stops closes them.
    """
    # Strawberry logs each error with its traceback too; api.faults logs those of ours once, with the request's id.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL + 1)
    page = graphiql_page if schema.disclosure.graphiql else None
    known = documents or TaughtDocuments(schema.documents.is_valid)
    endpoint = GraphQLEndpoint(schema, parts, documents=known, origins=origins, page=page)
    application = Starlette(
        routes=[
            *_health_routes(parts.database),
            *routes,
            *(graphiql_routes() if schema.disclosure.graphiql else ()),
            *(WebSocketRoute(path, endpoint) for path in PATHS),
        ],
        lifespan=lifespan,
    )
    application.middleware_stack = _entrance(application.build_middleware_stack(), endpoint, origins)
    application.state.streams = endpoint.responder.streams
    return application


def _entrance(application: ASGIApp, endpoint: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """The way in: past what all requests get to the endpoint, and for any other path on to starlette's own stack.

    The endpoint answers whatever happens to it, so nothing of that stack stands in front of it.
    """
    direct = AtPaths(compressing(application), endpoint, PATHS)
    return NamedAndSafe(_shared_with(origins, direct) if origins else direct)


def _shared_with(origins: Sequence[str], app: ASGIApp) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["authorization", "content-type", REQUEST_ID, ACTING_FOR],
        expose_headers=[REQUEST_ID, "retry-after"],
        max_age=3600,
    )


def _health_routes(database: Database) -> list[BaseRoute]:
    async def about(_: Request) -> JSONResponse:
        return JSONResponse(
            {
                "name": "Wharfinger",
                "graphql": "/graphql",
                "signIn": "Authorization: Bearer <token>",
                "health": ["/health/live", "/health/ready"],
            }
        )

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> JSONResponse:
        if await _answers(database):
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "unavailable"}, status_code=503)

    return [Route("/", about), Route("/health/live", live), Route("/health/ready", ready)]


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(READY_TIMEOUT_SECONDS), database.readers.connection(SHARED) as driver:
            await driver.fetch("SELECT 1")
    except Exception as error:  # whatever it is, reads would fail too
        log.warning("not_ready", reason=str(error))
        return False
    return True

"""The Starlette application: routes, middleware, lifespan. The composition root gives it the parts and the schema."""

import asyncio
import logging
from collections.abc import Sequence

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Lifespan

from api.context import Parts
from api.deadline import REQUEST_SECONDS_MAX
from api.execution import CompiledSchema
from api.http import GraphQLEndpoint
from api.middleware import REQUEST_ID, RequestIds, SafeHeaders
from api.persisted import PersistedDocuments, TaughtDocuments
from api.request import BODY_BYTES_MAX
from kernel.db import Database

READY_TIMEOUT_SECONDS = 2

log = structlog.get_logger()


def create_app(
    schema: CompiledSchema,
    parts: Parts,
    *,
    documents: PersistedDocuments | None = None,
    origins: Sequence[str] = (),
    body_bytes_max: int = BODY_BYTES_MAX,
    request_seconds_max: float = REQUEST_SECONDS_MAX,
    lifespan: Lifespan[Starlette] | None = None,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """The application.

    `documents` says which documents run, and by which names: any, and those that clients taught, unless given.
    `origins` are the web origins whose pages may call it; `lifespan` starts and stops what the parts need; `routes`
    come beside the API's own (a console, a schema page).
    """
    # Strawberry logs each error with its traceback too; api.faults logs those of ours once, with the request's id.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL + 1)
    endpoint = GraphQLEndpoint(
        schema,
        parts,
        documents=documents or TaughtDocuments(schema.documents.is_valid),
        body_bytes_max=body_bytes_max,
        request_seconds_max=request_seconds_max,
        origins=origins,
    )
    return Starlette(
        routes=[
            *_health_routes(parts.database),
            *routes,
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
        ],
        middleware=_middleware(origins),
        lifespan=lifespan,
    )


def _middleware(origins: Sequence[str]) -> list[Middleware]:
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type", REQUEST_ID],
        expose_headers=[REQUEST_ID],
        max_age=3600,
    )
    return [Middleware(RequestIds), Middleware(SafeHeaders), *([cors] if origins else [])]


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
        async with asyncio.timeout(READY_TIMEOUT_SECONDS), database.readers.connection() as driver:
            await driver.fetch("SELECT 1")
    except Exception as error:  # whatever it is, reads would fail too
        log.warning("not_ready", reason=str(error))
        return False
    return True

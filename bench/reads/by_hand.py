"""The other side of the reads: SQL by hand behind bare routes, as a careful programmer would write it at best.

uvicorn, starlette and a pool of asyncpg; no GraphQL, no sign-in, no row policy. The pool sends no RESET when it takes
a connection back, because these routes leave nothing behind.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
import uvloop
from sqlalchemy.engine import URL
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.processes import HOST
from bench.reads import sql_by_hand as sql

CONNECTIONS = 16
Pool = Any
Given = Any
"""The parameters of a request."""


def serve_by_hand(port: int, url: URL) -> None:
    """Serves until the process is asked to stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(port, url))


async def _serve(port: int, url: URL) -> None:
    async with opened_pool(url) as pool:
        app = Starlette(routes=_routes(pool))
        config = uvicorn.Config(app, host=HOST, port=port, log_level="warning", access_log=False, lifespan="off")
        await uvicorn.Server(config).serve()


async def leave(_connection: object) -> None:
    """What is done to a connection that comes back: nothing."""


@asynccontextmanager
async def opened_pool(
    url: URL,
    *,
    connections: int = CONNECTIONS,
    reset: Callable[[Any], Awaitable[None]] | None = leave,
) -> AsyncIterator[Pool]:
    """As many connections as our own server has, unless said otherwise. None is asyncpg's own way to reset them."""
    async with asyncpg.create_pool(
        host=str(url.query["host"]),
        port=int(str(url.query["port"])),
        user=url.username,
        database=url.database,
        min_size=connections,
        max_size=connections,
        max_cacheable_statement_size=0,
        reset=reset,
    ) as pool:
        yield pool


def _routes(pool: Pool) -> list[Route]:
    return [
        _route("/item", pool, sql.ITEM, lambda given: [given["sku"]]),
        _route("/order", pool, sql.ORDER, lambda given: [UUID(given["entity"]), given["number"]]),
        _route("/stock", pool, sql.STOCK, lambda given: [UUID(given["entity"]), given["sku"]]),
        _route("/orders", pool, sql.ORDERS, lambda given: [UUID(given["entities"]), *_place(given)]),
        _route("/orders-of-several", pool, sql.ORDERS_OF_SEVERAL, lambda given: [_entities(given), *_place(given)]),
    ]


def _route(path: str, pool: Pool, query: str, arguments: Callable[[Given], list[object]]) -> Route:
    async def answer(request: Request) -> Response:
        async with pool.acquire() as connection:
            text = await connection.fetchval(query, *arguments(request.query_params))
        return Response(text, media_type="application/json")

    return Route(path, answer)


def _place(given: Given) -> list[object]:
    return [datetime.fromisoformat(given["placedAt"]), UUID(given["order"])]


def _entities(given: Given) -> list[UUID]:
    return [UUID(each) for each in given["entities"].split(",")]

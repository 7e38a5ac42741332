"""How a connection is opened: to a session of PostgreSQL, or to a proxy that pools transactions.

A proxy may know neither prepared statements nor settings of a session.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

import asyncpg
import orjson
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import URL

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Opening: TypeAlias = Callable[[], Awaitable[Driver]]

STATEMENTS_KEPT_MAX = 64
"""Prepared statements per connection. The plan of a page of orders with lines, 4 kB of SQL, holds 0.6 MB there."""
STATEMENT_LENGTH_MAX = 32 * 1024
"""Longer ones are planned anew each time: the plan of 80 kB of SQL holds 7 MB, on each connection."""
STATEMENT_SECONDS_MAX = 3600
"""After this a statement is planned anew, by what the tables hold by then."""
_PROXIED = {"statement_cache_size": 0}


class Pooling(StrEnum):
    """What a connection is."""

    SESSION = "session"
    """A session of PostgreSQL of its own."""
    TRANSACTION = "transaction"
    """A proxy lends it a session for each transaction."""


def for_reads(url: URL, pooling: Pooling) -> Opening:
    """How a connection for single statements that read is opened: each is planned once for all values."""
    if pooling is Pooling.TRANSACTION:
        return partial(asyncpg.connect, **_PROXIED, **_address(url))
    return partial(
        asyncpg.connect,
        statement_cache_size=STATEMENTS_KEPT_MAX,
        max_cacheable_statement_size=STATEMENT_LENGTH_MAX,
        max_cached_statement_lifetime=STATEMENT_SECONDS_MAX,
        server_settings={"application_name": "wharfinger reads", "plan_cache_mode": "force_generic_plan"},
        **_address(url),
    )


def for_commands(url: URL, pooling: Pooling) -> Opening:
    """How a connection for the transactions of commands is opened. JSON comes from it as values, not as text."""
    if pooling is Pooling.TRANSACTION:
        return partial(_open_with_json, {**_PROXIED, **_address(url)})
    # The texts of statements may be long, and asyncpg would otherwise prepare long ones anew each time.
    kept = {"max_cacheable_statement_size": 0, "server_settings": {"application_name": "wharfinger"}}
    return partial(_open_with_json, {**kept, **_address(url)})


async def _open_with_json(parts: Mapping[str, Any]) -> Driver:
    driver: Driver = await asyncpg.connect(**parts)
    try:
        for name in ("json", "jsonb"):
            await driver.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=orjson.loads)
    except BaseException:
        driver.terminate()
        raise
    return driver


def _address(url: URL) -> dict[str, Any]:
    """What asyncpg calls the parts of an address; SQLAlchemy knows."""
    _, parts = asyncpg_dialect().create_connect_args(url)  # type: ignore[no-untyped-call]
    return dict(parts)

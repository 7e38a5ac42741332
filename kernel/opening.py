"""How a connection for reads is opened: to a session of PostgreSQL, or to a proxy that pools transactions."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import URL

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

STATEMENTS_KEPT_MAX = 64
"""Prepared statements per connection. The plan of a page of orders with lines, 4 kB of SQL, holds 0.6 MB there."""
STATEMENT_LENGTH_MAX = 32 * 1024
"""Longer ones are planned anew each time: the plan of 80 kB of SQL holds 7 MB, on each connection."""
STATEMENT_SECONDS_MAX = 3600
"""After this a statement is planned anew, by what the tables hold by then."""


class Pooling(StrEnum):
    """What a connection is."""

    SESSION = "session"
    """A session of PostgreSQL of its own."""
    TRANSACTION = "transaction"
    """A proxy lends it a session for each transaction."""


def opening(url: URL, pooling: Pooling) -> Callable[[], Awaitable[Driver]]:
    """How a connection is opened. A proxy may know neither prepared statements nor settings of a session."""
    if pooling is Pooling.TRANSACTION:
        return partial(asyncpg.connect, statement_cache_size=0, **_address(url))
    return partial(
        asyncpg.connect,
        statement_cache_size=STATEMENTS_KEPT_MAX,
        max_cacheable_statement_size=STATEMENT_LENGTH_MAX,
        max_cached_statement_lifetime=STATEMENT_SECONDS_MAX,
        server_settings={"application_name": "wharfinger reads", "plan_cache_mode": "force_generic_plan"},
        **_address(url),
    )


def _address(url: URL) -> dict[str, Any]:
    """What asyncpg calls the parts of an address; SQLAlchemy knows."""
    _, parts = asyncpg_dialect().create_connect_args(url)  # type: ignore[no-untyped-call]
    return dict(parts)

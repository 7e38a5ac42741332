"""Failures that pass: the database is away, too busy, or was waited for too long. Neither input nor code is wrong.

Two kinds are told apart. After a wait in vain (for a lock, for the end of a statement, for each other) the transaction
is undone, and the caller can be told to send it again. After a lost connection it is not known whether a commit
arrived: only the idempotency key makes it safe to send it again.
"""

from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

RETRIED_SQLSTATES = frozenset({"40001", "40P01"})  # serialisation failure, deadlock
WAITED_IN_VAIN = RETRIED_SQLSTATES | {"55P03", "57014"}  # lock_timeout, statement_timeout
OUTDATED = frozenset({"WH001", "WH002"})
"""The signed context (contexts.py) no longer holds: the policy was replaced, or its time has run out."""
_AWAY_CLASSES = ("08", "53", "57")  # connection exceptions, out of connections or space, shut down or starting
_AWAY_SQLSTATES = frozenset({"25P03"})  # the transaction idled too long and was ended


def waited_in_vain(error: BaseException) -> bool:
    """Whether the database gave up waiting and undid the transaction."""
    return any(_sqlstate(each) in WAITED_IN_VAIN for each in _chain(error))


def is_outdated(error: BaseException) -> bool:
    """Whether the database no longer takes the caller for what they were: they must be identified anew."""
    return any(_sqlstate(each) in OUTDATED for each in _chain(error))


def is_passing(error: BaseException) -> bool:
    """Whether the same request may well succeed in a moment."""
    return waited_in_vain(error) or is_outdated(error) or any(_is_away(each) for each in _chain(error))


def _is_away(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    if isinstance(error, PoolTimeout | ConnectionError | FileNotFoundError | asyncpg.InternalClientError):
        # The socket of a server that is down is a file that is not there; a connection that is cut while a statement
        # is being sent confuses the driver's own protocol.
        return True
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)
    state = _sqlstate(error)
    return state[:2] in _AWAY_CLASSES or state in _AWAY_SQLSTATES


def _sqlstate(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from: SQLAlchemy wraps what the driver raises."""
    while error is not None:
        yield error
        error = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error.__cause__

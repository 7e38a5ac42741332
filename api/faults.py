"""Top-level errors: what a client learns of a request that has no payload to answer with.

Errors that graphql-core finds in the client's own document or variables, and `GraphQLError`s that a resolver raises on
purpose, are told word for word. A database that is away or too busy is UNAVAILABLE. Anything else is a fault of ours:
it is logged with the request's id, and the client is told the id and nothing more.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from math import ceil
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from kernel.passing import is_passing

UNAVAILABLE = "UNAVAILABLE"
MESSAGE_LENGTH_MAX = 1_000
"""Messages repeat what the client sent, which may be long."""
ERRORS_MAX = 100
"""How many errors one answer tells; a mutation or a read that failed has one each."""
_COME_AGAIN = "The database cannot answer now. Try again shortly; send a mutation with the same idempotency key."

log = structlog.get_logger()

_MISTAKES = (CannotGetOperationTypeError, InvalidOperationTypeError)
"""What strawberry raises for an operation that the document does not have, or that may not be run in this way."""


class RequestRefused(Exception):  # noqa: N818 - it is an answer
    """The request itself is refused, before any of it runs. The message is told to the client."""

    def __init__(
        self, status: int, code: str, message: str, *, data: Mapping[str, Any] | None = None, **headers: str
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extensions = {"code": code, **(data or {})}
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def error(self) -> GraphQLError:
        """The refusal of an operation on a WebSocket."""
        return GraphQLError(self.message, extensions=self.extensions)

    def body(self) -> dict[str, Any]:
        """The answer: a GraphQL response without data."""
        return {"errors": [{"message": self.message, "extensions": self.extensions}]}


def bad_request(message: str) -> RequestRefused:
    """A request that is no well-formed GraphQL request."""
    return RequestRefused(400, "BAD_REQUEST", message)


def unauthenticated(message: str) -> RequestRefused:
    """Nobody knows who asks."""
    return RequestRefused(401, "UNAUTHENTICATED", message, www_authenticate="Bearer")


def method_not_allowed(message: str, *, allow: str) -> RequestRefused:
    """GraphQL is not served by this method, or not this operation."""
    return RequestRefused(405, "METHOD_NOT_ALLOWED", message, allow=allow)


def unavailable(message: str) -> RequestRefused:
    """It is not the request; the same one may well be answered in a moment."""
    return RequestRefused(503, UNAVAILABLE, message, retry_after="1")


def rate_limited(message: str, seconds: float, **data: Any) -> RequestRefused:
    """The caller asks for too much in too short a time, and may come again in so many seconds."""
    whole = ceil(seconds)
    told = f"{message} Come again in {whole} {'second' if whole == 1 else 'seconds'}."
    return RequestRefused(429, "RATE_LIMITED", told, data={"retryAfter": whole, **data}, retry_after=str(whole))


def unexpected(error: BaseException, request_id: str) -> RequestRefused:
    """Logs a failure that is not the client's, and gives what the client is told of it."""
    if is_passing(error):
        _log_passing(error, request_id)
        return unavailable(_COME_AGAIN)
    log.error("unexpected_error", request_id=request_id, exc_info=error)
    return RequestRefused(500, "INTERNAL", _internal_message(request_id))


def told_errors(errors: Iterable[GraphQLError], request_id: str) -> list[GraphQLError]:
    """The errors as the client may know them: ours masked, theirs with a code, none too long."""
    return [_shortened(_told(error, request_id)) for error in islice(errors, ERRORS_MAX)]


def _told(error: GraphQLError, request_id: str) -> GraphQLError:
    if not _is_deliberate(error):
        if error.original_error is not None and is_passing(error.original_error):
            _log_passing(error.original_error, request_id)
            return _with(error, _COME_AGAIN, {"code": UNAVAILABLE})
        log.error("unexpected_error", request_id=request_id, path=error.path, exc_info=error.original_error)
        return _with(error, _internal_message(request_id), {"code": "INTERNAL", "requestId": request_id})
    if "code" in (error.extensions or {}):
        return error
    return _with(error, error.message, {**(error.extensions or {}), "code": _code(error)})


def _shortened(error: GraphQLError) -> GraphQLError:
    if len(error.message) <= MESSAGE_LENGTH_MAX:
        return error
    return _with(error, error.message[: MESSAGE_LENGTH_MAX - 1] + "…", error.extensions or {})


def _log_passing(error: BaseException, request_id: str) -> None:
    """The database's trouble needs no traceback of ours, least of all one for each request."""
    log.warning("database_unavailable", request_id=request_id, reason=str(error).partition("\n")[0])


def _is_deliberate(error: GraphQLError) -> bool:
    """Whether the error was meant for the client: nothing but GraphQL errors from it down to its origin."""
    origin = error.original_error
    while isinstance(origin, GraphQLError):
        origin = origin.original_error
    return origin is None or isinstance(origin, _MISTAKES)


def _code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    return "GRAPHQL_VALIDATION_FAILED" if error.path is None else "BAD_REQUEST"


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message, error.nodes, error.source, error.positions, error.path, extensions=extensions, cause=error.__cause__
    )


def _internal_message(request_id: str) -> str:
    return f"Something went wrong on our side. The request's id is {request_id}."

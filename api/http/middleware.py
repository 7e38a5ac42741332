"""What every request passes: it gets a name, and its answer headers that tell browsers to be careful.

Each request pays for what stands here. So headers are added as the bytes that they are sent as, once for all, and what
only passes a call on is a plain function, which gives the awaitable of whom it calls: no coroutine of its own.
"""

import re
from collections.abc import Awaitable, Collection, Iterable
from contextvars import ContextVar
from itertools import count
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import STRUCTLOG_KEY_PREFIX

REQUEST_ID = "x-request-id"
_REQUEST_ID = REQUEST_ID.encode()
_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
_PROCESS = token_hex(8).encode()
_numbers = count(1)
_logged_name: ContextVar[str] = ContextVar(STRUCTLOG_KEY_PREFIX + "request_id")
"""What structlog's `merge_contextvars` adds to each line; `bind_contextvars` looks for the variable by its name."""

Headers = Iterable[tuple[bytes, bytes]]


class NamedAndSafe:
    """Names each request, by the caller's own id if it is harmless, and adds the headers that an answer does not set.

    Logs and answers carry the name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)
        name = _given_name(scope["headers"]) or _new_name()
        request_id = name.decode()
        scope.setdefault("state", {})["request_id"] = request_id

        def send_with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message.get("headers", ()), name)
            return send(message)

        # The server gives each request a task of its own, and with it a context that nobody else logs in.
        _logged_name.set(request_id)
        return self._app(scope, receive, send_with_headers)


class AtPaths:
    """Serves one endpoint at its paths, and the application elsewhere: what all clients ask for asks no router."""

    def __init__(self, app: ASGIApp, endpoint: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._endpoint = endpoint
        self._paths = paths

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_there = scope["type"] == "http" and scope["path"] in self._paths
        return (self._endpoint if is_there else self._app)(scope, receive, send)


def _completed(headers: Headers, name: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, whose names ASGI has in small letters, with those that it lacks."""
    there = dict(headers)
    return [*headers, (_REQUEST_ID, name), *[pair for pair in _SAFE_HEADERS if pair[0] not in there]]


def _given_name(headers: Headers) -> bytes | None:
    for header, value in headers:
        if header == _REQUEST_ID:
            return value if _ACCEPTABLE_ID.fullmatch(value) else None
    return None


def _new_name() -> bytes:
    """What no other request is called: a name of the process, drawn when it began, and a number."""
    return b"%b-%x" % (_PROCESS, next(_numbers))

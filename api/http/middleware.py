"""What every request passes: it gets a name, and its answer headers that tell browsers to be careful.

Each request pays for what stands here, so headers are added as the bytes that they are sent as, once for all.
"""

import re
from collections.abc import Collection

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.ids import new_name

REQUEST_ID = "x-request-id"
_REQUEST_ID = REQUEST_ID.encode()
_ACCEPTABLE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class NamedAndSafe:
    """Names each request, by the caller's own id if it is harmless, and adds the headers that an answer does not set.

    Logs and answers carry the name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        name = _given_id(scope) or new_name().encode()
        request_id = name.decode()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"] = [*message.get("headers", ()), (_REQUEST_ID, name)]
                there = {key.lower() for key, _ in headers}
                headers.extend(pair for pair in _SAFE_HEADERS if pair[0] not in there)
            await send(message)

        # The server gives each request a task of its own, and with it a context that nobody else logs in.
        structlog.contextvars.bind_contextvars(request_id=request_id)
        await self._app(scope, receive, send_with_headers)


class AtPaths:
    """Serves one endpoint at its paths, and the application elsewhere: what all clients ask for asks no router."""

    def __init__(self, app: ASGIApp, endpoint: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._endpoint = endpoint
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_there = scope["type"] == "http" and scope["path"] in self._paths
        await (self._endpoint if is_there else self._app)(scope, receive, send)


def _given_id(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == _REQUEST_ID:
            return value if _ACCEPTABLE_ID.fullmatch(value) else None
    return None

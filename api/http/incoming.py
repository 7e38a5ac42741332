"""An HTTP request as it came.

Its headers stay the bytes that the server read: few of them are asked for, and each request pays for all the others.
"""

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope


class Incoming:
    """The parts of a request that GraphQL over HTTP asks for."""

    __slots__ = ("_first", "method", "receive", "request_id", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.request_id: str = scope["state"]["request_id"]
        # Of a header that came twice the first counts, as everywhere in starlette.
        self._first: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def header(self, name: bytes) -> str | None:
        """The first header with this name, which is written in small letters."""
        value = self._first.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def accept(self) -> str:
        """What the client takes; it may say so in several headers."""
        return b",".join([value for name, value in self.scope["headers"] if name == b"accept"]).decode("latin-1")

    @property
    def query_string(self) -> bytes:
        """What stands behind the question mark."""
        text: bytes = self.scope["query_string"]
        return text

    @property
    def query_params(self) -> QueryParams:
        """The decoded query string."""
        return QueryParams(self.query_string)

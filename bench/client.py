"""A lean HTTP/1.1 client: it shares a core with PostgreSQL, so it does no more than it must."""

import asyncio
from typing import Any, cast
from urllib.parse import urlencode

import orjson

_HEAD_ENDS = b"\r\n\r\n"


class Failed(Exception):  # noqa: N818 - it says what the server did
    """The answer is not the one that a measurement can count."""


class Client(asyncio.Protocol):
    """One connection that is kept alive, with one request at a time. Who measures bounds the time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._received = bytearray()
        self._body_begins = 0
        self._ends = 0
        self._answer: asyncio.Future[bytes]

    @classmethod
    async def connect(cls, host: str, port: int) -> "Client":
        """Opens a connection."""
        _, client = await asyncio.get_running_loop().create_connection(cls, host, port)
        return client

    async def ask(self, request: bytes) -> bytes:
        """Sends one request and answers the body of a 200; anything else raises."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Closes the connection."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own says nothing of its kind

    def data_received(self, data: bytes) -> None:
        """Part of an answer has come."""
        self._received += data
        if not self._ends:
            self._read_head()
        if self._ends and len(self._received) >= self._ends:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed, by either side."""
        if hasattr(self, "_answer") and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def _read_head(self) -> None:
        head_ends = self._received.find(_HEAD_ENDS)
        if head_ends >= 0:
            _, _, rest = self._received[:head_ends].lower().partition(b"content-length: ")
            self._body_begins = head_ends + len(_HEAD_ENDS)
            self._ends = self._body_begins + int(rest.partition(b"\r")[0])

    def _finish(self) -> None:
        received, begins = bytes(self._received), self._body_begins
        self._received.clear()
        self._ends = 0
        if received.startswith(b"HTTP/1.1 200 "):
            self._answer.set_result(received[begins:])
        else:
            self._answer.set_exception(Failed(received.decode(errors="replace")))


def graphql_request(document: str, variables: dict[str, Any], *, token: str = "", path: str = "/graphql") -> bytes:
    """One GraphQL request as it travels."""
    body = orjson.dumps({"query": document, "variables": variables})
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get_request(path: str, parameters: dict[str, str]) -> bytes:
    """A request to a bare route as it travels."""
    return f"GET {path}?{urlencode(parameters)} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()

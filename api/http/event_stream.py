"""Server-sent events: the results of one operation as a stream over HTTP (graphql-sse, distinct connections).

Each result is an event `next`, and the end an event `complete`; a stream that ends without it was cut off. Lines end
with LF alone, which all clients split. A comment now and then keeps proxies from closing what they take for idle.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any, Never

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.faults import RequestRefused
from api.http.answers import encode
from api.http.media import EVENT_STREAM
from api.operations.deadline import client_left

PING_SECONDS = 12.0
STREAMS_MAX = 100
"""How many streams one person may have open at a process."""
_PING = b": ping\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"

Documents = AsyncGenerator[Mapping[str, Any], None]
UntilRefused = Callable[[], Coroutine[Any, Any, RequestRefused]]


class OpenStreams:
    """The streams that are open now, and whose they are."""

    def __init__(self, *, ping_seconds: float = PING_SECONDS, each_max: int = STREAMS_MAX) -> None:
        self.ping_seconds = ping_seconds
        self.each_max = each_max
        self._count: Counter[str] = Counter()
        self._writers: set[asyncio.Task[None]] = set()

    def check(self, subject: str) -> None:
        """Raises RequestRefused for somebody who has enough of them."""
        if self._count[subject] >= self.each_max:
            raise RequestRefused(429, "TOO_MANY_OPERATIONS", f"You may have {self.each_max} streams open at once.")

    def close(self) -> None:
        """Cuts all of them off, because the server stops; clients come again, and resume by their cursors."""
        for writer in self._writers:
            writer.cancel()

    @contextmanager
    def opened(self, subject: str, writer: asyncio.Task[None]) -> Iterator[None]:
        """While a stream is open."""
        self._count[subject] += 1
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            self._count[subject] -= 1
            self._count += Counter()  # drops who has none


class EventStream(Response):
    """The answer to somebody who reads streams of events."""

    media_type = EVENT_STREAM

    def __init__(
        self, documents: Documents, *, subject: str, streams: OpenStreams, until_refused: UntilRefused
    ) -> None:
        """`until_refused` ends when the subject is no longer served, and says why."""
        # Proxies that gather small answers would hold events back.
        super().__init__(headers={"x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._documents = documents
        self._subject = subject
        self._streams = streams
        self._until_refused = until_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Writes until the operation ends, the client leaves or is no longer served, or the server stops."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        writer = asyncio.create_task(self._write(send))
        watch = asyncio.create_task(self._until_refused())
        tasks = [writer, watch, asyncio.create_task(self._ping(send)), asyncio.create_task(client_left(receive))]
        with self._streams.opened(self._subject, writer):
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
        if not writer.cancelled():
            writer.result()
        elif not watch.cancelled():
            await _tell(send, next_event(watch.result().body()) + _COMPLETE)
        await send({"type": "http.response.body", "body": b""})

    async def _write(self, send: Send) -> None:
        async with aclosing(self._documents) as documents:
            async for document in documents:
                await _tell(send, next_event(document))
        await _tell(send, _COMPLETE)

    async def _ping(self, send: Send) -> Never:
        while True:
            await asyncio.sleep(self._streams.ping_seconds)
            await _tell(send, _PING)


def next_event(document: Mapping[str, Any]) -> bytes:
    """A result as an event. A line break in JSON can only be space between its parts."""
    return b"event: next\ndata: " + b" ".join(encode(document).splitlines()) + b"\n\n"


async def _tell(send: Send, event: bytes) -> None:
    await send({"type": "http.response.body", "body": event, "more_body": True})

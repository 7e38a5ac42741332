"""The end of a request's time: its answer comes within some seconds, and nothing is done for a client that has left.

Whoever waits is cancelled, and with them the statement that runs for them in PostgreSQL: the driver asks the server to
cancel it, a transaction is rolled back, and the connection is used again. What a mutation did is then undone or, if its
commit was already under way, done: only the same idempotency key makes it safe to send again.

Nearly every request ends in milliseconds. So what a request pays is one timer; only when that has run out is a task
made that listens for the client's leaving and for the end of the time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from api.faults import RequestRefused

TIMEOUT = "TIMEOUT"
REQUEST_SECONDS_MAX = 30
UNWATCHED_SECONDS = 0.25
"""For so long nobody listens whether the client is still there."""

T = TypeVar("T")


def within(receive: Receive, seconds: float, work: Awaitable[T]) -> Coroutine[Any, Any, T]:
    """The result of `work`, for a request that has been read to its end by `receive`.

    `work` is cancelled when the time is over (raises RequestRefused) or the client has left (raises ClientDisconnect).
    """
    return _bounded(work, seconds, partial(client_left, receive))


def in_time(seconds: float, work: Awaitable[T]) -> Coroutine[Any, Any, T]:
    """The result of `work`, for an operation on a socket, which is cancelled by itself when the client leaves.

    Raises RequestRefused when the time is over.
    """
    return _bounded(work, seconds, asyncio.Event().wait)


async def _bounded(work: Awaitable[T], seconds: float, left: Callable[[], Awaitable[object]]) -> T:
    watch = _Watch(seconds, left)
    try:
        return await work
    except asyncio.CancelledError:
        if watch.reason is None or watch.worker.cancelling() > 1:
            raise
        raise watch.reason from None
    finally:
        watch.end()


class _Watch:
    """Cancels the task that made it when the client leaves or the time is over, and says which of them it was."""

    def __init__(self, seconds: float, left: Callable[[], Awaitable[object]]) -> None:
        worker = asyncio.current_task()
        assert worker is not None
        self.worker = worker
        self.reason: RequestRefused | ClientDisconnect | None = None
        self._seconds = seconds
        self._left = left
        self._listening: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._ends_at = loop.time() + seconds
        self._timer = loop.call_later(min(UNWATCHED_SECONDS, seconds), self._begin)

    def end(self) -> None:
        """The work is over, and with it what the watch asked of the task, even where the work did not heed it."""
        self._timer.cancel()
        if self._listening is not None:
            self._listening.cancel()
        if self.reason is not None:
            self.worker.uncancel()

    def _begin(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout_at(self._ends_at):
                await self._left()
            self.reason = ClientDisconnect()
        except TimeoutError:
            self.reason = out_of_time(self._seconds)
        self.worker.cancel()


def out_of_time(seconds: float) -> RequestRefused:
    """What the client is told; 504, because what waited in vain was this server, for the database behind it."""
    return RequestRefused(
        504,
        TIMEOUT,
        f"The request took longer than its {seconds:g} seconds and was stopped. Ask for less; "
        "send a mutation with the same idempotency key.",
    )


async def client_left(receive: Receive) -> None:
    """Waits until the client closes the connection. After the body there is nothing else to be received."""
    while (await receive())["type"] != "http.disconnect":
        pass

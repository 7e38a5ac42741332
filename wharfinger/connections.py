"""Connections over which requests must come promptly.

uvicorn waits for ever for the rest of a request that has begun, and for the first byte of one that has not: somebody
who opens connections and says little would use up the server's.
"""

import asyncio
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ARRIVAL_SECONDS_MAX = 30.0
"""How long a request may take to arrive, its body with it. Between requests the server's keep-alive time holds."""


class PromptProtocol(HttpToolsProtocol):
    """Closes a connection on which a request takes too long to arrive. One that comes in one piece starts no timer."""

    arrival_seconds_max = ARRIVAL_SECONDS_MAX

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._arriving = False
        self._timer: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._arriving and self.transport.get_protocol() is self:  # it is another's once it is a WebSocket
            self._expect()
        elif self._timer is not None:
            self._arrived()

    def on_message_begin(self) -> None:
        self._arriving = True
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._arriving = False
        super().on_message_complete()

    def _expect(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self.arrival_seconds_max, self.transport.close)

    def _arrived(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

"""Load on a server: many clients at once in this process, each with one request at a time."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter

import uvloop

from bench.client import Client
from bench.processes import Address, processor_seconds
from bench.rounds import Sample

OVERTIME_SECONDS_MAX = 30
"""How long the last answers may take once the time is over."""

Requests = Callable[[int], Iterator[bytes]]
"""The requests of the client with that number, without end."""


class Load:
    """One side of a comparison that speaks HTTP."""

    def __init__(self, server: Address, requests: Requests, check: Callable[[bytes], None]) -> None:
        """`check` raises for an answer that does not count."""
        self._server = server
        self._requests = requests
        self._check = check
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._clients: list[Client] = []

    def __call__(self, clients: int, seconds: float) -> Sample:
        """Asks with so many clients for so long."""
        return self._runner.run(self._work(clients, seconds))

    def close(self) -> None:
        """Closes the connections."""
        self._runner.run(self._close())
        self._runner.close()

    async def _work(self, clients: int, seconds: float) -> Sample:
        await self._connect(clients)
        busy, begun = processor_seconds(self._server.pid), perf_counter()
        working = (self._keep_asking(each, begun + seconds) for each in range(clients))
        async with asyncio.timeout(seconds + OVERTIME_SECONDS_MAX):
            counts = await asyncio.gather(*working)
        elapsed = perf_counter() - begun
        return Sample(sum(counts), elapsed, processor_seconds(self._server.pid) - busy)

    async def _keep_asking(self, number: int, until: float) -> int:
        client, count = self._clients[number], 0
        for request in self._requests(number):
            self._check(await client.ask(request))
            count += 1
            if perf_counter() >= until:
                break
        return count

    async def _connect(self, clients: int) -> None:
        for _ in range(clients - len(self._clients)):
            self._clients.append(await Client.connect(self._server.host, self._server.port))

    async def _close(self) -> None:
        for client in self._clients:
            client.close()


def answers_of(server: Address, requests: Iterable[bytes]) -> list[bytes]:
    """The answers to these requests, asked one after the other."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_ask_each(server, requests))


async def _ask_each(server: Address, requests: Iterable[bytes]) -> list[bytes]:
    client = await Client.connect(server.host, server.port)
    try:
        async with asyncio.timeout(OVERTIME_SECONDS_MAX):
            return [await client.ask(request) for request in requests]
    finally:
        client.close()

"""Sends documents that never come again, half and half, and reads the gauges before, between and after."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from bench.client import Client, Failed, graphql_request
from bench.extent import Extent
from bench.inside import Inside, way_inside
from bench.memory.documents import documents
from bench.memory.gauge import Reading, read_gauges, tighten_caches
from bench.reads.world import ReadsWorld, build_reads_world
from bench.server import Stage, running_stage
from kernel.roles import Role, connect
from wharfinger.ground import Say

CLIENTS = 16
"""As many as our server has connections to PostgreSQL for reads, so that each of those meets its share."""


@dataclass(frozen=True)
class Phase:
    """What the gauges said after so many documents."""

    documents: int
    server: Reading
    backends: tuple[float, ...]
    """The memory of each PostgreSQL process that serves us, without what they share; in MB."""


@dataclass(frozen=True)
class Growth:
    """The three readings."""

    start: Phase
    half: Phase
    end: Phase

    @property
    def megabytes(self) -> float:
        """By how much the server grew over the second half."""
        return self.end.server.resident_megabytes - self.half.server.resident_megabytes


def measure_growth(count: int, say: Say, *, clients: int = CLIENTS, tightened: int = 1) -> Growth:
    """Sends `count` different documents to a server of its own, whose caches have a part of their size only."""
    with _running(say) as (stage, inside):
        inside.run(partial(tighten_caches, tightened))
        token = stage.issuer.token("reader-of-one")
        sent = (graphql_request(each, {}, token=token) for each in documents(seed=1))

        def phase(each: int) -> Phase:
            say(f"{each:,} different documents")
            asyncio.run(_send(stage, list(islice(sent, each)), clients))
            return Phase(each, inside.run(read_gauges), asyncio.run(_backends(stage)))

        return Growth(start=phase(clients), half=phase(count // 2), end=phase(count - count // 2))


@contextmanager
def _running(say: Say) -> Iterator[tuple[Stage[ReadsWorld], Inside]]:
    with (
        way_inside() as inside,
        running_stage(lambda urls: build_reads_world(urls, Extent.SHORT), say, serve=inside.serve) as stage,
    ):
        yield stage, inside


async def _send(stage: Stage[ReadsWorld], requests: Sequence[bytes], clients: int) -> None:
    opened = [await Client.connect(stage.server.host, stage.server.port) for _ in range(clients)]
    await asyncio.gather(*(_ask(client, requests[number::clients]) for number, client in enumerate(opened)))
    for client in opened:
        client.close()


async def _ask(client: Client, requests: Sequence[bytes]) -> None:
    for request in requests:
        answer = await client.ask(request)
        if b'"errors":' in answer:
            raise Failed(f"{request!r}: {answer!r}")


async def _backends(stage: Stage[ReadsWorld]) -> tuple[float, ...]:
    connection = await connect(stage.urls.migrate)
    try:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE usename = $1", Role.APP)
    finally:
        await connection.close()
    return tuple(sorted(_private_megabytes(row["pid"]) for row in rows))


def _private_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:"))
    return int(kilobytes) / 1024

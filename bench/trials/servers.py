"""granian beside uvicorn, below the bare route and below our application: `python -m bench.trials.servers`.

One item (Q4), because there the HTTP server's own share is greatest. granian is no dependency of ours: install it for
this trial. It runs in the process's own event loop with one thread beside it, as it is meant to for one core.
"""

import asyncio
import signal
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from socket import socket
from statistics import median
from typing import Any

import uvicorn
from rich.table import Table

from bench.extent import LENGTHS
from bench.load import Load
from bench.processes import HOST, Address, Serve, running_server
from bench.reads.by_hand import serve_by_hand
from bench.reads.questions import Reader, item_questions
from bench.reads.workloads import begins, in_turn
from bench.reads.world import build_reads_world
from bench.rounds import Comparison, Sample, compare
from bench.server import running_stage, serve_ours
from bench.trials.effort import trial

CLIENTS = 16


def main() -> None:
    """Runs the trial and prints it."""
    with trial() as (extent, console):
        length = LENGTHS[extent]
        measure = partial(compare, clients=CLIENTS, seconds=length.seconds, rounds=length.rounds)
        with running_stage(lambda urls: build_reads_world(urls, extent), console.print) as stage:
            questions = list(item_questions(Reader(stage, "reader-of-one")))
            bare, ours = [each.other for each in questions], [each.ours for each in questions]
            run = partial(running_server, core=stage.core)
            with (
                run(serve_by_hand, stage.urls.migrate) as one,
                run(_on_granian(serve_by_hand), stage.urls.migrate) as other,
            ):
                by_hand = measure(_load(other, bare), _load(one, bare))
            with run(_on_granian(serve_ours), stage.settings, stage.urls) as other:
                of_ours = measure(_load(other, ours), _load(stage.server, ours))
        console.print(_table({"the bare route": by_hand, "our application": of_ours}))


def _load(server: Address, requests: list[bytes]) -> Load:
    return Load(server, in_turn(requests), begins(b"{"))


def _table(comparisons: dict[str, Comparison]) -> Table:
    table = Table("one item on", "uvicorn", "granian", "ratio", "quartiles", "CPU uvicorn", "CPU granian")
    for name, each in comparisons.items():
        ratio = each.ratio
        table.add_row(
            name,
            f"{_rate(each.other):.0f}/s",
            f"{_rate(each.ours):.0f}/s",
            f"{ratio.median:.2f}",
            f"{ratio.lower:.2f}-{ratio.upper:.2f}",
            f"{_cpu(each.other):.3f} ms",
            f"{_cpu(each.ours):.3f} ms",
        )
    return table


def _rate(samples: Sequence[Sample]) -> float:
    return median(sample.per_second for sample in samples)


def _cpu(samples: Sequence[Sample]) -> float:
    return median(sample.cpu_milliseconds_each for sample in samples)


def _on_granian(serve: Serve) -> Serve:
    return partial(_serve_on_granian, serve)


def _serve_on_granian(serve: Serve, port: int, *arguments: Any) -> None:
    """Runs `serve` with granian in uvicorn's place."""

    async def serve_instead(server: uvicorn.Server, sockets: Sequence[socket] = ()) -> None:
        for each in sockets:
            each.close()
        embedded = import_module("granian.server.embed")
        granian = embedded.Server(
            server.config.app, HOST, port, interface="asginl", websockets=False, log_enabled=False
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, granian.stop)
        await granian.serve()

    uvicorn.Server.serve = serve_instead  # type: ignore[method-assign,assignment]
    serve(port, *arguments)


if __name__ == "__main__":
    main()

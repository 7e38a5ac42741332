"""Where our server spends its processor time on one read, layer by layer: `python -m bench.trials.profile_reads Q4`.

A sample counts for the deepest layer on its stack, so that what the standard library and the kernel do counts for who
called them.
"""

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.cores import Core, allotted, pin
from bench.extent import Extent
from bench.inside import Stack, begin_sampling, end_sampling, way_inside
from bench.reads.workloads import READS
from bench.server import running_stage

SECONDS = 15
CLIENTS = 16
LAYERS = {
    "api/http/middleware": "middleware",
    "api/identity": "sign-in",
    "api/http/incoming": "reading the request",
    "api/http/request": "reading the request",
    "api/operations/documents": "known documents",
    "api/operations/execution": "prepared operations",
    "api/reads/run": "running the statement",
    "api/reads/": "planning",
    "api/http": "answering",
    "api/operations/deadline": "deadline",
    "api/context": "context",
    "api/policy": "row policy",
    "authz/": "row policy",
    "kernel/": "kernel",
    "structlog/": "logging",
    "uvicorn/": "uvicorn",
    "starlette/": "starlette",
    "strawberry/": "strawberry",
    "graphql/": "graphql-core",
    "sqlalchemy/": "SQLAlchemy",
    "asyncpg/": "asyncpg",
    "wharfinger/": "event loop",
}
"""Parts of paths, the first that fits wins."""


def main() -> None:
    """Runs the load and prints the layers and the hottest lines."""
    parser = argparse.ArgumentParser(prog="python -m bench.trials.profile_reads")
    parser.add_argument("name", choices=[workload.key for workload in READS.workloads])
    name = parser.parse_args().name
    (workload,) = (each for each in READS.workloads if each.key == name)
    console = Console(width=120)
    pin(allotted(Core.SURROUNDINGS))
    with (
        way_inside() as inside,
        running_stage(lambda urls: READS.build(urls, Extent.SHORT), console.print, serve=inside.serve) as stage,
        workload.sides(stage) as sides,
    ):
        sides.ours(CLIENTS, 1.0)
        inside.run(begin_sampling)
        sample = sides.ours(CLIENTS, SECONDS)
        stacks = inside.run(end_sampling)
    each = sample.cpu_milliseconds_each
    console.print(f"{sample.per_second:.0f} a second, {each:.3f} ms of processor each, {stacks.total()} samples")
    _show("layers", Counter(_layer(stack) for stack in stacks.elements()), each, console)
    _show("lines", Counter(_short(stack[-1]) for stack in stacks.elements()), each, console)


def _layer(stack: Stack) -> str:
    for line in reversed(stack):
        for part, layer in LAYERS.items():
            if part in line:
                return layer
    return "event loop"


def _short(line: str) -> str:
    path, _, name = line.rpartition(" ")
    return f"{'/'.join(Path(path).parts[-3:])} {name}"


def _show(what: str, counted: Counter[str], milliseconds_each: float, console: Console) -> None:
    table = Table(what, "share", "for each")
    for name, count in counted.most_common(25):
        share = count / counted.total()
        table.add_row(name, f"{share:.1%}", f"{1000 * share * milliseconds_each:.0f} us")
    console.print(table)


if __name__ == "__main__":
    main()

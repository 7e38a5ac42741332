"""What a piece of work costs: processor time of a PostgreSQL process and of this one, and the time that passes.

The variants of a trial take turns in rounds, like the sides of a workload, so that what disturbs one disturbs all.
"""

import argparse
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import TypeAlias

import asyncpg
from rich.console import Console
from rich.table import Table

from bench.cores import Core, allotted, pin
from bench.extent import Extent
from bench.processes import processor_seconds
from bench.rounds import ROUNDS, quartiles

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Work = Callable[[int], Awaitable[object]]
"""Does the piece of work with that number once."""


@dataclass(frozen=True)
class Variant:
    """One way of doing the work, and the PostgreSQL process that takes part in it."""

    work: Work
    backend_pid: int


@dataclass(frozen=True)
class Effort:
    """Milliseconds for each piece of work, in one round."""

    postgresql: float
    python: float
    elapsed: float


@contextmanager
def trial() -> Iterator[tuple[Extent, Console]]:
    """Reads the arguments of a trial, and keeps it off the measured core."""
    parser = argparse.ArgumentParser(description="A trial behind docs/decisions/compiled-reads.md.")
    parser.add_argument("--short", action="store_true", help="a hundredth of the data")
    extent = Extent.SHORT if parser.parse_args().short else Extent.FULL
    pin(allotted(Core.SURROUNDINGS))
    yield extent, Console(width=120)


async def compare_variants(variants: Mapping[str, Variant], *, times: int, console: Console, title: str) -> None:
    """Runs all variants in turn, so many times in each round, and prints their efforts."""
    for variant in variants.values():
        await _effort(variant, times)
    rounds = [{name: await _effort(each, times) for name, each in variants.items()} for _ in range(ROUNDS)]
    table = Table("variant", "PostgreSQL", "quartiles", "Python", "elapsed", title=f"{title} (ms for each)")
    for name in variants:
        efforts = [each[name] for each in rounds]
        postgresql = quartiles([each.postgresql for each in efforts])
        table.add_row(
            name,
            f"{postgresql.median:.3f}",
            f"{postgresql.lower:.3f}-{postgresql.upper:.3f}",
            f"{median(each.python for each in efforts):.3f}",
            f"{median(each.elapsed for each in efforts):.3f}",
        )
    console.print(table)


async def _effort(variant: Variant, times: int) -> Effort:
    busy, own, begun = processor_seconds(variant.backend_pid), process_time(), perf_counter()
    for number in range(times):
        await variant.work(number)
    elapsed, own = perf_counter() - begun, process_time() - own
    busy = processor_seconds(variant.backend_pid) - busy
    return Effort(1000 * busy / times, 1000 * own / times, 1000 * elapsed / times)

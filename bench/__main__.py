"""`python -m bench [name ...]`: runs workloads and prints the table. `--short` is for CI: is the work done right?"""

import argparse
import asyncio
from collections.abc import Callable, Collection, Iterator
from typing import Any

from rich.console import Console

from bench.cores import Core, allotted, pin
from bench.extent import LENGTHS, Extent
from bench.placement import PLACEMENT
from bench.processes import resident_megabytes
from bench.reads.workloads import READS
from bench.report import Result, show, write
from bench.rounds import compare
from bench.server import Stage, running_stage
from bench.walls import take_row_security_off
from bench.workload import Suite, Workload

SUITES: tuple[Suite[Any], ...] = (PLACEMENT, READS)
LOG_WIDTH = 140  # of the table in a file, which has no width of its own


def main() -> None:
    """Reads the arguments, and runs."""
    given = _arguments()
    extent = Extent.SHORT if given.short else Extent.FULL
    console = Console()
    if not console.is_terminal:
        console.width = LOG_WIDTH
    if allotted(Core.MEASURED) is None:
        console.print("This machine has one core: the figures say little.")
    pin(allotted(Core.SURROUNDINGS))
    names = given.names or _keys()
    results = [each for suite in SUITES for each in _run(suite, names, extent, console, one_wall=given.one_wall)]
    show(results, console)
    if extent is Extent.FULL:
        console.print(f"Figures: {write(results)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Wharfinger beside other work.")
    parser.add_argument("names", nargs="*", choices=[[], *_keys()], metavar="name", help=f"any of {', '.join(_keys())}")
    parser.add_argument("--short", action="store_true", help="half a minute: proves the work, shows rough ratios")
    parser.add_argument("--one-wall", action="store_true", help="without row security: the statements' own predicates")
    return parser.parse_args()


def _keys() -> list[str]:
    return [workload.key for suite in SUITES for workload in suite.workloads]


def _run(
    suite: Suite[Any], names: Collection[str], extent: Extent, console: Console, *, one_wall: bool
) -> Iterator[Result]:
    chosen = [workload for workload in suite.workloads if workload.key in names]
    if not chosen:
        return
    with running_stage(lambda urls: suite.build(urls, extent), console.print) as stage:
        if one_wall:
            asyncio.run(take_row_security_off(stage.urls.migrate))
            console.print("Row security is off.")
        for workload in chosen:
            yield from _measure(workload, stage, extent, console.print)


def _measure(
    workload: Workload[Any], stage: Stage[Any], extent: Extent, say: Callable[[str], None]
) -> Iterator[Result]:
    length = LENGTHS[extent]
    with workload.sides(stage) as sides:
        sides.check()
        for clients in length.clients:
            say(f"Measuring {workload.name} with {clients} clients ({length.rounds} rounds)")
            comparison = compare(sides.ours, sides.other, clients=clients, seconds=length.seconds, rounds=length.rounds)
            yield Result(workload, clients, comparison, resident_megabytes(stage.server.pid))


if __name__ == "__main__":
    main()

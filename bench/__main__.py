"""`python -m bench`: runs all workloads and prints the table. `--short` is for CI: is the work done right?"""

import argparse
from dataclasses import dataclass

from rich.console import Console

from bench.placement import PLACEMENT
from bench.report import Result, show, write
from bench.rounds import ROUNDS, compare
from bench.server import Stage, running_stage
from bench.workload import Workload

WORKLOADS: tuple[Workload, ...] = (PLACEMENT,)


@dataclass(frozen=True)
class Length:
    """How long a run takes."""

    rounds: int
    seconds: float


FULL = Length(ROUNDS, 4.0)
SHORT = Length(2, 0.5)


def main() -> None:
    """Reads the arguments, and runs."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Wharfinger beside work by hand.")
    parser.add_argument("--short", action="store_true", help="under 20 seconds: proves the work, shows rough ratios")
    length = SHORT if parser.parse_args().short else FULL
    console = Console()
    results: list[Result] = []
    with running_stage(console.print) as stage:
        if stage.core is None:
            console.print("This machine has one core: the figures say little.")
        for workload in WORKLOADS:
            results += _measure(workload, stage, length, console)
    show(results, console)
    if length is FULL:
        console.print(f"Figures: {write(results)}")


def _measure(workload: Workload, stage: Stage, length: Length, console: Console) -> list[Result]:
    results = []
    with workload.sides(stage) as sides:
        sides.check()
        for clients in workload.clients:
            console.print(f"Measuring {workload.name} with {clients} clients ({length.rounds} rounds)")
            comparison = compare(
                sides.ours, sides.by_hand, clients=clients, seconds=length.seconds, rounds=length.rounds
            )
            results.append(Result(workload, clients, comparison))
    return results


if __name__ == "__main__":
    main()

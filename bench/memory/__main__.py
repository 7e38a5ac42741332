"""`python -m bench.memory [documents]`: sends so many different documents and says what has grown."""

import argparse

from rich.console import Console
from rich.table import Table

from bench.cores import Core, allotted, pin
from bench.memory.gauge import Fill
from bench.memory.growth import Growth, Phase, measure_growth

DOCUMENTS = 20_000
GROWTH_MEGABYTES_MAX = 5
TABLE_WIDTH = 160


def main() -> None:
    """Reads the arguments, runs, and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description="Does memory grow with documents?")
    parser.add_argument("documents", nargs="?", type=int, default=DOCUMENTS)
    console = Console(width=TABLE_WIDTH)
    pin(allotted(Core.SURROUNDINGS))
    growth = measure_growth(parser.parse_args().documents, console.print)
    console.print(_table(growth))
    kept = growth.megabytes <= GROWTH_MEGABYTES_MAX
    console.print(
        f"Over the second half the server grew by [{'green' if kept else 'red'}]{growth.megabytes:.1f} MB[/]; "
        f"at most {GROWTH_MEGABYTES_MAX} MB are allowed."
    )


def _table(growth: Growth) -> Table:
    phases = (growth.start, growth.half, growth.end)
    table = Table("", *(f"after {each.documents:,} more" for each in phases), title="What is held")
    facts = [_facts(each) for each in phases]
    for name in dict.fromkeys(name for each in facts for name in each):
        table.add_row(name, *(each.get(name, "") for each in facts))
    return table


def _facts(phase: Phase) -> dict[str, str]:
    server, backends = phase.server, phase.backends
    return {
        "the server, resident": f"{server.resident_megabytes:.1f} MB",
        "prepared statements, by connection": f"{_range(server.prepared)} on {len(server.prepared)}",
        "PostgreSQL's processes, private": f"{_range(backends, '.1f')} MB each, {sum(backends):.0f} MB in all",
        **{name: _fill(fill) for name, fill in server.caches.items()},
        **{name: f"{size:,}" for name, size in server.grown.items()},
    }


def _fill(fill: Fill) -> str:
    bound = "no bound" if fill.size_max is None else f"of {fill.size_max:,}"
    return f"{fill.size:,} {bound}, {fill.entries:,} entries"


def _range(figures: tuple[float, ...], form: str = "") -> str:
    return f"{min(figures, default=0):{form}}-{max(figures, default=0):{form}}"


if __name__ == "__main__":
    main()

"""The results: a table for people, a file for machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from bench.rounds import Comparison, Sample
from bench.workload import Workload

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Result:
    """One workload with so many clients."""

    workload: Workload
    clients: int
    comparison: Comparison


def show(results: Sequence[Result], console: Console) -> None:
    """Prints the table."""
    table = Table(title="Ours beside the same work by hand")
    for heading in ("work", "clients", "by hand", "ours", "ratio", "quartiles", "must reach", "CPU of the server"):
        table.add_column(heading, justify="left" if heading == "work" else "right")
    for result in results:
        table.add_row(*_cells(result))
    console.print(table)


def _cells(result: Result) -> list[str]:
    ours, by_hand, ratio = result.comparison.ours, result.comparison.by_hand, result.comparison.ratio
    reached = "green" if ratio.median >= result.workload.goal else "red"
    return [
        result.workload.name,
        str(result.clients),
        f"{_rate(by_hand):.0f}/s",
        f"{_rate(ours):.0f}/s",
        f"[{reached}]{ratio.median:.2f}[/]",
        f"{ratio.lower:.2f} - {ratio.upper:.2f}",
        f"{result.workload.goal:.2f}",
        f"{median(sample.cpu_milliseconds_each for sample in ours):.2f} ms",
    ]


def _rate(samples: Sequence[Sample]) -> float:
    return median(sample.per_second for sample in samples)


def write(results: Sequence[Result], folder: Path = RESULTS) -> Path:
    """Writes the figures of this run, and answers where."""
    folder.mkdir(exist_ok=True)
    at = datetime.now(UTC)
    path = folder / f"{at:%Y%m%dT%H%M%SZ}.json"
    document = {"at": at, "results": [_plain(result) for result in results]}
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    return path


def _plain(result: Result) -> dict[str, Any]:
    return {
        "work": result.workload.name,
        "reference": result.workload.reference,
        "clients": result.clients,
        "must_reach": result.workload.goal,
        "ratio": result.comparison.ratio,
        "ours": result.comparison.ours,
        "by_hand": result.comparison.by_hand,
    }

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

    workload: Workload[Any]
    clients: int
    comparison: Comparison
    resident_megabytes: float
    """What our server held after the rounds."""


_HEADINGS = (
    "work",
    "beside",
    "clients",
    "theirs",
    "ours",
    "ratio",
    "quartiles",
    "goal",
    "CPU theirs",
    "CPU ours",
    "memory",
)


def show(results: Sequence[Result], console: Console) -> None:
    """Prints the table."""
    table = Table(
        title="Ours beside the same work done otherwise",
        caption="CPU: of the measured process, for each piece of work. Memory: of our server, resident.",
    )
    for heading in _HEADINGS:
        text = heading in ("work", "beside")
        table.add_column(heading, justify="left" if text else "right", no_wrap=not text)
    for result in results:
        table.add_row(*_cells(result))
    console.print(table)


def _cells(result: Result) -> list[str]:
    workload, comparison = result.workload, result.comparison
    ratio = comparison.ratio
    return [
        workload.name,
        workload.reference,
        str(result.clients),
        _rate(comparison.other),
        _rate(comparison.ours),
        _judged(f"{ratio.median:.2f}", reached=None if workload.goal is None else ratio.median >= workload.goal),
        f"{ratio.lower:.2f}-{ratio.upper:.2f}",
        "" if workload.goal is None else f"{workload.goal:.2f}",
        f"{_cpu(comparison.other):.2f} ms",
        _own_cpu(result),
        f"{result.resident_megabytes:.0f} MB",
    ]


def _own_cpu(result: Result) -> str:
    cpu, cpu_max = _cpu(result.comparison.ours), result.workload.cpu_milliseconds_max
    if cpu_max is None:
        return f"{cpu:.2f} ms"
    return _judged(f"{cpu:.2f} of {cpu_max:.2f} ms", reached=cpu <= cpu_max)


def _judged(text: str, *, reached: bool | None) -> str:
    return text if reached is None else f"[{'green' if reached else 'red'}]{text}[/]"


def _rate(samples: Sequence[Sample]) -> str:
    return f"{median(sample.per_second for sample in samples):.0f}/s"


def _cpu(samples: Sequence[Sample]) -> float:
    return median(sample.cpu_milliseconds_each for sample in samples)


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
        "other": result.comparison.other,
        "resident_megabytes": result.resident_megabytes,
    }

"""What became of an import: by kind, and row by row where something could not be taken."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

TAKEN = "taken"
UNCHANGED = "unchanged"
WAITING = "waiting"
"""It is proposed, and somebody else must decide on it."""
REFUSED = "refused"
SHOWN_MAX = 20


@dataclass(frozen=True)
class Problem:
    """Something that could not be taken, where it stands, and why. A whole file has no line."""

    file: str
    line: int | None
    column: str | None
    value: str | None
    why: str


@dataclass
class Report:
    """The counts by kind of object, and every problem."""

    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    problems: list[Problem] = field(default_factory=list)

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        """Counts what became of objects of a kind."""
        self.counts[kind][outcome] += number

    def refuse(self, kind: str, problem: Problem) -> None:
        """Counts one refused object, and keeps why."""
        self.count(kind, REFUSED)
        self.problems.append(problem)

    def add(self, problems: Iterable[Problem]) -> None:
        """Keeps problems that are no object's."""
        self.problems.extend(problems)

    @property
    def is_clean(self) -> bool:
        """Whether everything was taken."""
        return not self.problems

    def write(self, path: Path) -> None:
        """Writes every problem as CSV."""
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "line", "column", "value", "why"))
            writer.writerows(astuple(problem) for problem in self.problems)

    def show(self, console: Console) -> None:
        """Prints the counts and the first problems."""
        waiting = (WAITING,) if any(counts[WAITING] for counts in self.counts.values()) else ()
        outcomes = (TAKEN, UNCHANGED, *waiting, REFUSED)
        table = Table("", *outcomes, box=None, header_style="bold")
        for column in table.columns[1:]:
            column.justify = "right"
        for kind, counts in self.counts.items():
            table.add_row(kind, *(str(counts[outcome]) for outcome in outcomes))
        console.print(table)
        for problem in self.problems[:SHOWN_MAX]:
            console.print(_line(problem), style="red", markup=False, highlight=False)
        if len(self.problems) > SHOWN_MAX:
            console.print(f"... and {len(self.problems) - SHOWN_MAX} more (write all of them with --report FILE)")


def _line(problem: Problem) -> str:
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    cell = f" {problem.column}={problem.value!r}" if problem.column else ""
    return f"{place}{cell}: {problem.why}"

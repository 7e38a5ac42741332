"""Master data of an import: rows become the lines of one change request, and its results go back to the rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from masterdata.governance.lifecycle import LineResult
from masterdata.governance.queries.requests import LineOutcome
from masterdata.governance.submit import ProposedChange
from wharfinger.importing.cells import CellError, Cells, is_meant
from wharfinger.importing.mapping import Record
from wharfinger.importing.report import TAKEN, UNCHANGED, WAITING, Problem, Report
from wharfinger.importing.sources import Sources
from wharfinger.importing.tables import Row

_LINE = re.compile(r"\bline (\d+)\b")
_COUNTED_AS = {
    LineResult.CREATED: TAKEN,
    LineResult.UPDATED: TAKEN,
    LineResult.UNCHANGED: UNCHANGED,
    # Such as a bank account, on which a second person decides.
    LineResult.PENDING: WAITING,
}


@dataclass(frozen=True)
class Origin:
    """Where a line of the change request comes from: a row of a file, or the mapping itself."""

    record: Record | None = None
    row: Row | None = None

    def problem(self, message: str) -> Problem:
        """A refusal of the line as a problem of the row: its field is named by the column that filled it."""
        if self.row is None or self.record is None:
            return Problem("the mapping", None, None, None, message)
        name, _, why = message.partition(": ")
        source = self.record.fields.get(name)
        column = next(iter(source.columns), None) if source else None
        return self.row.problem(why if column else message, column=column)

    def __str__(self) -> str:
        return f"{self.row.file} line {self.row.line}" if self.row else "the mapping"


@dataclass
class Proposal:
    """The lines of the change request with their origins."""

    lines: list[ProposedChange] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)

    def add(self, line: ProposedChange, origin: Origin) -> None:
        """Adds one line."""
        self.lines.append(line)
        self.origins.append(origin)

    def settle(self, results: Iterable[LineOutcome], report: Report) -> None:
        """Reports what became of each line."""
        for result in results:
            kind = kind_of(result.noun)
            if result.result == LineResult.REFUSED:
                message = _LINE.sub(self._place, result.message or "")
                report.refuse(kind, self.origins[result.line_number - 1].problem(message))
            else:
                report.count(kind, _COUNTED_AS[LineResult(result.result)])

    def _place(self, found: re.Match[str]) -> str:
        """Lines of the request mean nothing to whoever has the files."""
        return str(self.origins[int(found.group(1)) - 1])


def kind_of(noun: str) -> str:
    """The name of a kind in the report."""
    return noun.replace("_", " ")


def propose(records: Sequence[Record], sources: Sources, proposal: Proposal, report: Report) -> None:
    """Makes a line of every row that can be read; the others are reported."""
    for record in records:
        for values in record.rows:
            proposal.add(ProposedChange(noun=record.noun, values=_constants(values)), Origin(record))
        if record.file is not None:
            _propose_file(record, record.file, sources, proposal, report)


def _constants(values: Any) -> Any:
    """Values that the mapping itself gives; numbers and dates travel as text."""
    if isinstance(values, dict):
        return {name: _constants(value) for name, value in values.items()}
    if isinstance(values, list):
        return [_constants(value) for value in values]
    return values if values is None else str(values)


def _propose_file(record: Record, file: str, sources: Sources, proposal: Proposal, report: Report) -> None:
    first: dict[str, int] = {}
    for row in sources.rows(file):
        if not is_meant(row, record.only):
            continue
        key = row.cells[record.key] if record.key else None
        if record.key and not key:
            report.refuse(kind_of(record.noun), row.problem("the key is missing", column=record.key))
        elif key and (earlier := first.setdefault(key, row.line)) != row.line:
            why = f"the key stands in line {earlier} already"
            report.refuse(kind_of(record.noun), row.problem(why, column=record.key))
        else:
            _propose_row(record, row, key, sources, proposal, report)


def _propose_row(
    record: Record, row: Row, key: str | None, sources: Sources, proposal: Proposal, report: Report
) -> None:
    cells = Cells(row, sources.lookups)
    try:
        values = {name: cells.proposed(source) for name, source in record.fields.items()}
    except CellError as error:
        report.refuse(kind_of(record.noun), error.problem)
        return
    proposal.add(ProposedChange(noun=record.noun, values=values, external_key=key), Origin(record, row))

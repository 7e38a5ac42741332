"""CSV files as rows with their line numbers. What is wrong with a file or a row is a problem, never an exception."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from wharfinger.importing.report import Problem

CELL_LENGTH_MAX = 10_000


@dataclass(frozen=True)
class Row:
    """One row of a file, from its line on."""

    file: str
    line: int
    cells: Mapping[str, str]

    def problem(self, why: str, *, column: str | None = None) -> Problem:
        """Why this row cannot be taken."""
        value = self.cells.get(column) if column else None
        return Problem(self.file, self.line, column, value, why)


@dataclass(frozen=True)
class Table:
    """The rows of a file that can be read, and the problems with the rest. A file that is unusable has no rows."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_table(folder: Path, file: str, columns: Collection[str], encoding: str) -> Table:
    """Reads one file, which must have these columns."""
    try:
        text = (folder / file).read_bytes().decode(encoding, errors="surrogateescape")
    except FileNotFoundError:
        return _unusable(file, "the file is missing")
    except (OSError, ValueError) as error:
        return _unusable(file, f"the file cannot be read: {error}")
    lines = _lines(text)
    _, header = next(lines, (1, []))
    missing = sorted(set(columns) - set(header))
    if not header:
        return _unusable(file, "the file is empty")
    if missing:
        return _unusable(file, f"the columns {', '.join(missing)} are missing")
    return _table(file, header, lines)


def _unusable(file: str, why: str) -> Table:
    return Table(problems=(Problem(file, None, None, None, why),))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records with the lines on which they begin; blank lines are none."""
    # Not splitlines(): that ends lines at characters which other programs leave inside a cell.
    reader = csv.reader(StringIO(text, newline=""))
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = [f"\x00{error}"]
        if cells:
            yield first, cells


def _table(file: str, header: list[str], lines: Iterator[tuple[int, list[str]]]) -> Table:
    rows, problems = [], []
    for line, cells in lines:
        row = Row(file, line, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
        if len(cells) != len(header):
            problems.append(row.problem(f"the row has {len(cells)} cells where the header has {len(header)}"))
        elif unfit := _unfit(row):
            problems.append(unfit)
        else:
            rows.append(row)
    return Table(tuple(rows), tuple(problems))


def _unfit(row: Row) -> Problem | None:
    for column, cell in row.cells.items():
        if "\x00" in cell:
            return Problem(row.file, row.line, column, _shown(cell), "the cell has a NUL in it")
        if any("\ud800" <= character <= "\udfff" for character in cell):
            return Problem(row.file, row.line, column, _shown(cell), "the cell is not in the encoding of the mapping")
        if len(cell) > CELL_LENGTH_MAX:
            return Problem(row.file, row.line, column, _shown(cell), f"the cell has {len(cell)} characters")
    return None


def _shown(cell: str) -> str:
    return cell[:80].encode("utf-8", errors="backslashreplace").decode().replace("\x00", "\\0")

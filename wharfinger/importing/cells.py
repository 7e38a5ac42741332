"""Cells become values: what a source of the mapping makes of one row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from wharfinger.importing.mapping import Lookup, Only, Source
from wharfinger.importing.report import Problem
from wharfinger.importing.tables import Row

NUMBER_MAX = Decimal(10) ** 15
YEARS = range(1900, 2201)

Lookups = Mapping[Lookup, Mapping[str, str]]
"""For every lookup of the mapping: what stands in its column, by its key."""


class CellError(Exception):
    """A cell that cannot be used, as the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.why)
        self.problem = problem


@dataclass(frozen=True)
class Cells:
    """One row, read through the sources of the mapping. Each method raises CellError."""

    row: Row
    lookups: Lookups

    def proposed(self, source: Source) -> Any:
        """The value as a change request carries it: text, a constant, or a reference."""
        if source.value is not None:
            return source.value
        text = self.text(source)
        if source.decimals is not None or source.times is not None:
            return None if text is None else format(self.number(source), "f")
        if source.refers_by is None or text is None:
            return text
        return {source.refers_by: text}

    def text(self, source: Source) -> str | None:
        """The text; None where the cell is empty."""
        if source.value is not None:
            return str(source.value)
        if source.template is not None:
            return source.fill(self.row.cells) or None
        text = self.row.cells[source.column or ""]
        if not text:
            return None
        if source.lookup is not None:
            text = self._looked_up(source, source.lookup, text)
        if source.words is not None and text not in source.words:
            raise self._error(source, "the word is not in the mapping's list")
        return text if source.words is None else source.words[text]

    def number(self, source: Source) -> Decimal:
        """The number, multiplied and rounded as the mapping says."""
        text = self.text(source)
        try:
            number = Decimal(text or "")
        except InvalidOperation:
            raise self._error(source, "this is no number" if text else "a number is missing") from None
        if not number.is_finite() or abs(number) > NUMBER_MAX:
            raise self._error(source, "this is no number that can be kept")
        number = number * source.times if source.times is not None else number
        if source.decimals is None:
            return number
        return number.quantize(Decimal(1).scaleb(-source.decimals), rounding=ROUND_HALF_UP)

    def day(self, source: Source) -> date | None:
        """The date; None where the cell is empty."""
        text = self.text(source)
        if text is None:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self._error(source, "this is no date (YYYY-MM-DD)") from None
        if day.year not in YEARS:
            raise self._error(source, f"the year is not between {YEARS[0]} and {YEARS[-1]}")
        return day

    def required_day(self, source: Source) -> date:
        """The date, which must be there."""
        day = self.day(source)
        if day is None:
            raise self._error(source, "a date is missing")
        return day

    def _looked_up(self, source: Source, lookup: Lookup, key: str) -> str:
        found = self.lookups[lookup].get(key)
        if found is None:
            raise self._error(source, f"there is no such {lookup.key} in {lookup.file}")
        return found

    def _error(self, source: Source, why: str) -> CellError:
        column = next(iter(source.columns), None)
        return CellError(self.row.problem(why, column=column))


def is_meant(row: Row, only: Only | None) -> bool:
    """Whether the mapping means this row."""
    return only is None or row.cells[only.column] == only.equals

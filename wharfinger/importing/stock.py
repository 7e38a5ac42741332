"""Opening stock of an import: rows become lines of `open_stock`, taken once by their references."""

from fractions import Fraction
from uuid import UUID

from domain.inventory.open_stock import OpeningLine
from kernel.quantity import check_entered, in_base_unit
from wharfinger.importing.cells import CellError, Cells, is_meant
from wharfinger.importing.mapping import StockMapping
from wharfinger.importing.queries import Known
from wharfinger.importing.report import Problem, Report
from wharfinger.importing.sources import Sources
from wharfinger.importing.tables import Row

KIND = "opening stock"


def read_stock(mapping: StockMapping, system: str, sources: Sources, known: Known, report: Report) -> list[OpeningLine]:
    """The lines that can be booked. Rows with nothing in stock are none; bad rows are reported."""
    location_id = known.locations.get(mapping.location)
    if location_id is None:
        report.refuse(KIND, Problem("the mapping", None, None, None, f"there is no location {mapping.location!r}"))
        return []
    lines: dict[str, OpeningLine] = {}
    for row in sources.rows(mapping.file):
        if not is_meant(row, mapping.only):
            continue
        try:
            line = _line(mapping, system, location_id, row, sources, known)
        except CellError as error:
            report.refuse(KIND, error.problem)
            continue
        if line is not None and line.reference in lines:
            report.refuse(KIND, row.problem("an earlier line opens the stock of this item", column=mapping.item))
        elif line is not None:
            lines[line.reference] = line
    return list(lines.values())


def _line(
    mapping: StockMapping, system: str, location_id: UUID, row: Row, sources: Sources, known: Known
) -> OpeningLine | None:
    cells = Cells(row, sources.lookups)
    key = row.cells[mapping.item]
    quantity, column = cells.number(mapping.quantity), next(iter(mapping.quantity.columns), None)
    if quantity == 0:
        return None
    item_id = known.items.get(key)
    if item_id is None:
        raise CellError(row.problem("there is no such item", column=mapping.item))
    if reason := check_entered(quantity):
        raise CellError(row.problem(reason.message, column=column))
    exact = in_base_unit(quantity, Fraction(1), known.increments[item_id])
    if exact is None:
        why = f"this is no whole multiple of {known.increments[item_id].normalize():f}"
        raise CellError(row.problem(why, column=column))
    unit_cost = cells.number(mapping.unit_cost)
    if unit_cost < 0:
        raise CellError(row.problem("a cost is not negative", column=next(iter(mapping.unit_cost.columns), None)))
    return OpeningLine(
        item_id=item_id,
        location_id=location_id,
        quantity=exact,
        unit_cost=unit_cost,
        reference=f"{system}/stock/{key}",
    )

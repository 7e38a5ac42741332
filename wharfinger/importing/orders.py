"""Order history of an import: rows of two files become closed orders, taken once by their keys.

An order is taken whole or not at all: one without a line that could not be read would tell a wrong total.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from domain.orders.import_history import HistoricLine, HistoricOrder
from domain.orders.place import LINES_MAX
from kernel.money import AMOUNT_MAX
from kernel.quantity import check_entered
from wharfinger.importing.cells import CellError, Cells
from wharfinger.importing.mapping import OrderLinesMapping, OrdersMapping, Source
from wharfinger.importing.queries import Known
from wharfinger.importing.report import Report
from wharfinger.importing.sources import Sources
from wharfinger.importing.tables import Row

KIND = "order of the past"
LINE_KIND = "line of a past order"


def read_orders(
    mapping: OrdersMapping, system: str, sources: Sources, known: Known, report: Report
) -> list[HistoricOrder]:
    """The orders that can be taken; the others are reported with the row that spoils them."""
    rows_by_order = _lines_by_order(mapping, sources, report)
    orders: dict[str, HistoricOrder] = {}
    for row in sources.rows(mapping.file):
        key = row.cells[mapping.key]
        line_rows = rows_by_order.get(key, [])
        try:
            if not key or key in orders:
                raise CellError(row.problem("the key is missing or stands there twice", column=mapping.key))
            lines = _lines(mapping.lines, line_rows, sources, known)
            orders[key] = _order(mapping, system, row, lines, sources, known)
        except CellError as error:
            report.refuse(KIND, error.problem)
            report.count(LINE_KIND, "refused", 0 if key in orders else len(line_rows))
    return list(orders.values())


def _lines_by_order(mapping: OrdersMapping, sources: Sources, report: Report) -> dict[str, list[Row]]:
    known = {row.cells[mapping.key] for row in sources.rows(mapping.file)}
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sources.rows(mapping.lines.file):
        key = row.cells[mapping.lines.order]
        if key in known:
            found[key].append(row)
        else:
            report.refuse(LINE_KIND, row.problem("there is no such order", column=mapping.lines.order))
    return found


def _lines(mapping: OrderLinesMapping, rows: Sequence[Row], sources: Sources, known: Known) -> tuple[HistoricLine, ...]:
    return tuple(_line(mapping, row, sources, known) for row in rows)


def _line(mapping: OrderLinesMapping, row: Row, sources: Sources, known: Known) -> HistoricLine:
    cells = Cells(row, sources.lookups)
    item_id = known.items.get(row.cells[mapping.item])
    if item_id is None:
        raise CellError(row.problem("there is no such item", column=mapping.item))
    quantity = cells.number(mapping.quantity)
    if reason := check_entered(quantity):
        raise _error(row, mapping.quantity, reason.message)
    unit_price, discount = cells.number(mapping.unit_price), cells.number(mapping.discount)
    if unit_price < 0 or quantity * unit_price > AMOUNT_MAX:
        raise _error(row, mapping.unit_price, "this is no price that can be booked")
    if not 0 <= discount <= 1:
        raise _error(row, mapping.discount, "a discount is a part of the price: from 0 to 1")
    return HistoricLine(item_id=item_id, quantity=quantity, unit_price=unit_price, discount=discount)


def _order(
    mapping: OrdersMapping, system: str, row: Row, lines: tuple[HistoricLine, ...], sources: Sources, known: Known
) -> HistoricOrder:
    cells = Cells(row, sources.lookups)
    if not 1 <= len(lines) <= LINES_MAX:
        raise CellError(row.problem(f"the order has {len(lines)} lines", column=mapping.key))
    placed_on, shipped_on = cells.required_day(mapping.placed_on), cells.day(mapping.shipped_on)
    if shipped_on is not None and shipped_on < placed_on:
        raise _error(row, mapping.shipped_on, "the order left before it was placed")
    return HistoricOrder(
        external_reference=f"{system}/{row.cells[mapping.key]}",
        customer_id=_customer(mapping, row, known),
        placed_at=_start_of(placed_on),
        requested_date=cells.day(mapping.requested_on) or placed_on,
        shipped_at=_start_of(shipped_on) if shipped_on else None,
        lines=lines,
    )


def _customer(mapping: OrdersMapping, row: Row, known: Known) -> UUID:
    customer_id = known.customers.get(row.cells[mapping.customer])
    if customer_id is None:
        raise CellError(row.problem("there is no such customer", column=mapping.customer))
    return customer_id


def _start_of(day: date) -> datetime:
    """The other system knows days only."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _error(row: Row, source: Source, why: str) -> CellError:
    return CellError(row.problem(why, column=next(iter(source.columns), None)))

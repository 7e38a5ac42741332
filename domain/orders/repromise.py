"""The step that moves promises when the goods behind them come at another time, or not at all.

The first promise stays beside the last one. An order that will be later than it was told opens a case; one that is
back at its first promise closes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from domain.cases.lifecycle import CaseType
from domain.cases.rules import Cleared, NewCase
from domain.inventory.rules import NOTHING
from domain.inventory.serving import Revision, Share
from domain.orders.queries.waiting import gather_placed_lines
from domain.orders.rules import PlacedLine
from domain.orders.serve import write_lines
from domain.orders.shortfall import shortfall_of
from domain.sourcing.rules import Shortfall
from kernel.events import Event
from kernel.money import round_money
from kernel.operation import Operation
from masterdata.entities.queries import Books


@dataclass(frozen=True)
class Repromised:
    """What became of the promises: cases to open, cases that cleared, and what is short now."""

    cases: tuple[NewCase, ...]
    cleared: tuple[Cleared, ...]
    shortfalls: tuple[Shortfall, ...]


async def repromise_orders(
    op: Operation[Actor], entity_id: UUID, revisions: Sequence[Revision], *, books: Books
) -> Repromised:
    """Writes the new promises of the demands' lines; records an event for each order whose promise changed."""
    today = books.day_of(op.now)
    before = await gather_placed_lines(op, entity_id, {each.after.document_id for each in revisions})
    promises = {each.after.line_id: Share(each.after).promised_date(today) for each in revisions}
    after = {
        line_id: line.promised(line.status, promises[line_id]) if line_id in promises else line
        for line_id, line in before.items()
    }
    changed = [line for line_id, line in after.items() if line != before[line_id]]
    await write_lines(op, entity_id, changed, of=after)
    late = [line for line in changed if _is_later(before[line.line_id], line)]
    for order_id in sorted({line.order_id for line in changed}):
        op.record(_event(entity_id, order_id, [line for line in changed if line.order_id == order_id]))
    return Repromised(
        cases=tuple(_cases(late, before, revisions, books)),
        cleared=tuple(_cleared(changed, [*late, *(line for line in after.values() if line.is_at_risk)])),
        shortfalls=tuple(
            shortfall_of(Share(each.after), before.get(each.after.line_id)) for each in revisions if each.lost
        ),
    )


def _is_later(before: PlacedLine, after: PlacedLine) -> bool:
    if before.last_promised_date is None:
        return False
    return after.last_promised_date is None or after.last_promised_date > before.last_promised_date


def _cleared(changed: Iterable[PlacedLine], at_risk: Iterable[PlacedLine]) -> Iterable[Cleared]:
    for order_id in sorted({line.order_id for line in changed} - {line.order_id for line in at_risk}):
        yield Cleared(CaseType.PROMISE_AT_RISK, order_id)


def _cases(
    late: Iterable[PlacedLine], before: Mapping[UUID, PlacedLine], revisions: Iterable[Revision], books: Books
) -> Iterable[NewCase]:
    waiting = {each.after.line_id: each.after.open_quantity for each in revisions}
    by_order: dict[UUID, list[PlacedLine]] = {}
    for line in late:
        by_order.setdefault(line.order_id, []).append(line)
    for order_id, lines in sorted(by_order.items()):
        value = sum((waiting[line.line_id] * line.unit_price for line in lines), NOTHING)
        yield NewCase(
            type=CaseType.PROMISE_AT_RISK,
            subject_type="SalesOrder",
            subject_id=order_id,
            summary=" ".join(_sentence(before[line.line_id], line) for line in lines),
            severity=round_money(value, books.currency),
            currency=books.currency,
            owner_role="customer_service",
            detail={"salesOrderLineIds": [line.line_id for line in lines]},
        )


def _sentence(before: PlacedLine, after: PlacedLine) -> str:
    line = f"Line {after.line_number} was promised for {before.last_promised_date}"
    if after.last_promised_date is None:
        return f"{line}; its goods are not coming."
    return f"{line}; its goods come on {after.last_promised_date}."


def _event(entity_id: UUID, order_id: UUID, lines: Sequence[PlacedLine]) -> Event:
    return Event(
        type="SalesOrderPromiseChanged",
        subject_type="SalesOrder",
        subject_id=order_id,
        entity_id=entity_id,
        payload={
            "customerId": lines[0].customer_id,
            "lines": [
                {
                    "salesOrderLineId": line.line_id,
                    "firstPromisedDate": line.first_promised_date,
                    "lastPromisedDate": line.last_promised_date,
                }
                for line in lines
            ],
        },
    )

"""The decisions of procurement, over frozen values: what of an order is still to come, and how far the order is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from domain.procurement.lifecycle import PurchaseOrderStatus
from kernel.quantity import check_counted
from kernel.refusal import Refused, invalid, not_found

CONFIRMATION_HORIZON_DAYS = 5 * 366
"""How far ahead a supplier may promise something."""


@dataclass(frozen=True)
class OrderedLine:
    """A line of a purchase order, as far as it is. Quantities are in the item's base unit."""

    line_id: UUID
    item_id: UUID
    sku: str
    base_unit: str
    base_increment: Decimal
    quantity: Decimal
    unit_price: Decimal
    requested_date: date
    first_confirmed_date: date | None
    confirmed_date: date | None
    confirmed_quantity: Decimal | None
    received_quantity: Decimal

    @property
    def open(self) -> Decimal:
        """What is still to come: of what was confirmed, else of what was ordered."""
        expected = self.quantity if self.confirmed_quantity is None else self.confirmed_quantity
        return expected - self.received_quantity

    def received(self, quantity: Decimal) -> "OrderedLine":
        """The line when so much more has arrived."""
        return replace(self, received_quantity=self.received_quantity + quantity)

    def confirmed(self, on: date, quantity: Decimal | None) -> "OrderedLine":
        """The line when the supplier has said what comes when; without a quantity all of it comes."""
        first = self.first_confirmed_date or on
        quantity = self.quantity if quantity is None else quantity
        return replace(self, first_confirmed_date=first, confirmed_date=on, confirmed_quantity=quantity)


@dataclass(frozen=True)
class Confirmation:
    """What the supplier says of a line."""

    line_id: UUID
    on: date
    quantity: Decimal | None


@dataclass(frozen=True)
class Delivered:
    """So much of a line, as somebody says that it arrived."""

    line_id: UUID
    quantity: Decimal


def check_delivery(delivered: Sequence[Delivered], lines: Mapping[UUID, OrderedLine]) -> tuple[Refused, ...]:
    """Every reason against a delivery: lines that are not of the order, odd quantities, more than is to come."""
    problems = [_problem(each, lines.get(each.line_id), index) for index, each in enumerate(delivered)]
    found = tuple(problem for problem in problems if problem)
    return found or tuple(_excess(delivered, lines))


def _problem(delivered: Delivered, line: OrderedLine | None, index: int) -> Refused | None:
    if line is None:
        return not_found("Purchase order line", "lines", index, "purchaseOrderLineId")
    path = ("lines", index, "quantity")
    return check_counted(delivered.quantity, line.base_increment, *path)


def _excess(delivered: Iterable[Delivered], lines: Mapping[UUID, OrderedLine]) -> Iterable[Refused]:
    """Quantities of one line are summed first: it may arrive in several places."""
    sums: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for index, each in enumerate(delivered):
        line = lines[each.line_id]
        sums[each.line_id] += each.quantity
        if sums[each.line_id] > line.open:
            yield invalid(
                f"Only {line.open:f} {line.base_unit} of {line.sku} are still to come.",
                "lines",
                index,
                "quantity",
                open=line.open,
                received=line.received_quantity,
            )


def check_confirmation(
    confirmed: Sequence[Confirmation], lines: Mapping[UUID, OrderedLine], *, today: date
) -> tuple[Refused, ...]:
    """Every reason against a confirmation."""
    seen: set[UUID] = set()
    problems: list[Refused] = []
    for index, each in enumerate(confirmed):
        line, path = lines.get(each.line_id), ("lines", index)
        if line is None:
            problems.append(not_found("Purchase order line", *path, "purchaseOrderLineId"))
            continue
        if each.line_id in seen:
            problems.append(invalid("The line is named twice.", *path, "purchaseOrderLineId"))
        seen.add(each.line_id)
        found = _check_confirmed_date(each.on, today, *path, "confirmedDate"), _check_confirmed(each, line, *path)
        problems += [problem for problem in found if problem]
    return tuple(problems)


def _check_confirmed_date(on: date, today: date, *path: str | int) -> Refused | None:
    if on < today:
        return invalid(f"The confirmed date {on} has passed; today is {today}.", *path)
    if on > today + timedelta(days=CONFIRMATION_HORIZON_DAYS):
        return invalid(f"The confirmed date {on} is more than five years away.", *path)
    return None


def _check_confirmed(confirmed: Confirmation, line: OrderedLine, *path: str | int) -> Refused | None:
    """A supplier may confirm less than was ordered, but no less than has arrived."""
    quantity = confirmed.quantity
    if quantity is None:
        return None
    path = (*path, "confirmedQuantity")
    if problem := check_counted(quantity, line.base_increment, *path):
        return problem
    if not line.received_quantity <= quantity <= line.quantity:
        unit = line.base_unit
        bounds = f"{line.received_quantity:f} {unit} have arrived, {line.quantity:f} {unit} were ordered"
        # Suppliers read it, who may not know how we call the item.
        return invalid(f"The confirmed quantity must lie between: {bounds}.", *path)
    return None


def derive_status(lines: Collection[OrderedLine]) -> PurchaseOrderStatus:
    """How far an order is of which something has arrived."""
    if any(line.open > 0 for line in lines):
        return PurchaseOrderStatus.PARTIALLY_RECEIVED
    return PurchaseOrderStatus.RECEIVED

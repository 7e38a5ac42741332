"""The decisions of orders, over frozen values: what an order is worth, what its lines were promised, how far it is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from domain.inventory.rules import NOTHING, Allocation, StockKey, Wanted
from domain.orders.lifecycle import LineStatus, OrderStatus, WhenShort
from kernel.money import AMOUNT_MAX, round_money
from kernel.quantity import check_entered
from kernel.refusal import Code, Refused, invalid, not_found
from masterdata.items.lifecycle import ItemStatus
from masterdata.units.rules import Measure, Unconvertible, convert, factor_between

REQUEST_HORIZON_DAYS = 5 * 366
"""How far ahead a customer may want something."""


@dataclass(frozen=True)
class PriceBreak:
    """A selling price that holds from a quantity on. The lower list priority wins."""

    price_id: UUID
    list_priority: int
    minimum_quantity: Decimal
    valid_from: date
    amount: Decimal


@dataclass(frozen=True)
class ItemTerms:
    """What the order needs to know of an item."""

    item_id: UUID
    sku: str
    status: str
    base_unit: str
    base_increment: Decimal
    is_published: bool
    factors: Mapping[str, Fraction]
    """Its own units, the base unit among them: how many base units one is."""
    prices: tuple[PriceBreak, ...]


@dataclass(frozen=True)
class LineWish:
    """A line as it was asked for."""

    item_id: UUID
    quantity: Decimal
    unit: str | None
    requested_date: date


@dataclass(frozen=True)
class DraftLine:
    """A line that can be accepted: converted to the base unit and priced."""

    line_id: UUID
    line_number: int
    item: ItemTerms
    entered_quantity: Decimal
    entered_unit: str
    quantity: Decimal
    price: PriceBreak
    requested_date: date


@dataclass(frozen=True)
class SettledLine:
    """A line with what it got: `allocation` is empty when all of it was cut off."""

    draft: DraftLine
    allocation: Allocation | None
    cut: Decimal
    status: str
    promised_date: date | None
    amount: Decimal


@dataclass(frozen=True)
class OpenLine:
    """A line of a placed order, as far as it is."""

    line_id: UUID
    item_id: UUID
    sku: str
    base_unit: str
    base_increment: Decimal
    quantity: Decimal
    shipped: Decimal
    cancelled: Decimal
    status: str

    @property
    def open(self) -> Decimal:
        return self.quantity - self.shipped - self.cancelled

    def after_shipping(self, quantity: Decimal) -> "OpenLine":
        """The line when so much more has left. What then still waits, waits as before."""
        left = replace(self, shipped=self.shipped + quantity)
        return left if left.open else replace(left, status=LineStatus.SHIPPED)


@dataclass(frozen=True)
class PlacedLine:
    """A line of an order that was placed: what it was promised, and how far line and order are."""

    line_id: UUID
    order_id: UUID
    line_number: int
    customer_id: UUID
    order_status: str
    status: str
    quantity: Decimal
    shipped_quantity: Decimal
    unit_price: Decimal
    first_promised_date: date | None
    last_promised_date: date | None

    def promised(self, status: str, promised_date: date | None) -> "PlacedLine":
        """The line when it is so far and promised for that date, or for none. Its first promise is kept."""
        first = self.first_promised_date or promised_date
        return replace(self, status=status, first_promised_date=first, last_promised_date=promised_date)

    @property
    def is_at_risk(self) -> bool:
        """Whether it waits for goods that come later than it was first promised, or not at all."""
        first, last = self.first_promised_date, self.last_promised_date
        return self.status == LineStatus.BACKORDERED and first is not None and (last is None or last > first)


def check_requested_date(requested: date, today: date, *path: str | int) -> Refused | None:
    """Why nothing can be wanted on that day: it has passed, or is too far away to promise for."""
    if requested < today:
        return invalid(f"The requested date {requested} has passed; today is {today}.", *path)
    if requested > today + timedelta(days=REQUEST_HORIZON_DAYS):
        return invalid(f"The requested date {requested} is more than five years away.", *path)
    return None


def draft_line(
    wish: LineWish,
    item: ItemTerms | None,
    measures: Mapping[str, Measure],
    *,
    line_id: UUID,
    index: int,
    today: date,
) -> DraftLine | tuple[Refused, ...]:
    """Checks, converts and prices one line; answers every reason against it instead.

    `measures` are the units that are none of the item's own, with those in which their items are counted.
    """
    path = ("lines", index)
    if item is None:
        return (not_found("Item", *path, "itemId"),)
    entered = item.base_unit if wish.unit is None else wish.unit
    unit, base = (measures.get(code, Measure(code)) for code in (entered, item.base_unit))
    problems = [
        check_requested_date(wish.requested_date, today, *path, "requestedDate"),
        check_entered(wish.quantity, *path, "quantity"),
        _check_sellable(item, *path, "itemId"),
        _check_unit(item, unit, base, *path, "unit"),
    ]
    if any(problems):
        return tuple(problem for problem in problems if problem)
    quantity = convert(wish.quantity, unit, base, increment=item.base_increment, alternates=item.factors)
    if isinstance(quantity, Unconvertible):
        return (_no_whole_multiple(item, wish.quantity, unit.code, *path, "quantity"),)
    if absurd := check_entered(quantity, *path, "quantity"):
        return (absurd,)
    price = choose_price(item.prices, quantity, today)
    if price is None:
        return (invalid(f"{item.sku} has no price in any list of this entity for {quantity}.", *path, "itemId"),)
    if quantity * price.amount > AMOUNT_MAX:
        return (invalid("The amount of the line is beyond what can be booked.", *path, "quantity"),)
    return DraftLine(line_id, index + 1, item, wish.quantity, unit.code, quantity, price, wish.requested_date)


def _check_sellable(item: ItemTerms, *path: str | int) -> Refused | None:
    return (
        None
        if item.status == ItemStatus.ACTIVE
        else invalid(f"{item.sku} is {item.status} and cannot be ordered.", *path)
    )


def _check_unit(item: ItemTerms, unit: Measure, base: Measure, *path: str | int) -> Refused | None:
    if not isinstance(factor_between(unit, base, item.factors), Unconvertible):
        return None
    known = sorted(item.factors)
    message = f"{item.sku} has no unit {unit.code!r}; it is ordered in {', '.join(known)}."
    return invalid(message, *path, units=known)


def _no_whole_multiple(item: ItemTerms, quantity: Decimal, unit: str, *path: str | int) -> Refused:
    return invalid(
        f"{quantity} {unit} of {item.sku} is no whole multiple of its increment, "
        f"{item.base_increment.normalize():f} {item.base_unit}.",
        *path,
        increment=item.base_increment,
        unit=item.base_unit,
    )


def choose_price(prices: Iterable[PriceBreak], quantity: Decimal, today: date) -> PriceBreak | None:
    """The price that holds: of the first list that prices this quantity, the highest break, then the newest."""
    holding = [each for each in prices if each.minimum_quantity <= quantity and each.valid_from <= today]
    if not holding:
        return None
    return min(
        holding,
        key=lambda each: (each.list_priority, -each.minimum_quantity, -each.valid_from.toordinal(), each.price_id),
    )


def demand_of(line: DraftLine, demand_id: UUID, site_id: UUID, when_short: WhenShort, today: date) -> Wanted:
    """The demand of a line. Who does not backorder takes no supply that is overdue or comes after that day."""
    key, due_date = StockKey(line.item.item_id, site_id), line.requested_date
    if when_short is WhenShort.BACKORDER:
        return Wanted(demand_id, key, line.quantity, due_date)
    return Wanted(demand_id, key, line.quantity, due_date, earliest=today, latest=max(due_date, today))


def settle_line(
    line: DraftLine, allocation: Allocation, *, when_short: WhenShort, currency: str, today: date
) -> SettledLine:
    """What becomes of a line: with PARTIAL its short part is cut off, with BACKORDER it waits."""
    cut = allocation.short if when_short is WhenShort.PARTIAL else NOTHING
    kept = allocation.without(cut) if cut else allocation
    amount = round_money(kept.wanted.quantity * line.price.amount, currency)
    if kept.wanted.quantity == 0:
        return SettledLine(line, None, cut, LineStatus.CANCELLED, None, amount)
    is_allocated = kept.reserved == kept.wanted.quantity
    status = LineStatus.ALLOCATED if is_allocated else LineStatus.BACKORDERED
    return SettledLine(line, kept, cut, status, kept.promised_date(today), amount)


def refuse_short(lines: Sequence[DraftLine], allocations: Mapping[UUID, Allocation]) -> tuple[Refused, ...]:
    """A reason for each line that is short, with what could be had by its requested date."""
    short = [(line, allocations[line.line_id]) for line in lines if allocations[line.line_id].short]
    return tuple(
        Refused(
            Code.INSUFFICIENT_STOCK,
            f"Only {got.covered} of {line.quantity} {line.item.base_unit} of {line.item.sku} "
            f"can be had by {line.requested_date}.",
            ("lines", line.line_number - 1, "quantity"),
            {"item_id": line.item.item_id, "requested": line.quantity, "available": got.covered},
        )
        for line, got in short
    )


def derive_order_status(line_statuses: Collection[str], *, anything_shipped: bool) -> OrderStatus:
    """An order is as far as its lines: what waits holds it back, what has left shows."""
    living = {status for status in line_statuses if status != LineStatus.CANCELLED}
    if not living:
        return OrderStatus.CANCELLED
    if living == {LineStatus.SHIPPED}:
        return OrderStatus.SHIPPED
    if anything_shipped:
        return OrderStatus.PARTIALLY_SHIPPED
    return OrderStatus.BACKORDERED if LineStatus.BACKORDERED in living else OrderStatus.ALLOCATED

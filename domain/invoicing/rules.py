"""The three-way match: is an invoice what was ordered, and what arrived?

An invoice line is held against two facts. The order says what one unit costs; the receipts say how many units there
are to pay for: those that were received and not yet invoiced. Price and quantity each have a tolerance, in percent. A
line matches when both are inside; an invoice whose lines all match is posted without a person, any other is blocked.

Posting an invoice answers three questions, line by line. Which receipts does it pay for? The oldest, until no more
stays open than what is received and still not invoiced (`Clearing`). What if it costs more or less than the receipts
were valued at? Of a difference in price, the part of the goods that are still in stock changes what the stock is
worth; the part that has been sold is a variance (`Settlement.to_stock`, `Settlement.to_variance`). And what if more is
invoiced than ever arrived, inside the tolerance? That brought no goods, so all of it is a variance. The three always
add up to what is owed to the supplier, to the cent.

Quantities are in the item's base unit. Prices and amounts of a line are in the invoice's currency, which is the
order's; what is posted is in the entity's currency, at the order's exchange rate.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from domain.finance.rules import Layer, OpenItemState, part_still_in_stock
from domain.invoicing.lifecycle import MatchResult
from kernel.money import round_money

NOTHING = Decimal(0)


@dataclass(frozen=True)
class InvoicedLine:
    """What the supplier asks for: so much at this price."""

    order_line_id: UUID
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True)
class OrderedLine:
    """What was agreed, and how far it is. The rate converts the order's currency to the entity's."""

    line_id: UUID
    item_id: UUID
    unit_price: Decimal
    exchange_rate: Decimal
    received: Decimal
    invoiced: Decimal

    @property
    def to_invoice(self) -> Decimal:
        """What was received and not yet invoiced."""
        return max(self.received - self.invoiced, NOTHING)


@dataclass(frozen=True)
class Tolerance:
    """How far, in percent, an invoice may be from order and receipt and still post itself."""

    price_percent: Decimal = NOTHING
    quantity_percent: Decimal = NOTHING

    def allows_price(self, invoiced: Decimal, ordered: Decimal) -> bool:
        """Too cheap is suspicious as well: a price may differ either way, but not by more."""
        return abs(invoiced - ordered) * 100 <= ordered * self.price_percent

    def allows_quantity(self, invoiced: Decimal, to_invoice: Decimal) -> bool:
        """Less than was received may always be invoiced: the rest is still to come."""
        return (invoiced - to_invoice) * 100 <= to_invoice * self.quantity_percent


@dataclass(frozen=True)
class MatchedLine:
    """An invoice line with the outcome of its comparison.

    price_variance: invoiced minus ordered price, times quantity. excess: the quantity beyond what was to be invoiced.
    """

    invoiced: InvoicedLine
    ordered: OrderedLine
    amount: Decimal
    price_variance: Decimal
    excess: Decimal
    result: MatchResult
    explanation: str

    @property
    def is_inside(self) -> bool:
        return self.result is MatchResult.MATCHED

    @property
    def at_stake(self) -> Decimal:
        """What would be paid wrongly if the line were posted as it is; nothing while it is inside its tolerance."""
        return NOTHING if self.is_inside else abs(self.price_variance) + self.excess * self.ordered.unit_price

    def owed(self, currency: str) -> Decimal:
        """The amount in the entity's currency."""
        return round_money(self.amount * self.ordered.exchange_rate, currency)


def match_lines(
    lines: Sequence[InvoicedLine], ordered: Mapping[UUID, OrderedLine], tolerance: Tolerance, currency: str
) -> tuple[MatchedLine, ...]:
    """Compares each line with order and receipt; `currency` is the invoice's.

    Several lines for one order line are one quantity: it is their sum that must be inside. What is beyond counts
    against the lines that come last.
    """
    summed = _sum_by_order_line(lines)
    left = {line_id: ordered[line_id].to_invoice for line_id in summed}
    matched = []
    for line in lines:
        excess = max(line.quantity - left[line.order_line_id], NOTHING)
        left[line.order_line_id] -= line.quantity - excess
        terms = ordered[line.order_line_id]
        quantity_inside = not excess or tolerance.allows_quantity(summed[line.order_line_id], terms.to_invoice)
        matched.append(_compare(line, terms, tolerance, excess, quantity_inside=quantity_inside, currency=currency))
    return tuple(matched)


def _sum_by_order_line(lines: Iterable[InvoicedLine]) -> dict[UUID, Decimal]:
    summed: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for line in lines:
        summed[line.order_line_id] += line.quantity
    return dict(summed)


def _compare(
    line: InvoicedLine,
    ordered: OrderedLine,
    tolerance: Tolerance,
    excess: Decimal,
    *,
    quantity_inside: bool,
    currency: str,
) -> MatchedLine:
    price_inside = tolerance.allows_price(line.unit_price, ordered.unit_price)
    return MatchedLine(
        invoiced=line,
        ordered=ordered,
        amount=round_money(line.quantity * line.unit_price, currency),
        price_variance=round_money((line.unit_price - ordered.unit_price) * line.quantity, currency),
        excess=excess,
        result=_RESULTS[price_inside, quantity_inside],
        explanation=" ".join(
            (
                _explain_quantity(line, ordered, excess, tolerance, inside=quantity_inside),
                _explain_price(line, ordered, tolerance, inside=price_inside),
            )
        ),
    )


_RESULTS: Mapping[tuple[bool, bool], MatchResult] = {
    (True, True): MatchResult.MATCHED,
    (False, True): MatchResult.PRICE_VARIANCE,
    (True, False): MatchResult.QUANTITY_VARIANCE,
    (False, False): MatchResult.PRICE_AND_QUANTITY_VARIANCE,
}
"""The result by (price inside, quantity inside)."""


def _explain_quantity(
    line: InvoicedLine, ordered: OrderedLine, excess: Decimal, tolerance: Tolerance, *, inside: bool
) -> str:
    facts = f"{line.quantity:f} invoiced; {ordered.to_invoice:f} received and not yet invoiced"
    if not excess:
        return f"{facts}."
    return f"{facts}: {excess:f} too many, {_verdict(tolerance.quantity_percent, inside=inside)}."


def _explain_price(line: InvoicedLine, ordered: OrderedLine, tolerance: Tolerance, *, inside: bool) -> str:
    if line.unit_price == ordered.unit_price:
        return f"Price {line.unit_price:f} as ordered."
    facts = f"Price {line.unit_price:f} instead of {ordered.unit_price:f}"
    return f"{facts}{_deviation(line, ordered)}, {_verdict(tolerance.price_percent, inside=inside)}."


def _deviation(line: InvoicedLine, ordered: OrderedLine) -> str:
    if not ordered.unit_price:
        return ""
    percent = (line.unit_price - ordered.unit_price) * 100 / ordered.unit_price
    return f" ({percent:+.2f} %)"


def _verdict(percent: Decimal, *, inside: bool) -> str:
    return f"{'inside' if inside else 'beyond'} the tolerance of {percent.normalize():f} %"


@dataclass(frozen=True)
class Clearing:
    """The part of a receipt's open item that an invoice pays for."""

    open_item_id: UUID
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Settlement:
    """What an invoice line posts: what it clears, and where the difference goes. Together that is what is owed."""

    line: MatchedLine
    owed: Decimal
    clearings: tuple[Clearing, ...]
    to_stock: Decimal

    @property
    def cleared_quantity(self) -> Decimal:
        return sum((each.quantity for each in self.clearings), NOTHING)

    @property
    def cleared(self) -> Decimal:
        return sum((each.amount for each in self.clearings), NOTHING)

    @property
    def to_variance(self) -> Decimal:
        return self.owed - self.cleared - self.to_stock


@dataclass(frozen=True)
class _Stock:
    """What there is of an item that no line has priced anew yet, and what all of it is worth."""

    quantity: Decimal
    value: Decimal
    currency: str

    def after(self, settlement: Settlement) -> "_Stock":
        left = max(self.quantity - settlement.cleared_quantity, NOTHING)
        return _Stock(left, self.value + settlement.to_stock, self.currency)


def settle_lines(
    lines: Iterable[MatchedLine], receipts: Mapping[UUID, Sequence[OpenItemState]], layers: Mapping[UUID, Layer]
) -> tuple[Settlement, ...]:
    """What the matched lines post, one after the other: each finds receipts and stock as the one before left them.

    receipts: their open items by order line, the oldest first. layers: by item. All are in the entity's currency.
    """
    left = dict(receipts)
    stocks = {item_id: _Stock(layer.quantity, layer.value, layer.currency) for item_id, layer in layers.items()}
    invoiced: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    settlements = []
    for line in lines:
        line_id, item_id = line.ordered.line_id, line.ordered.item_id
        invoiced[line_id] += line.invoiced.quantity
        settlement = _settle(line, left[line_id], invoiced[line_id], stocks[item_id])
        left[line_id] = _after(left[line_id], settlement.clearings)
        stocks[item_id] = stocks[item_id].after(settlement)
        settlements.append(settlement)
    return tuple(settlements)


def _settle(line: MatchedLine, receipts: Sequence[OpenItemState], invoiced_now: Decimal, stock: _Stock) -> Settlement:
    """Clears receipts until no more stays open than is received and still not invoiced."""
    stays_open = max(line.ordered.received - line.ordered.invoiced - invoiced_now, NOTHING)
    is_open = sum((receipt.open_quantity for receipt in receipts), NOTHING)
    clearings = clear_oldest(receipts, is_open - stays_open)
    at_cost = Settlement(line, line.owed(stock.currency), clearings, to_stock=NOTHING)
    return replace(at_cost, to_stock=_difference_in_stock(at_cost, stock))


def _difference_in_stock(settlement: Settlement, stock: _Stock) -> Decimal:
    """The price difference of the goods that are still there; it never takes more than the stock is worth."""
    quantity = settlement.cleared_quantity
    if not quantity:
        return NOTHING
    difference = _owed_for(settlement, quantity, stock.currency) - settlement.cleared
    return max(part_still_in_stock(difference, quantity, stock.quantity, stock.currency), -stock.value)


def _owed_for(settlement: Settlement, quantity: Decimal, currency: str) -> Decimal:
    """What is owed for the goods that arrived; for all that is invoiced, the very amount."""
    line = settlement.line
    if quantity == line.invoiced.quantity:
        return settlement.owed
    return round_money(quantity * line.invoiced.unit_price * line.ordered.exchange_rate, currency)


def clear_oldest(receipts: Iterable[OpenItemState], quantity: Decimal) -> tuple[Clearing, ...]:
    """Clears so much of the receipts, the first ones first; whoever empties a receipt takes its rounding remainder."""
    clearings = []
    for receipt in receipts:
        taken = min(quantity, receipt.open_quantity)
        if taken > 0:
            clearings.append(Clearing(receipt.id, taken, receipt.amount_of(taken)))
            quantity -= taken
    return tuple(clearings)


def _after(receipts: Iterable[OpenItemState], clearings: Iterable[Clearing]) -> tuple[OpenItemState, ...]:
    cleared = {each.open_item_id: each for each in clearings}
    return tuple(
        replace(each, open_quantity=each.open_quantity - taken.quantity, open_amount=each.open_amount - taken.amount)
        if (taken := cleared.get(each.id))
        else each
        for each in receipts
    )

"""The three-way match: is an invoice what was ordered, and what arrived?

An invoice line is held against two facts. The order says what one unit costs; the receipts say how many units there
are to pay for: those that were received and not yet invoiced. Price and quantity each have a tolerance, in percent. A
line matches when both are inside; an invoice whose lines all match is posted without a person, any other is blocked.

Quantities are in the item's base unit. Prices and amounts of a line are in the invoice's currency, which is the
order's; what is posted is in the entity's currency, at the order's exchange rate.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

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
    explanation: the comparison in words. finding: the same for people who may not see prices.
    """

    invoiced: InvoicedLine
    ordered: OrderedLine
    amount: Decimal
    price_variance: Decimal
    excess: Decimal
    result: MatchResult
    explanation: str
    finding: str

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
    of_quantity = _explain_quantity(line, ordered, excess, tolerance, inside=quantity_inside)
    return MatchedLine(
        invoiced=line,
        ordered=ordered,
        amount=round_money(line.quantity * line.unit_price, currency),
        price_variance=round_money((line.unit_price - ordered.unit_price) * line.quantity, currency),
        excess=excess,
        result=_RESULTS[price_inside, quantity_inside],
        explanation=f"{of_quantity} {_explain_price(line, ordered, tolerance, inside=price_inside)}",
        finding=f"{of_quantity} {_judge_price(line, ordered, tolerance, inside=price_inside)}",
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


def _judge_price(line: InvoicedLine, ordered: OrderedLine, tolerance: Tolerance, *, inside: bool) -> str:
    """Whether the price is right, and no number from which it could be told."""
    if line.unit_price == ordered.unit_price:
        return "Price as ordered."
    return f"Price {_verdict(tolerance.price_percent, inside=inside)}."


def _deviation(line: InvoicedLine, ordered: OrderedLine) -> str:
    if not ordered.unit_price:
        return ""
    percent = (line.unit_price - ordered.unit_price) * 100 / ordered.unit_price
    return f" ({percent:+.2f} %)"


def _verdict(percent: Decimal, *, inside: bool) -> str:
    return f"{'inside' if inside else 'beyond'} the tolerance of {percent.normalize():f} %"

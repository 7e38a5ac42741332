"""What an invoice posts once it is matched.

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
from domain.invoicing.rules import NOTHING, MatchedLine
from kernel.money import round_money


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

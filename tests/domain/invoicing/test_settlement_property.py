"""Whatever is received, sold and invoiced in whatever order: accounts, open items and layers agree to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from domain.finance.rules import Layer, OpenItemState
from domain.invoicing.rules import (
    NOTHING,
    InvoicedLine,
    OrderedLine,
    Tolerance,
    match_lines,
)
from domain.invoicing.settlement import Settlement, settle_lines
from kernel.money import round_money

TEN_PERCENT = Tolerance(price_percent=Decimal(10), quantity_percent=Decimal(10))


@dataclass
class Books:
    """One purchase order line and everything that is booked for it, as the operations would."""

    line: OrderedLine
    layer: Layer
    receipts: list[OpenItemState] = field(default_factory=list)
    uninvoiced: Decimal = NOTHING
    stock: Decimal = NOTHING
    payables: Decimal = NOTHING
    variance: Decimal = NOTHING
    cost_of_sales: Decimal = NOTHING

    def receive(self, quantity: Decimal) -> None:
        value = round_money(quantity * self.line.unit_price * self.line.exchange_rate, "EUR")
        self.receipts.append(OpenItemState(uuid4(), None, quantity, value, "EUR"))
        self.line = replace(self.line, received=self.line.received + quantity)
        self.layer = self.layer.received(quantity, value)
        self.stock += value
        self.uninvoiced += value

    def sell(self, quantity: Decimal) -> None:
        quantity = min(quantity, self.layer.quantity)
        if quantity:
            cost = self.layer.cost_of(quantity)
            self.layer = self.layer.issued(quantity)
            self.stock -= cost
            self.cost_of_sales += cost

    def invoice(self, asked: Sequence[tuple[Decimal, Decimal]]) -> None:
        lines = [InvoicedLine(self.line.line_id, quantity, price) for quantity, price in asked]
        matched = match_lines(lines, {self.line.line_id: self.line}, TEN_PERCENT, "EUR")
        if all(line.is_inside for line in matched):
            of_line = {self.line.line_id: self.receipts}
            for settlement in settle_lines(matched, of_line, {self.line.item_id: self.layer}):
                self.book(settlement)
            assert self.open_quantity == self.line.to_invoice

    @property
    def open_quantity(self) -> Decimal:
        return sum((each.open_quantity for each in self.receipts), NOTHING)

    def book(self, settlement: Settlement) -> None:
        cleared = {each.open_item_id: each for each in settlement.clearings}
        for index, receipt in enumerate(self.receipts):
            if each := cleared.get(receipt.id):
                quantity, amount = receipt.open_quantity - each.quantity, receipt.open_amount - each.amount
                self.receipts[index] = replace(receipt, open_quantity=quantity, open_amount=amount)
        self.line = replace(self.line, invoiced=self.line.invoiced + settlement.line.invoiced.quantity)
        self.layer = self.layer.revalued(settlement.to_stock)
        self.uninvoiced -= settlement.cleared
        self.stock += settlement.to_stock
        self.variance += settlement.to_variance
        self.payables += settlement.owed

    def agree(self) -> None:
        assert self.uninvoiced == sum((each.open_amount for each in self.receipts), NOTHING)
        assert self.open_quantity >= self.line.to_invoice
        assert all(each.open_amount >= 0 and each.open_quantity >= 0 for each in self.receipts)
        assert all(each.open_quantity > 0 or each.open_amount == 0 for each in self.receipts)
        assert self.stock == self.layer.value >= 0
        assert self.layer.quantity > 0 or self.layer.value == 0
        assert self.payables + self.uninvoiced == self.stock + self.cost_of_sales + self.variance


def books(price: Decimal, rate: Decimal) -> Books:
    line = OrderedLine(uuid4(), uuid4(), price, rate, NOTHING, NOTHING)
    return Books(line, Layer(uuid4(), line.item_id, NOTHING, NOTHING, "EUR"))


QUANTITIES = st.integers(1, 40).map(Decimal)
CENTS = st.decimals("0.01", "99.99", places=2)
RATES = st.decimals("0.2", "5", places=4)
SHARES = st.sampled_from(["0.3", "0.5", "0.7", "1", "1.1"]).map(Decimal)
"""Of what is to be invoiced; the last is just inside the tolerance."""
DEVIATIONS = st.decimals("-0.1", "0.1", places=3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("receive"), QUANTITIES),
        st.tuples(st.just("sell"), QUANTITIES),
        st.tuples(st.just("invoice"), st.lists(st.tuples(SHARES, DEVIATIONS), min_size=1, max_size=3)),
    ),
    max_size=12,
)


@given(CENTS, RATES, STEPS)
def test_accounts_open_items_and_layers_agree_at_every_step(
    price: Decimal, rate: Decimal, steps: list[tuple[str, object]]
) -> None:
    kept = books(price, rate)
    for step in steps:
        match step:
            case "receive", Decimal() as quantity:
                kept.receive(quantity)
            case "sell", Decimal() as quantity:
                kept.sell(quantity)
            case "invoice", list() as asked if kept.line.to_invoice:
                to_invoice = kept.line.to_invoice
                kept.invoice([(to_invoice * share, round(price * (1 + more), 4)) for share, more in asked])
        kept.agree()


@given(CENTS, RATES, st.lists(QUANTITIES, min_size=1, max_size=6), st.data())
def test_when_all_is_invoiced_nothing_is_left_open(
    price: Decimal, rate: Decimal, received: list[Decimal], data: st.DataObject
) -> None:
    kept = books(price, rate)
    for quantity in received:
        kept.receive(quantity)
    while kept.line.to_invoice:
        quantity = data.draw(st.integers(1, int(kept.line.to_invoice)).map(Decimal))
        kept.invoice([(quantity, price)])
        kept.agree()
    assert kept.uninvoiced == 0
    assert all(receipt.open_amount == 0 for receipt in kept.receipts)

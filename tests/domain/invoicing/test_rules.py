"""The match and its settlement: the comparisons in words, and sums that always agree."""

from decimal import Decimal
from uuid import uuid4

import pytest

from domain.finance.rules import Layer, OpenItemState
from domain.invoicing.lifecycle import MatchResult
from domain.invoicing.rules import (
    InvoicedLine,
    OrderedLine,
    Tolerance,
    match_lines,
)
from domain.invoicing.settlement import Settlement, clear_oldest, settle_lines
from kernel.money import round_money

TWO_PERCENT = Tolerance(price_percent=Decimal(2), quantity_percent=Decimal(5))


def ordered(*, received: str = "10", invoiced: str = "0", price: str = "6.00", rate: str = "1") -> OrderedLine:
    return OrderedLine(uuid4(), uuid4(), Decimal(price), Decimal(rate), Decimal(received), Decimal(invoiced))


def asked(line: OrderedLine, quantity: str, price: str = "6.00") -> InvoicedLine:
    return InvoicedLine(line.line_id, Decimal(quantity), Decimal(price))


@pytest.mark.parametrize(
    ("quantity", "price", "result", "explanation"),
    [
        ("10", "6.00", "matched", "10 invoiced; 10 received and not yet invoiced. Price 6.00 as ordered."),
        ("4", "6.00", "matched", "4 invoiced; 10 received and not yet invoiced. Price 6.00 as ordered."),
        (
            "10",
            "6.12",
            "matched",
            "10 invoiced; 10 received and not yet invoiced. "
            "Price 6.12 instead of 6.00 (+2.00 %), inside the tolerance of 2 %.",
        ),
        (
            "10",
            "5.80",
            "price_variance",
            "10 invoiced; 10 received and not yet invoiced. "
            "Price 5.80 instead of 6.00 (-3.33 %), beyond the tolerance of 2 %.",
        ),
        (
            "10.5",
            "6.00",
            "matched",
            "10.5 invoiced; 10 received and not yet invoiced: 0.5 too many, inside the tolerance of 5 %. "
            "Price 6.00 as ordered.",
        ),
        (
            "11",
            "6.00",
            "quantity_variance",
            "11 invoiced; 10 received and not yet invoiced: 1 too many, beyond the tolerance of 5 %. "
            "Price 6.00 as ordered.",
        ),
        (
            "11",
            "7.00",
            "price_and_quantity_variance",
            "11 invoiced; 10 received and not yet invoiced: 1 too many, beyond the tolerance of 5 %. "
            "Price 7.00 instead of 6.00 (+16.67 %), beyond the tolerance of 2 %.",
        ),
    ],
)
def test_a_line_is_compared_in_words(quantity: str, price: str, result: str, explanation: str) -> None:
    line = ordered()
    (matched,) = match_lines([asked(line, quantity, price)], {line.line_id: line}, TWO_PERCENT, "EUR")
    assert (matched.result, matched.explanation) == (MatchResult(result), explanation)


@pytest.mark.parametrize("price", ["5.80", "7.00", "6.01"])
def test_a_finding_says_whether_a_price_is_right_and_not_what_it_is(price: str) -> None:
    line = ordered(price="6.03")
    (matched,) = match_lines([asked(line, "10", price)], {line.line_id: line}, TWO_PERCENT, "EUR")
    verdict = "inside" if matched.is_inside else "beyond"
    assert matched.finding == f"10 invoiced; 10 received and not yet invoiced. Price {verdict} the tolerance of 2 %."
    (as_ordered,) = match_lines([asked(line, "10", "6.03")], {line.line_id: line}, TWO_PERCENT, "EUR")
    assert as_ordered.finding.endswith(" Price as ordered.")


def test_without_a_tolerance_nothing_may_differ() -> None:
    line = ordered()
    (exact,) = match_lines([asked(line, "10")], {line.line_id: line}, Tolerance(), "EUR")
    (dear,) = match_lines([asked(line, "10", "6.000001")], {line.line_id: line}, Tolerance(), "EUR")
    assert (exact.is_inside, dear.is_inside) == (True, False)


def test_lines_for_one_order_line_are_summed_and_the_last_is_too_much() -> None:
    line = ordered()
    lines = [asked(line, "6"), asked(line, "6")]
    first, second = match_lines(lines, {line.line_id: line}, TWO_PERCENT, "EUR")
    assert (first.result, first.excess) == (MatchResult.MATCHED, Decimal(0))
    assert (second.result, second.excess) == (MatchResult.QUANTITY_VARIANCE, Decimal(2))
    assert second.at_stake == Decimal("12.00")


def test_what_is_at_stake_is_the_price_difference_and_the_excess() -> None:
    line = ordered()
    (matched,) = match_lines([asked(line, "12", "7.00")], {line.line_id: line}, TWO_PERCENT, "EUR")
    assert (matched.price_variance, matched.excess) == (Decimal("12.00"), Decimal(2))
    assert matched.at_stake == Decimal("24.00")


def test_a_gift_that_is_invoiced_is_a_price_variance() -> None:
    line = ordered(price="0")
    (matched,) = match_lines([asked(line, "1", "1.00")], {line.line_id: line}, TWO_PERCENT, "EUR")
    assert matched.result is MatchResult.PRICE_VARIANCE


def test_the_oldest_receipts_are_cleared_first_and_the_last_unit_takes_the_remainder() -> None:
    first, second = uuid4(), uuid4()
    receipts = [
        OpenItemState(first, None, Decimal(3), Decimal("10.00"), "EUR"),
        OpenItemState(second, None, Decimal(3), Decimal("10.00"), "EUR"),
    ]
    assert [(each.open_item_id, each.quantity, each.amount) for each in clear_oldest(receipts, Decimal(4))] == [
        (first, Decimal(3), Decimal("10.00")),
        (second, Decimal(1), Decimal("3.33")),
    ]


def settled(line: OrderedLine, quantity: str, price: str, *, in_stock: str, stock_value: str) -> Settlement:
    (matched,) = match_lines(
        [asked(line, quantity, price)], {line.line_id: line}, Tolerance(*[Decimal(100)] * 2), "EUR"
    )
    open_quantity = line.received - line.invoiced
    amount = round_money(open_quantity * line.unit_price * line.exchange_rate, "EUR")
    receipts = {line.line_id: [OpenItemState(uuid4(), None, open_quantity, amount, "EUR")]}
    layer = Layer(uuid4(), line.item_id, Decimal(in_stock), Decimal(stock_value), "EUR")
    (settlement,) = settle_lines([matched], receipts, {line.item_id: layer})
    return settlement


@pytest.mark.parametrize(
    ("in_stock", "to_stock", "to_variance"), [("10", "5.00", "0.00"), ("4", "2.00", "3.00"), ("0", "0", "5.00")]
)
def test_a_price_difference_goes_to_the_goods_that_are_still_there(
    in_stock: str, to_stock: str, to_variance: str
) -> None:
    worth = str(Decimal(in_stock) * 6)
    settlement = settled(ordered(), "10", "6.50", in_stock=in_stock, stock_value=worth)
    assert (settlement.owed, settlement.cleared) == (Decimal("65.00"), Decimal("60.00"))
    assert (settlement.to_stock, settlement.to_variance) == (Decimal(to_stock), Decimal(to_variance))


def test_a_rebate_never_takes_more_than_the_stock_is_worth() -> None:
    settlement = settled(ordered(), "10", "3.00", in_stock="5", stock_value="0.54")
    assert (settlement.to_stock, settlement.to_variance) == (Decimal("-0.54"), Decimal("-29.46"))


def test_what_never_arrived_is_a_variance_and_not_stock() -> None:
    settlement = settled(ordered(), "12", "6.00", in_stock="10", stock_value="60.00")
    assert (settlement.cleared, settlement.to_stock, settlement.to_variance) == (Decimal(60), Decimal(0), Decimal(12))


def test_the_orders_rate_converts() -> None:
    settlement = settled(ordered(rate="0.9"), "10", "6.50", in_stock="10", stock_value="54.00")
    assert (settlement.owed, settlement.cleared, settlement.to_stock) == (
        Decimal("58.50"),
        Decimal("54.00"),
        Decimal("4.50"),
    )


def test_what_was_invoiced_too_early_is_cleared_by_the_next_receipt() -> None:
    """10 received, 10.5 invoiced inside the tolerance; then 5 arrive, of which 4.5 are still to be invoiced."""
    line = ordered(received="15", invoiced="10.5")
    (matched,) = match_lines([asked(line, "4.5")], {line.line_id: line}, Tolerance(), "EUR")
    assert matched.is_inside
    receipts = {line.line_id: [OpenItemState(uuid4(), None, Decimal(5), Decimal("30.00"), "EUR")]}
    layers = {line.item_id: Layer(uuid4(), line.item_id, Decimal(15), Decimal("90.00"), "EUR")}
    (settlement,) = settle_lines([matched], receipts, layers)
    assert (settlement.cleared_quantity, settlement.cleared) == (Decimal(5), Decimal("30.00"))
    assert (settlement.to_stock, settlement.to_variance) == (Decimal(0), Decimal("-3.00"))

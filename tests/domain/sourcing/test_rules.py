"""The ways out of a shortage: what each brings, what it costs, and which is the best."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from domain.inventory.rules import StockKey
from domain.sourcing.rules import (
    Giver,
    ScoreTerms,
    Seller,
    Shortfall,
    agreed_price,
    order_quantity,
    rank_options,
    spare_of,
)
from kernel.ids import new_id

TODAY = date(2026, 3, 2)
LAMP, HAMBURG, MUNICH = new_id(), new_id(), new_id()
EIGHT_LAMPS = Shortfall(new_id(), StockKey(LAMP, HAMBURG), Decimal(8), TODAY, Decimal("20.00"))
MILL = Seller(
    supplier_id=new_id(),
    supplier_code="MILL",
    item_id=LAMP,
    increment=Decimal(1),
    amount=Decimal("6.00"),
    currency="EUR",
    rate=Decimal(1),
    minimum_quantity=Decimal(0),
    order_multiple=Decimal(1),
    lead_time_days=7,
)
SISTER = Giver(
    site_id=MUNICH,
    site_code="MUC",
    to_site_id=HAMBURG,
    item_id=LAMP,
    increment=Decimal(1),
    free=Decimal(30),
    reorder_level=Decimal(20),
    unit_cost=Decimal("5.00"),
    lead_time_days=2,
    cost_per_unit=Decimal("0.50"),
)


def kinds(*, givers: tuple[Giver, ...] = (), sellers: tuple[Seller, ...] = ()) -> list[tuple[str, Decimal, UUID]]:
    options = rank_options(EIGHT_LAMPS, givers, sellers, today=TODAY, currency="EUR")
    return [(option.kind, option.quantity, option.source_id) for option in options]


def test_the_terms_of_an_option_are_money_and_add_up() -> None:
    (option,) = rank_options(EIGHT_LAMPS, [replace(SISTER, reorder_level=Decimal(25))], [], today=TODAY, currency="EUR")
    assert (option.quantity, option.arrival_date) == (Decimal(5), TODAY + timedelta(days=2))
    # 5 x 5.00, 5 x 0.50; 5 wait 2 days at 1 % of 20.00; 3 stay uncovered as if for 30 days.
    assert option.terms == ScoreTerms(Decimal("25.00"), Decimal("2.50"), Decimal("2.00"), Decimal("18.00"))
    assert (option.landed_cost, option.terms.total) == (Decimal("27.50"), Decimal("47.50"))


def test_the_cheapest_in_all_comes_first_and_a_tie_goes_to_the_earlier() -> None:
    slow = replace(MILL, supplier_id=new_id(), lead_time_days=9, amount=Decimal("5.60"))
    assert [kind for kind, _, _ in kinds(givers=(SISTER,), sellers=(MILL,))] == ["transfer", "buy"]
    # 8 x 6.00 + 8 x 0.20 x 7 = 8 x 5.60 + 8 x 0.20 x 9
    assert kinds(sellers=(slow, MILL)) == [("buy", Decimal(8), MILL.supplier_id), ("buy", Decimal(8), slow.supplier_id)]


def test_nobody_gives_below_his_own_policy() -> None:
    assert kinds(givers=(replace(SISTER, reorder_level=Decimal(30)),)) == []
    assert kinds(givers=(replace(SISTER, free=Decimal(5)),)) == []


def test_a_policy_between_two_pieces_gives_whole_pieces() -> None:
    assert kinds(givers=(replace(SISTER, reorder_level=Decimal("24.5")),)) == [("transfer", Decimal(5), MUNICH)]
    assert kinds(givers=(replace(SISTER, reorder_level=Decimal("29.5")),)) == []


@pytest.mark.parametrize(
    ("needed", "minimum", "multiple", "increment", "ordered"),
    [
        ("8", "0", "1", "1", "8"),
        ("8", "10", "6", "1", "12"),
        ("12", "10", "6", "1", "12"),
        ("8", "12.5", "1", "1", "13"),
        ("3", "0", "2.5", "1", "5"),
        ("0.7", "0", "0.3", "0.1", "0.9"),
        ("0.7", "0", "0.25", "0.1", "1.0"),
    ],
)
def test_an_order_is_what_the_supplier_accepts_and_what_exists(
    needed: str, minimum: str, multiple: str, increment: str, ordered: str
) -> None:
    seller = replace(
        MILL, minimum_quantity=Decimal(minimum), order_multiple=Decimal(multiple), increment=Decimal(increment)
    )
    assert order_quantity(Decimal(needed), seller) == Decimal(ordered)


@pytest.mark.parametrize(
    ("free", "kept", "increment", "spare"),
    [("30", "20", "1", "10"), ("30", "20.5", "1", "9"), ("19", "20", "1", "0"), ("7.5", "0", "2.5", "7.5")],
)
def test_what_is_above_a_policy_is_given_in_whole_increments(free: str, kept: str, increment: str, spare: str) -> None:
    assert spare_of(Decimal(free), Decimal(kept), Decimal(increment)) == Decimal(spare)


@pytest.mark.parametrize(
    ("cost", "percent", "currency", "price"),
    [
        ("5.00", "10", "EUR", "5.5"),
        ("5.00", "0", "EUR", "5"),
        ("0.004", "12.5", "EUR", "0.0045"),
        ("1", "33.3333", "EUR", "1.3333"),
        ("1", "0.00499", "EUR", "1"),
        ("1", "0.005", "EUR", "1.0001"),
        ("10.5", "1", "JPY", "10.61"),
        ("1", "0.00049", "KWD", "1"),
    ],
)
def test_the_agreed_price_is_rounded_to_a_hundredth_of_the_minor_unit(
    cost: str, percent: str, currency: str, price: str
) -> None:
    found = agreed_price(Decimal(cost), markup_percent=Decimal(percent), currency=currency)
    assert found == Decimal(price)

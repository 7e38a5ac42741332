"""Money: whole minor units, halves away from zero, and nothing lost between the parts."""

from decimal import Decimal

import pytest

from kernel.money import round_money, share


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "EUR", "2.35"),
        ("-2.345", "EUR", "-2.35"),
        ("2.5", "JPY", "3"),
        ("1.00045", "BHD", "1.000"),
        ("1E+40", "EUR", "1E+40"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount: str, currency: str, rounded: str) -> None:
    assert round_money(Decimal(amount), currency) == Decimal(rounded)


def test_the_last_part_takes_what_rounding_left() -> None:
    left, taken = Decimal("10.00"), []
    for whole in (3, 2, 1):
        part = share(left, Decimal(1), Decimal(whole), "EUR")
        taken.append(part)
        left -= part
    assert taken == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert not left

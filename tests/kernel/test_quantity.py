"""Quantities are converted exactly, or not at all."""

from decimal import Decimal
from fractions import Fraction

import pytest

from kernel.quantity import in_base_unit

DOZEN, ITSELF = Fraction(12), Fraction(1)


@pytest.mark.parametrize(
    ("entered", "factor", "increment", "made"),
    [
        ("5", ITSELF, "1", "5"),
        ("5.000", ITSELF, "1.000000", "5"),
        ("100", ITSELF, "10", "100"),
        ("1200.0", ITSELF, "0.5", "1200"),
        ("2.50", ITSELF, "0.25", "2.5"),
        ("0.000001", ITSELF, "0.000001", "0.000001"),
        ("999999999999.999999", ITSELF, "0.000001", "999999999999.999999"),
        ("1." + "0" * 58, ITSELF, "1", "1"),
        ("2.5", DOZEN, "1", "30"),
        ("0.1", Fraction(1, 3), "0.000001", None),
        ("2.3", ITSELF, "0.25", None),
        ("1." + "0" * 57 + "1", ITSELF, "0.000001", None),
        ("7", ITSELF, "2", None),
    ],
)
def test_a_quantity_is_a_whole_multiple_of_the_increment_in_the_shortest_notation(
    entered: str, factor: Fraction, increment: str, made: str | None
) -> None:
    found = in_base_unit(Decimal(entered), factor, Decimal(increment))
    assert (None if found is None else str(found)) == made


@pytest.mark.parametrize("entered", ["1", "10.50", "1000000", "0.125000", "123456789.654321", "3.3"])
@pytest.mark.parametrize("increment", ["1", "0.000001", "0.5", "0.125"])
def test_the_base_unit_is_converted_like_any_other(entered: str, increment: str) -> None:
    quantity, step = Decimal(entered), Decimal(increment)
    halved = in_base_unit(quantity * 2, Fraction(1, 2), step)
    assert str(in_base_unit(quantity, ITSELF, step)) == str(halved)

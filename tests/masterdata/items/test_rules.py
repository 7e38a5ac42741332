"""When changed measurements ask for a new GTIN: more than a fifth away from what it was given for."""

from decimal import Decimal
from fractions import Fraction

from masterdata.items.rules import Exceeded, Measurements, in_base, needs_new_gtin

MILLIMETRE, GRAM, OUNCE = Fraction(1, 1000), Fraction(1, 1000), Fraction(45359237, 1600000000)


def box(length: str, weight: str, *, unit: Fraction = MILLIMETRE, weight_unit: Fraction = GRAM) -> Measurements:
    return Measurements(
        length=in_base(Decimal(length), unit),
        width=in_base(Decimal(80), MILLIMETRE),
        gross_weight=in_base(Decimal(weight), weight_unit),
    )


GIVEN = box("100", "250")


def test_a_fifth_more_or_less_keeps_the_gtin() -> None:
    assert needs_new_gtin(GIVEN, GIVEN) == ()
    assert needs_new_gtin(GIVEN, box("120", "200")) == ()
    assert needs_new_gtin(GIVEN, box("80", "300")) == ()


def test_more_than_a_fifth_asks_for_a_new_one() -> None:
    assert needs_new_gtin(GIVEN, box("120.001", "250")) == (Exceeded("length", Fraction(20001, 100000)),)
    assert needs_new_gtin(GIVEN, box("79", "301")) == (
        Exceeded("length", Fraction(-21, 100)),
        Exceeded("gross_weight", Fraction(51, 250)),
    )


def test_small_steps_add_up() -> None:
    """Each is a tenth more than the one before; the second is more than a fifth away from the first."""
    first, second = box("110", "250"), box("121", "250")
    assert needs_new_gtin(GIVEN, first) == ()
    assert needs_new_gtin(first, second) == ()
    assert needs_new_gtin(GIVEN, second) == (Exceeded("length", Fraction(21, 100)),)


def test_another_unit_is_no_change() -> None:
    assert needs_new_gtin(GIVEN, box("10", "250", unit=10 * MILLIMETRE)) == ()
    assert needs_new_gtin(GIVEN, box("100", "9", weight_unit=OUNCE)) == ()
    assert [each.field for each in needs_new_gtin(GIVEN, box("100", "11", weight_unit=OUNCE))] == ["gross_weight"]


def test_what_was_not_measured_tells_nothing() -> None:
    assert needs_new_gtin(Measurements(), box("500", "9000")) == ()
    assert needs_new_gtin(GIVEN, Measurements()) == ()
    assert needs_new_gtin(Measurements(length=Fraction(0)), GIVEN) == ()
    assert in_base(None, GRAM) is None
    assert in_base(Decimal(1), None) is None

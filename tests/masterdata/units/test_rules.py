"""Conversion between units: exact, by the item's own factors first, or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.standards.rec20 import units
from masterdata.units.rules import Measure, Unconvertible, convert, factor_between

FINE = Decimal("0.000001")
MEASURES = {unit.code: Measure(unit.code, unit.dimension, unit.factor) for unit in units().values()}
PAIRS = [
    (one, other)
    for one in MEASURES.values()
    for other in MEASURES.values()
    if one.factor and other.factor and one.dimension == other.dimension
]


@pytest.mark.parametrize(
    ("quantity", "unit", "to", "increment", "expected"),
    [
        ("12", "INH", "MMT", "0.1", "304.8"),
        ("1", "SMI", "MTR", "0.001", "1609.344"),
        ("1", "LBR", "GRM", "0.00001", "453.59237"),
        ("16", "ONZ", "LBR", "1", "1"),
        ("1", "GLL", "INQ", "1", "231"),
        ("160", "OZI", "GLI", "1", "1"),
        ("90", "KMH", "MTS", "1", "25"),
        ("1", "KWH", "MJ", "0.1", None),
        ("1", "KWH", "3B", "0.1", "3.6"),
        ("5000", "4L", "E34", "1", "5"),
        ("3", "GRO", "DZN", "1", "36"),
        ("2500", "E09", "AMH", "0.5", "2.5"),
        ("1", "ACR", "MTK", "0.001", None),
    ],
)
def test_what_is_converted_is_exact(quantity: str, unit: str, to: str, increment: str, expected: str | None) -> None:
    target = MEASURES.get(to, Measure(to))
    found = convert(Decimal(quantity), MEASURES[unit], target, increment=Decimal(increment))
    if expected is None:
        assert isinstance(found, Unconvertible)
    else:
        assert found == Decimal(expected)


@given(st.sampled_from(PAIRS), st.integers(1, 10**12))
def test_there_and_back_is_where_one_was(pair: tuple[Measure, Measure], steps: int) -> None:
    one, other = pair
    quantity = Decimal(steps) * FINE
    factor = factor_between(one, other)
    assert isinstance(factor, Fraction)
    assert factor_between(other, one) == 1 / factor
    there = convert(quantity, one, other, increment=FINE)
    if there is Unconvertible.NO_WHOLE_MULTIPLE:
        assert (Fraction(quantity) * factor / Fraction(FINE)).denominator != 1
    else:
        assert isinstance(there, Decimal)
        assert Fraction(there) == Fraction(quantity) * factor
        assert convert(there, other, one, increment=FINE) == quantity


@given(st.sampled_from(PAIRS), st.sampled_from(PAIRS))
def test_a_way_round_is_as_long_as_the_straight_one(
    first: tuple[Measure, Measure], last: tuple[Measure, Measure]
) -> None:
    start, middle, end = *first, last[1]
    if start.dimension != end.dimension:
        assert factor_between(start, end) is Unconvertible.OTHER_DIMENSION
        return
    legs = factor_between(start, middle), factor_between(middle, end)
    assert isinstance(legs[0], Fraction)
    assert isinstance(legs[1], Fraction)
    assert factor_between(start, end) == legs[0] * legs[1]


@pytest.mark.parametrize(
    ("unit", "to", "why"),
    [
        ("KGM", "MTR", Unconvertible.OTHER_DIMENSION),
        ("CEL", "KEL", Unconvertible.NO_FACTOR),
        ("FAH", "CEL", Unconvertible.NO_FACTOR),
        ("XBX", "C62", Unconvertible.NO_FACTOR),
        ("MON", "DAY", Unconvertible.NO_FACTOR),
        ("DD", "C81", Unconvertible.NO_FACTOR),
        ("NU", "JOU", Unconvertible.OTHER_DIMENSION),
        ("FOT", "CMT", Unconvertible.NO_WHOLE_MULTIPLE),
    ],
)
def test_what_does_not_convert_is_refused(unit: str, to: str, why: Unconvertible) -> None:
    assert convert(Decimal(1), MEASURES[unit], MEASURES[to], increment=Decimal(1)) is why


def test_the_items_own_factors_come_first() -> None:
    """A dozen of this baker has thirteen; his box holds eight of them."""
    own = {"C62": Fraction(1), "DZN": Fraction(13), "XBX": Fraction(104)}
    piece, dozen, box = MEASURES["C62"], MEASURES["DZN"], MEASURES["XBX"]
    assert convert(Decimal(2), dozen, piece, increment=Decimal(1), alternates=own) == 26
    assert convert(Decimal(3), box, dozen, increment=Decimal(1), alternates=own) == 24
    assert convert(Decimal(1), MEASURES["GRO"], piece, increment=Decimal(1), alternates=own) == 144
    assert convert(Decimal(2), Measure("DZN"), Measure("C62"), increment=Decimal(1), alternates=own) == 26
    assert convert(Decimal(2), Measure("GRO"), Measure("C62"), increment=Decimal(1), alternates=own) is (
        Unconvertible.UNKNOWN
    )


def test_nothing_is_rounded() -> None:
    """A third of a metre is no decimal; a foot of rope that is sold by the half metre is none of it."""
    own = {"MTR": Fraction(1), "XRO": Fraction(100, 3)}
    metre, roll = MEASURES["MTR"], MEASURES["XRO"]
    assert convert(Decimal(1), roll, metre, increment=FINE, alternates=own) is Unconvertible.NO_WHOLE_MULTIPLE
    assert convert(Decimal(3), roll, metre, increment=FINE, alternates=own) == 100
    half = Decimal("0.5")
    assert convert(Decimal(1), MEASURES["FOT"], metre, increment=half) is Unconvertible.NO_WHOLE_MULTIPLE
    assert convert(Decimal(625), MEASURES["FOT"], metre, increment=half) == Decimal("190.5")
    assert convert(Decimal("1e25"), MEASURES["KMT"], MEASURES["MMT"], increment=FINE) == Decimal("1e31")

"""Conversion between units: exact, or refused.

A factor is a fraction, never a rounded number. An item's own factors come first: what a box of it holds is the item's,
whatever a box is elsewhere. Where it has none, two units of one dimension convert by their factors to its SI base unit.
A result that is no whole multiple of the increment is refused, not rounded: half a screw does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from fractions import Fraction
from types import MappingProxyType

from kernel.quantity import in_base_unit

NO_ALTERNATES: Mapping[str, Fraction] = MappingProxyType({})


@dataclass(frozen=True)
class Measure:
    """A unit as far as converting needs it."""

    code: str
    dimension: str | None = None
    """What it measures; None where nobody looked it up: then only an item's own factors convert it."""
    factor: Fraction | None = None
    """How many of the SI base unit of the dimension it is; None for packages, and where there is no fixed factor."""


class Unconvertible(Enum):
    """Why a quantity cannot be given in another unit."""

    UNKNOWN = auto()
    """The unit is not known, nor is it one of the item."""
    OTHER_DIMENSION = auto()
    """A mass is no length: without a factor of the item nothing leads from one to the other."""
    NO_FACTOR = auto()
    """The unit has no fixed factor: it is a package, or counts from a zero of its own, as Celsius does."""
    NO_WHOLE_MULTIPLE = auto()
    """The result is no whole multiple of the increment."""


def convert(
    quantity: Decimal,
    unit: Measure,
    to: Measure,
    *,
    increment: Decimal,
    alternates: Mapping[str, Fraction] = NO_ALTERNATES,
) -> Decimal | Unconvertible:
    """The quantity in another unit, exactly: a whole multiple of `increment`, which is in that unit.

    `alternates` are an item's own factors by unit: how many of its base unit one is. The base unit itself is one of
    them, as 1.
    """
    factor = factor_between(unit, to, alternates)
    if isinstance(factor, Unconvertible):
        return factor
    converted = in_base_unit(quantity, factor, increment)
    return Unconvertible.NO_WHOLE_MULTIPLE if converted is None else converted


def factor_between(
    unit: Measure, to: Measure, alternates: Mapping[str, Fraction] = NO_ALTERNATES
) -> Fraction | Unconvertible:
    """How many `to` one `unit` is."""
    if unit.code == to.code:
        return Fraction(1)
    if unit.code in alternates and to.code in alternates:
        return alternates[unit.code] / alternates[to.code]
    if unit.dimension is None or to.dimension is None:
        return Unconvertible.UNKNOWN
    if unit.dimension != to.dimension:
        return Unconvertible.OTHER_DIMENSION
    if unit.factor is None or to.factor is None:
        return Unconvertible.NO_FACTOR
    return unit.factor / to.factor

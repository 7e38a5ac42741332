"""When an item is another item to those who scan it: the rule of GS1 on changed measurements.

A trade item whose length, width, height or gross weight differs by more than a fifth from what it was when its GTIN was
given needs a new GTIN: shelves, pallets and lorries are planned with the old one. What counts is the difference since
then, not since the last change: five steps of ten per cent are as far as one of fifty.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction

GTIN_CHANGE_MAX = Fraction(1, 5)
"""The largest difference, as a part of the first measurement, with which an item keeps its GTIN."""


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """The measurements of a trade item by which its GTIN stands, in SI base units. What was not measured is None."""

    length: Fraction | None = None
    width: Fraction | None = None
    height: Fraction | None = None
    gross_weight: Fraction | None = None


@dataclass(frozen=True)
class Exceeded:
    """A measurement that differs too much for the item to keep its GTIN."""

    field: str
    change: Fraction
    """The difference as a part of the first measurement; negative where the item became smaller."""


def in_base(amount: Decimal | None, factor: Fraction | None) -> Fraction | None:
    """A measurement in the SI base unit of its dimension: it may have been taken in another unit since."""
    return None if amount is None or factor is None else Fraction(amount) * factor


def needs_new_gtin(given: Measurements, proposed: Measurements) -> tuple[Exceeded, ...]:
    """The measurements for which the item needs a new GTIN; none if it may keep its own.

    `given` is what was measured when the GTIN was given. What was not measured then, or is not proposed, tells nothing.
    """
    return tuple(_exceeded(given, proposed))


def _exceeded(given: Measurements, proposed: Measurements) -> Iterator[Exceeded]:
    for each in fields(Measurements):
        before, after = getattr(given, each.name), getattr(proposed, each.name)
        if before and after is not None:
            change = (after - before) / before
            if abs(change) > GTIN_CHANGE_MAX:
                yield Exceeded(each.name, change)

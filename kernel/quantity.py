"""Quantities: exact decimals in an item's base unit.

An entered quantity is converted by an exact rational factor. A result that is no whole multiple of the item's base
increment is refused, never rounded.
"""

from decimal import Context, Decimal, Inexact
from fractions import Fraction

from kernel.refusal import Refused, invalid

QUANTITY_MAX = Decimal(10) ** 12
"""Above any quantity that a distribution business holds; keeps every product of quantity and price exact."""

_ONE = Decimal(1)
_ROOMY = Context(prec=300)
"""Exact for every quantity that can be entered, whose digits are bounded."""

SCALE_MAX = 6
"""Decimal places of a quantity in the database."""

# The usual context would round what has more than 28 digits, and say nothing.
_EXACT = Context(prec=100, traps=[Inexact])


def check_entered(quantity: Decimal, *path: str | int) -> Refused | None:
    """Why an entered quantity cannot be meant: not a number, not positive, or absurdly large."""
    if not quantity.is_finite():
        return invalid("The quantity must be a number.", *path)
    if quantity <= 0:
        return invalid("The quantity must be greater than zero.", *path)
    if quantity > QUANTITY_MAX:
        return invalid(f"The quantity must be at most {QUANTITY_MAX:f}.", *path)
    return None


def check_counted(quantity: Decimal, increment: Decimal, *path: str | int) -> Refused | None:
    """Why a quantity in the base unit cannot be meant: absurd, or no whole multiple of the item's increment."""
    if absurd := check_entered(quantity, *path):
        return absurd
    if in_base_unit(quantity, Fraction(1), increment) is not None:
        return None
    step = f"{increment.normalize():f}"
    return invalid(f"{quantity} is no whole multiple of the item's increment, {step}.", *path, increment=increment)


def in_base_unit(quantity: Decimal, factor: Fraction, increment: Decimal) -> Decimal | None:
    """The quantity in the base unit, exactly; None when it is no whole multiple of `increment`."""
    if factor == 1:
        return _whole_multiple(quantity, increment)
    exact = Fraction(quantity) * factor
    if (exact / Fraction(increment)).denominator != 1:
        return None
    return _EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _whole_multiple(quantity: Decimal, increment: Decimal) -> Decimal | None:
    """The same in the shortest notation, as division gives it; None when it is no whole multiple of `increment`."""
    if _ROOMY.remainder(quantity, increment):
        return None
    return quantity.quantize(_ONE) if quantity == quantity.to_integral_value() else quantity.normalize()

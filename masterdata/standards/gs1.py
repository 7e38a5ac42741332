"""The keys of GS1: trade items (GTIN), places and parties (GLN), logistic units (SSCC).

All of them end with a check digit: the digits before it, weighted 3 and 1 in turn from the right, complete it to a
multiple of ten. A trade item's number has 8, 12, 13 or 14 digits where it is printed, and is one number all the same:
it is kept with 14, filled with zeros from the left.
"""

from stdnum import ean

from masterdata.standards.form import Reading, Wrong, is_digits, without

_SEPARATORS = " -"
_GTIN_LENGTHS = (8, 12, 13, 14)
GTIN_DIGITS = 14
_PRINTED = ((6, 8), (2, 12), (1, 13))
"""Leading zeros of a number of 14 digits, and the digits that are printed of one with so many."""


def gtin(text: str) -> Reading:
    """A Global Trade Item Number, in 14 digits."""
    example = "a GTIN has 8, 12, 13 or 14 digits, such as 4006381333931"
    digits = _checked(text, _GTIN_LENGTHS, example)
    return digits if isinstance(digits, Wrong) else digits.zfill(GTIN_DIGITS)


def printed_gtin(number: str) -> str:
    """The digits that are printed of a number of 14 digits: leading zeros tell what kind of number it is."""
    assert len(number) == GTIN_DIGITS, f"{number} is not in the form in which it is kept"
    return next((number[-digits:] for zeros, digits in _PRINTED if number.startswith("0" * zeros)), number)


def gln(text: str) -> Reading:
    """A Global Location Number: a party or a place."""
    return _checked(text, (13,), "a GLN has 13 digits, such as 4012345000009")


def sscc(text: str) -> Reading:
    """A Serial Shipping Container Code: one pallet or parcel on its way. The application identifier 00 is left out."""
    digits = without(text, _SEPARATORS).removeprefix("(00)")
    return _checked(digits, (18,), "an SSCC has 18 digits, such as 340123450000000000")


def _checked(text: str, lengths: tuple[int, ...], example: str) -> Reading:
    digits = without(text, _SEPARATORS)
    if not is_digits(digits):
        return Wrong(f"has other characters than digits: {example}")
    if len(digits) not in lengths:
        return Wrong(f"has {len(digits)} digits: {example}")
    if set(digits) == {"0"}:
        return Wrong(f"is nobody's number: {example}")
    expected = ean.calc_check_digit(digits[:-1])
    if digits[-1] != expected:
        return Wrong(f"is mistyped: after {digits[:-1]} its check digit would be {expected}, not {digits[-1]}")
    return digits

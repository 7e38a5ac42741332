"""Money: decimals with their currency beside them, rounded to the currency's minor unit only where value is posted."""

from decimal import ROUND_HALF_UP, Context, Decimal

AMOUNT_MAX = Decimal(10) ** 15

# The usual context refuses to round what has more than 28 digits, as an absurd price times a quantity may have.
_ROOMY = Context(prec=100, rounding=ROUND_HALF_UP)
_MINOR_DIGITS_DEFAULT = 2
_MINOR_DIGITS = {  # ISO 4217, the currencies whose minor unit is not a hundredth
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("UYI", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(4))
"""The minor unit, by how many decimals it has."""


def minor_digits(currency: str) -> int:
    """How many decimals an amount in `currency` has (ISO 4217)."""
    return _MINOR_DIGITS.get(currency, _MINOR_DIGITS_DEFAULT)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` in whole minor units of `currency`, halves away from zero."""
    return amount.quantize(_UNITS[minor_digits(currency)], context=_ROOMY)


def share(amount: Decimal, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """The part of `amount` that belongs to `part` of `whole`; the last part takes what rounding left."""
    if part == whole:
        return amount
    return round_money(amount * part / whole, currency)

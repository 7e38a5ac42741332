"""Object types made of values of one row."""

from api.reads.kinds import DECIMAL, STRING
from api.reads.nodes import Composite, CompositeType

MONEY = CompositeType(
    name="Money",
    description="An amount in a currency.",
    parts={"amount": (DECIMAL, "The amount."), "currency": (STRING, "The currency (ISO 4217).")},
)
QUANTITY = CompositeType(
    name="Quantity",
    description="A quantity in a unit.",
    parts={"value": (DECIMAL, "The quantity."), "unit": (STRING, "The unit (UN/ECE Rec 20).")},
)


def money(amount: str, currency: str = "currency") -> Composite:
    """A sum of money from its two columns."""
    return Composite(type=MONEY, columns={"amount": amount, "currency": currency})

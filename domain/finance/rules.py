"""The decisions of finance, over frozen values: what stock is worth, and how a difference is split.

All amounts are in the entity's currency, rounded to its minor unit where they are posted; the last unit takes the
remainder of the rounding, so that value and quantity reach nothing together.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kernel.money import round_money, share

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Layer:
    """Stock of an item with its value. With moving average an item has one."""

    id: UUID
    item_id: UUID
    quantity: Decimal
    value: Decimal
    currency: str

    def received(self, quantity: Decimal, value: Decimal) -> "Layer":
        """The layer after a receipt."""
        return Layer(self.id, self.item_id, self.quantity + quantity, self.value + value, self.currency)

    def cost_of(self, quantity: Decimal) -> Decimal:
        """What `quantity` of it is worth: its share of the value, all of it for the last unit."""
        return share(self.value, quantity, self.quantity, self.currency)

    def issued(self, quantity: Decimal) -> "Layer":
        """The layer after an issue at its average cost."""
        return Layer(
            self.id, self.item_id, self.quantity - quantity, self.value - self.cost_of(quantity), self.currency
        )

    def revalued(self, difference: Decimal) -> "Layer":
        """The layer after its goods turned out to have cost so much more, or less where negative."""
        return Layer(self.id, self.item_id, self.quantity, self.value + difference, self.currency)


@dataclass(frozen=True)
class OpenItemState:
    """What is still to be cleared of an open item."""

    id: UUID
    line_id: UUID | None
    open_quantity: Decimal
    open_amount: Decimal
    currency: str

    def amount_of(self, quantity: Decimal) -> Decimal:
        """What clearing `quantity` of it clears: its share of the amount, all of it for the last unit."""
        return share(self.open_amount, quantity, self.open_quantity, self.currency)


def part_still_in_stock(difference: Decimal, invoiced: Decimal, in_stock: Decimal, currency: str) -> Decimal:
    """How much of an invoice's price difference belongs to goods that are still there; the rest has been sold."""
    remaining = min(invoiced, in_stock)
    return NOTHING if remaining <= 0 else round_money(difference * remaining / invoiced, currency)

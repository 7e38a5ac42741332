"""The status of a sales order and of its lines, and what may happen to what is short."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class WhenShort(StrEnum):
    """What happens to the part of a line that stock and expected supply do not cover."""

    BACKORDER = "backorder"
    """It waits: a shortage is recorded, and ways out of it are offered."""
    PARTIAL = "partial"
    """It is cut off: only what can leave by the requested date is accepted."""
    REFUSE = "refuse"
    """The whole order is refused."""


LINE_STATUS = lifecycle(
    "sales order line",
    allocated=("backordered", "shipped", "cancelled"),
    backordered=("allocated", "shipped", "cancelled"),
    shipped=(),
    cancelled=(),
    closed=(),
)
"""allocated: all that is left of it is reserved on stock. closed: taken over from an older system, without goods."""

ORDER_STATUS = lifecycle(
    "sales order",
    allocated=("backordered", "partially_shipped", "shipped", "cancelled"),
    backordered=("allocated", "partially_shipped", "shipped", "cancelled"),
    partially_shipped=("shipped",),
    shipped=(),
    cancelled=(),
    closed=(),
)

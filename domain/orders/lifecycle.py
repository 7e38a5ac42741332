"""The status of a sales order and of its lines."""

from kernel.lifecycle import lifecycle

LINE_STATUS = lifecycle(
    "sales order line",
    open=("allocated", "backordered", "shipped", "cancelled", "closed"),
    backordered=("allocated", "shipped", "cancelled", "closed"),
    allocated=("backordered", "shipped", "cancelled", "closed"),
    shipped=("closed",),
    cancelled=(),
    closed=(),
)
ORDER_STATUS = lifecycle(
    "sales order",
    open=("allocated", "backordered", "partially_shipped", "shipped", "cancelled"),
    backordered=("open", "allocated", "partially_shipped", "shipped", "cancelled"),
    allocated=("open", "backordered", "partially_shipped", "shipped", "cancelled"),
    partially_shipped=("shipped", "cancelled"),
    shipped=("closed",),
    cancelled=(),
    closed=(),
)
WHEN_SHORT = ("backorder", "partial", "refuse")
"""What happens to what stock cannot cover: it waits, it is cut off, or the order is refused."""

"""The statuses of a sales order and of its lines, and what may happen to what is short."""

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


class LineStatus(StrEnum):
    """How far a line of a sales order is."""

    ALLOCATED = "allocated"
    """All that is left of it is reserved on stock."""
    BACKORDERED = "backordered"
    """A part of it waits for goods."""
    SHIPPED = "shipped"
    """All of it has left."""
    CANCELLED = "cancelled"
    """Nothing of it will leave."""
    CLOSED = "closed"
    """It was taken over from an older system, as it stood there."""


class OrderStatus(StrEnum):
    """How far a sales order is; derived from its lines."""

    ALLOCATED = "allocated"
    """All that is left of it is reserved on stock."""
    BACKORDERED = "backordered"
    """A part of it waits for goods."""
    PARTIALLY_SHIPPED = "partially_shipped"
    """A part of it has left."""
    SHIPPED = "shipped"
    """All of it has left."""
    CANCELLED = "cancelled"
    """Nothing of it will leave."""
    CLOSED = "closed"
    """It was taken over from an older system, as it stood there."""


LINE_STATUS = lifecycle(
    "sales order line",
    {
        LineStatus.ALLOCATED: (LineStatus.BACKORDERED, LineStatus.SHIPPED, LineStatus.CANCELLED),
        LineStatus.BACKORDERED: (LineStatus.ALLOCATED, LineStatus.SHIPPED, LineStatus.CANCELLED),
        LineStatus.SHIPPED: (),
        LineStatus.CANCELLED: (),
        LineStatus.CLOSED: (),
    },
)
_ON_ITS_WAY = (OrderStatus.PARTIALLY_SHIPPED, OrderStatus.SHIPPED, OrderStatus.CANCELLED)
ORDER_STATUS = lifecycle(
    "sales order",
    {
        OrderStatus.ALLOCATED: (OrderStatus.BACKORDERED, *_ON_ITS_WAY),
        OrderStatus.BACKORDERED: (OrderStatus.ALLOCATED, *_ON_ITS_WAY),
        OrderStatus.PARTIALLY_SHIPPED: (OrderStatus.SHIPPED,),
        OrderStatus.SHIPPED: (),
        OrderStatus.CANCELLED: (),
        OrderStatus.CLOSED: (),
    },
)

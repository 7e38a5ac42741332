"""The statuses of a reservation, and what brings and wants goods."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class ReservationStatus(StrEnum):
    """Whether a promise still stands."""

    ACTIVE = "active"
    """It stands."""
    CONSUMED = "consumed"
    """The goods have come or gone as promised."""
    RELEASED = "released"
    """It was given back."""


class DemandKind(StrEnum):
    """What wants goods."""

    SALES_ORDER_LINE = "sales_order_line"
    """A line of a sales order."""
    TRANSFER_ORDER_LINE = "transfer_order_line"
    """A line of a transfer order, at the site that gives."""


class SupplyKind(StrEnum):
    """What brings goods."""

    PURCHASE_ORDER_LINE = "purchase_order_line"
    """A line of a purchase order."""
    TRANSFER_ORDER_LINE = "transfer_order_line"
    """A line of a transfer order, at the site that takes."""


RESERVATION_STATUS = lifecycle(
    "reservation",
    {
        ReservationStatus.ACTIVE: (ReservationStatus.CONSUMED, ReservationStatus.RELEASED),
        ReservationStatus.CONSUMED: (),
        ReservationStatus.RELEASED: (),
    },
)

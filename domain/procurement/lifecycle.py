"""The statuses of a purchase order."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class PurchaseOrderStatus(StrEnum):
    """How far a purchase order is."""

    ISSUED = "issued"
    """The supplier has it."""
    CONFIRMED = "confirmed"
    """The supplier said when it will deliver what."""
    PARTIALLY_RECEIVED = "partially_received"
    """A part has arrived."""
    RECEIVED = "received"
    """All of it has arrived."""
    CANCELLED = "cancelled"
    """It was called off."""
    CLOSED = "closed"
    """Nothing more is expected of it."""


PURCHASE_ORDER_STATUS = lifecycle(
    "purchase order",
    {
        PurchaseOrderStatus.ISSUED: (
            PurchaseOrderStatus.CONFIRMED,
            PurchaseOrderStatus.PARTIALLY_RECEIVED,
            PurchaseOrderStatus.RECEIVED,
            PurchaseOrderStatus.CANCELLED,
        ),
        PurchaseOrderStatus.CONFIRMED: (
            PurchaseOrderStatus.PARTIALLY_RECEIVED,
            PurchaseOrderStatus.RECEIVED,
            PurchaseOrderStatus.CANCELLED,
        ),
        PurchaseOrderStatus.PARTIALLY_RECEIVED: (PurchaseOrderStatus.RECEIVED,),
        PurchaseOrderStatus.RECEIVED: (PurchaseOrderStatus.CLOSED,),
        PurchaseOrderStatus.CANCELLED: (),
        PurchaseOrderStatus.CLOSED: (),
    },
)
RECEIVABLE = (PurchaseOrderStatus.ISSUED, PurchaseOrderStatus.CONFIRMED, PurchaseOrderStatus.PARTIALLY_RECEIVED)

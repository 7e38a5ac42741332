"""The statuses of a transfer order."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class TransferOrderStatus(StrEnum):
    """How far a transfer order is."""

    PLANNED = "planned"
    """The goods are reserved at the giver."""
    IN_TRANSIT = "in_transit"
    """The goods have left the giver."""
    RECEIVED = "received"
    """The goods have reached the taker."""
    CANCELLED = "cancelled"
    """It was called off."""


TRANSFER_ORDER_STATUS = lifecycle(
    "transfer order",
    {
        TransferOrderStatus.PLANNED: (TransferOrderStatus.IN_TRANSIT, TransferOrderStatus.CANCELLED),
        TransferOrderStatus.IN_TRANSIT: (TransferOrderStatus.RECEIVED,),
        TransferOrderStatus.RECEIVED: (),
        TransferOrderStatus.CANCELLED: (),
    },
)

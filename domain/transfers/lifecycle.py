"""The status of a transfer order."""

from kernel.lifecycle import lifecycle

TRANSFER_ORDER_STATUS = lifecycle(
    "transfer order", planned=("in_transit", "cancelled"), in_transit=("received",), received=(), cancelled=()
)

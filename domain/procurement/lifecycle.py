"""The status of a purchase order."""

from kernel.lifecycle import lifecycle

PURCHASE_ORDER_STATUS = lifecycle(
    "purchase order",
    issued=("confirmed", "partially_received", "received", "cancelled"),
    confirmed=("partially_received", "received", "cancelled"),
    partially_received=("received",),
    received=("closed",),
    cancelled=(),
    closed=(),
)
RECEIVABLE = ("issued", "confirmed", "partially_received")

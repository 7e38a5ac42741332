"""The status of a reservation."""

from kernel.lifecycle import lifecycle

RESERVATION_STATUS = lifecycle("reservation", active=("consumed", "released"), consumed=(), released=())
DEMAND_KINDS = ("sales_order_line", "transfer_order_line")
SUPPLY_KINDS = ("purchase_order_line", "transfer_order_line")

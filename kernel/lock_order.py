"""The one order in which every operation takes its locks, so that no two of them can wait for each other.

An operation fails loudly when a lower rank follows a higher one. Within a rank, rows are taken in key order.
See docs/decisions/lock-order.md.
"""

from dataclasses import dataclass
from enum import IntEnum


class LockRank(IntEnum):
    """What is locked, from first to last. Inserts come after all of them."""

    CHANGE_REQUEST = 10
    MASTER = 20
    SALES_ORDER = 30
    PURCHASE_ORDER = 31
    TRANSFER_ORDER = 32
    SHIPMENT = 33
    SUPPLIER_INVOICE = 34
    SHORTAGE = 35
    SUPPLY = 50
    DEMAND = 51
    RESERVATION = 52
    SITE_BALANCE = 60
    BIN_BALANCE = 61
    VALUATION_LAYER = 70
    OPEN_ITEM = 80
    CLEARED_CASE = 90
    OPENED_CASE = 91


@dataclass
class LockRound:
    """Whether the locks of a round stay (`Operation.lock_round`)."""

    kept: bool = False

    def keep(self) -> None:
        """The search found nothing new: the locks stay until the operation ends."""
        self.kept = True

"""The status of a supplier invoice and the results of a match."""

from enum import StrEnum

from kernel.lifecycle import lifecycle

SUPPLIER_INVOICE_STATUS = lifecycle("supplier invoice", blocked=("posted", "cancelled"), posted=(), cancelled=())


class MatchResult(StrEnum):
    """How an invoice line compares with order and receipt; a variance is one beyond the tolerance."""

    MATCHED = "matched"
    PRICE_VARIANCE = "price_variance"
    QUANTITY_VARIANCE = "quantity_variance"
    PRICE_AND_QUANTITY_VARIANCE = "price_and_quantity_variance"

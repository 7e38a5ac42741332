"""The statuses of a supplier invoice, and the results of a match."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class SupplierInvoiceStatus(StrEnum):
    """Whether a supplier invoice is booked."""

    BLOCKED = "blocked"
    """It differs beyond the tolerance; nothing is posted until a person decides."""
    POSTED = "posted"
    """It is booked and waits to be paid."""
    CANCELLED = "cancelled"
    """It was sent back."""


class MatchResult(StrEnum):
    """How an invoice line compares with its order and receipts."""

    MATCHED = "matched"
    """Quantity and price are within the tolerance."""
    PRICE_VARIANCE = "price_variance"
    """The price is not."""
    QUANTITY_VARIANCE = "quantity_variance"
    """The quantity is not."""
    PRICE_AND_QUANTITY_VARIANCE = "price_and_quantity_variance"
    """Neither is."""


SUPPLIER_INVOICE_STATUS = lifecycle(
    "supplier invoice",
    {
        SupplierInvoiceStatus.BLOCKED: (SupplierInvoiceStatus.POSTED, SupplierInvoiceStatus.CANCELLED),
        SupplierInvoiceStatus.POSTED: (),
        SupplierInvoiceStatus.CANCELLED: (),
    },
)

"""The status of a supplier invoice and the results of a match."""

from kernel.lifecycle import lifecycle

SUPPLIER_INVOICE_STATUS = lifecycle("supplier invoice", blocked=("posted", "cancelled"), posted=(), cancelled=())
MATCH_RESULTS = ("matched", "price_variance", "quantity_variance", "price_and_quantity_variance")

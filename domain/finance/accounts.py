"""The accounts that operations post to, and which of them are kept by open items or layers."""

from enum import StrEnum


class Account(StrEnum):
    """Accounts of the operating ledger; they map to the chart of accounts outside at export."""

    STOCK = "stock"
    """What the stock is worth."""
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    """What was received and is still to be invoiced."""
    PAYABLES = "payables"
    """What suppliers are owed."""
    COST_OF_SALES = "cost_of_sales"
    """What the goods cost that were sold."""
    INVOICE_VARIANCE = "invoice_variance"
    """Differences of invoices for goods that were sold before."""
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    """Counts, damage and loss."""
    OPENING_BALANCE = "opening_balance"
    """The other side of what an entity began with."""


KEYED_ACCOUNTS = (Account.STOCK, Account.GOODS_RECEIVED_NOT_INVOICED, Account.PAYABLES)
"""Control accounts: a row on them names the layer or open item that it changes; sub-ledger and account are one."""

OPEN_ITEM_ACCOUNTS = (Account.GOODS_RECEIVED_NOT_INVOICED, Account.PAYABLES)

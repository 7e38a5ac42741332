"""The accounts that operations post to, and which of them are kept by open items or layers."""

from enum import StrEnum


class Account(StrEnum):
    """Accounts of the operating ledger; they map to the chart of accounts outside at export."""

    STOCK = "stock"
    GOODS_RECEIVED_NOT_INVOICED = "goods_received_not_invoiced"
    PAYABLES = "payables"
    COST_OF_SALES = "cost_of_sales"
    INVOICE_VARIANCE = "invoice_variance"
    INVENTORY_ADJUSTMENT = "inventory_adjustment"
    OPENING_BALANCE = "opening_balance"


KEYED_ACCOUNTS = (Account.STOCK, Account.GOODS_RECEIVED_NOT_INVOICED, Account.PAYABLES)
"""Control accounts: a row on them names the layer or open item that it changes; sub-ledger and account are one."""

OPEN_ITEM_ACCOUNTS = (Account.GOODS_RECEIVED_NOT_INVOICED, Account.PAYABLES)

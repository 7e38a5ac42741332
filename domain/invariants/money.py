"""What must be true of money: control accounts and what keeps them are the same sums."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, or_, union_all

from authz.vocabulary import Resource
from domain.finance.accounts import KEYED_ACCOUNTS, Account
from domain.finance.model import JournalEntry, OpenItem, ValuationLayer
from domain.invariants.statements import Invariant, amounts
from domain.invoicing.lifecycle import SupplierInvoiceStatus
from domain.invoicing.model import SupplierInvoice, SupplierInvoiceLine
from domain.procurement.model import PurchaseOrderLine


def _debited(account: Account) -> CompoundSelect[Any]:
    """Debits less credits of a control account, by the layer or open item behind them."""
    return _balance(account, JournalEntry.amount, -JournalEntry.amount)


def _credited(account: Account) -> CompoundSelect[Any]:
    """Credits less debits of a control account, by the layer or open item behind them."""
    return _balance(account, -JournalEntry.amount, JournalEntry.amount)


def _balance(account: Account, debit: Any, credit: Any) -> CompoundSelect[Any]:
    return union_all(
        amounts(JournalEntry.entity_id, JournalEntry.debit_key, debit).where(JournalEntry.debit_account == account),
        amounts(JournalEntry.entity_id, JournalEntry.credit_key, credit).where(JournalEntry.credit_account == account),
    )


def _open(account: Account) -> Select[Any]:
    return amounts(OpenItem.entity_id, OpenItem.id, OpenItem.open_amount).where(OpenItem.account == account)


def _posted_quantities() -> Select[Any]:
    return (
        amounts(SupplierInvoiceLine.entity_id, SupplierInvoiceLine.purchase_order_line_id, SupplierInvoiceLine.quantity)
        .join(
            SupplierInvoice,
            and_(
                SupplierInvoice.entity_id == SupplierInvoiceLine.entity_id,
                SupplierInvoice.id == SupplierInvoiceLine.invoice_id,
            ),
        )
        .where(SupplierInvoice.status == SupplierInvoiceStatus.POSTED)
    )


def _malformed_entries() -> Select[Any]:
    """One for each row that a CHECK should have refused."""
    return amounts(JournalEntry.entity_id, JournalEntry.id, 1).where(
        or_(
            JournalEntry.amount <= 0,
            and_(JournalEntry.debit_account.in_(KEYED_ACCOUNTS), JournalEntry.debit_key.is_(None)),
            and_(JournalEntry.credit_account.in_(KEYED_ACCOUNTS), JournalEntry.credit_key.is_(None)),
        )
    )


MONEY = (
    Invariant(
        "stock_account_is_its_layers",
        "The stock account says of each valuation layer what the layer is worth.",
        (Resource.JOURNAL,),
        amounts(ValuationLayer.entity_id, ValuationLayer.id, ValuationLayer.value),
        _debited(Account.STOCK),
    ),
    Invariant(
        "goods_received_not_invoiced_is_its_open_items",
        "The account of goods received and not invoiced says of each open item what is still open.",
        (Resource.JOURNAL,),
        _open(Account.GOODS_RECEIVED_NOT_INVOICED),
        _credited(Account.GOODS_RECEIVED_NOT_INVOICED),
    ),
    Invariant(
        "payables_are_their_open_items",
        "The payables account says of each open item what is still open.",
        (Resource.JOURNAL,),
        _open(Account.PAYABLES),
        _credited(Account.PAYABLES),
    ),
    Invariant(
        "invoices_make_up_purchase_order_lines",
        "What was invoiced of a purchase order line is what its posted invoices say.",
        (Resource.PURCHASE_ORDER, Resource.SUPPLIER_INVOICE),
        amounts(PurchaseOrderLine.entity_id, PurchaseOrderLine.id, PurchaseOrderLine.invoiced_quantity),
        _posted_quantities(),
    ),
    Invariant(
        "journal_entries_are_well_formed",
        "Every journal entry has an amount above zero, and the key of each control account that it touches.",
        (Resource.JOURNAL,),
        _malformed_entries(),
    ),
)
"""All invariants of money, in the order in which they are told."""

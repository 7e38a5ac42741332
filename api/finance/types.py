"""Journal, valuation layers and open items."""

from api.reads.composites import money
from api.reads.nodes import Node, ToOne
from authz.vocabulary import Resource
from domain.finance.accounts import Account
from domain.finance.model import JournalEntry, OpenItem, ValuationLayer

_JOURNAL_ENTRY = Node(
    model=JournalEntry,
    name="JournalEntry",
    description="One debit account, one credit account, one amount.",
    columns=("accounting_date", "recorded_at", "debit_account", "credit_account", "document_type"),
    enums={"debit_account": Account, "credit_account": Account},
    composites={
        "amount": money("amount"),
        "transaction_amount": money("transaction_amount", "transaction_currency"),
    },
    one={"entity": ToOne("entity_id", "LegalEntity"), "item": ToOne("item_id", "Item")},
    filters=("entity", "debit_account", "credit_account", "accounting_date"),
    orders=("accounting_date",),
    order=("-accounting_date",),
)
_VALUATION_LAYER = Node(
    model=ValuationLayer,
    name="ValuationLayer",
    description="Stock of an item with its value; unit cost is value by quantity.",
    columns=("quantity", "opened_at"),
    composites={"value": money("value")},
    one={"entity": ToOne("entity_id", "LegalEntity"), "item": ToOne("item_id", "Item")},
    filters=("entity", "item"),
    order=("item_id",),
)
_OPEN_ITEM = Node(
    model=OpenItem,
    name="OpenItem",
    description="An amount of a control account that waits to be cleared: a receipt by its invoice, for example.",
    columns=("account", "document_type", "quantity", "open_quantity", "opened_at"),
    enums={"account": Account},
    composites={"amount": money("amount"), "open_amount": money("open_amount")},
    one={"entity": ToOne("entity_id", "LegalEntity")},
    filters=("entity", "account"),
    order=("-opened_at",),
)

NODES = {Resource.JOURNAL: (_JOURNAL_ENTRY, _VALUATION_LAYER, _OPEN_ITEM)}

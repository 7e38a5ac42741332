"""Supplier invoices and their match."""

from api.reads.composites import money
from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.invoicing.lifecycle import MatchResult, SupplierInvoiceStatus
from domain.invoicing.model import SupplierInvoice, SupplierInvoiceLine

_SUPPLIER_INVOICE = Node(
    model=SupplierInvoice,
    name="SupplierInvoice",
    description="What a supplier asks to be paid.",
    columns=("number", "invoice_date", "status", "recorded_at", "version"),
    enums={"status": SupplierInvoiceStatus},
    composites={"total": money("total")},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "supplier": ToOne("supplier_id", "Supplier"),
        "payable": ToOne("open_item_id", "OpenItem"),
    },
    many={"lines": ToMany("SupplierInvoiceLine", "invoice_id", "Its lines.", order=("line_number",))},
    filters=("number", "status", "recorded_at", "entity", "supplier"),
    orders=("recorded_at",),
    order=("-recorded_at",),
)
_SUPPLIER_INVOICE_LINE = Node(
    model=SupplierInvoiceLine,
    name="SupplierInvoiceLine",
    description="One line of a supplier invoice with the result of its match with order and receipt.",
    columns=(
        "line_number",
        "quantity",
        "unit_price",
        "amount",
        "match_result",
        "price_variance",
        "quantity_variance",
        "explanation",
    ),
    enums={"match_result": MatchResult},
    one={
        "invoice": ToOne("invoice_id", "SupplierInvoice"),
        "purchase_order_line": ToOne("purchase_order_line_id", "PurchaseOrderLine"),
    },
    order=("line_number",),
)

NODES = {Resource.SUPPLIER_INVOICE: (_SUPPLIER_INVOICE, _SUPPLIER_INVOICE_LINE)}

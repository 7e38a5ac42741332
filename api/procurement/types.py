"""Purchase orders and their lines."""

from api.reads.composites import money
from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.procurement.lifecycle import PurchaseOrderStatus
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine

_PURCHASE_ORDER = Node(
    model=PurchaseOrder,
    name="PurchaseOrder",
    description="What an entity ordered from a supplier.",
    columns=("number", "status", "exchange_rate", "ordered_at", "confirmed_at", "version"),
    enums={"status": PurchaseOrderStatus},
    composites={"total": money("total")},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "supplier": ToOne("supplier_id", "Supplier"),
        "site": ToOne("site_id", "Location"),
    },
    many={
        "lines": ToMany("PurchaseOrderLine", "order_id", "Its lines.", order=("line_number",)),
        "receipts": ToMany("Receipt", "purchase_order_id", "What has arrived.", order=("received_at",)),
    },
    keys=("number",),
    filters=("number", "status", "ordered_at", "entity", "supplier", "lines"),
    orders=("ordered_at", "number"),
    order=("-ordered_at",),
)
_PURCHASE_ORDER_LINE = Node(
    model=PurchaseOrderLine,
    name="PurchaseOrderLine",
    description="One item of a purchase order: ordered, confirmed, received, invoiced. Quantities are in base units.",
    columns=(
        "line_number",
        "quantity",
        "unit_price",
        "amount",
        "requested_date",
        "first_confirmed_date",
        "confirmed_date",
        "confirmed_quantity",
        "received_quantity",
        "invoiced_quantity",
    ),
    one={"order": ToOne("order_id", "PurchaseOrder"), "item": ToOne("item_id", "Item")},
    filters=("item",),
    orders=("line_number",),
    order=("line_number",),
)

NODES = {Resource.PURCHASE_ORDER: (_PURCHASE_ORDER, _PURCHASE_ORDER_LINE)}

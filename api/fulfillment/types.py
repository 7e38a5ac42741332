"""Receipts and shipments."""

from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.fulfillment.model import Receipt, ReceiptLine, Shipment, ShipmentLine

_RECEIPT = Node(
    model=Receipt,
    name="Receipt",
    description="Goods that arrived for a purchase order.",
    columns=("number", "received_at", "delivery_note"),
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "purchase_order": ToOne("purchase_order_id", "PurchaseOrder"),
    },
    many={"lines": ToMany("ReceiptLine", "receipt_id", "What arrived.")},
    keys=("number",),
    filters=("number", "entity", "purchase_order"),
    order=("-received_at",),
)
_RECEIPT_LINE = Node(
    model=ReceiptLine,
    name="ReceiptLine",
    description="What arrived of a purchase order line, where it was put, and what it is worth to the entity.",
    columns=("quantity", "value"),
    one={
        "receipt": ToOne("receipt_id", "Receipt"),
        "purchase_order_line": ToOne("purchase_order_line_id", "PurchaseOrderLine"),
        "item": ToOne("item_id", "Item"),
        "location": ToOne("location_id", "Location"),
    },
)
_SHIPMENT = Node(
    model=Shipment,
    name="Shipment",
    description="Goods that left for a sales order.",
    columns=("number", "shipped_at", "tracking_reference"),
    one={"entity": ToOne("entity_id", "LegalEntity"), "sales_order": ToOne("sales_order_id", "SalesOrder")},
    many={"lines": ToMany("ShipmentLine", "shipment_id", "What left.")},
    keys=("number",),
    filters=("number", "entity", "sales_order"),
    order=("-shipped_at",),
)
_SHIPMENT_LINE = Node(
    model=ShipmentLine,
    name="ShipmentLine",
    description="What left of a sales order line, from where, and what it cost the entity.",
    columns=("quantity", "value"),
    one={
        "shipment": ToOne("shipment_id", "Shipment"),
        "sales_order_line": ToOne("sales_order_line_id", "SalesOrderLine"),
        "item": ToOne("item_id", "Item"),
        "location": ToOne("location_id", "Location"),
    },
)

NODES = {Resource.RECEIPT: (_RECEIPT, _RECEIPT_LINE), Resource.SHIPMENT: (_SHIPMENT, _SHIPMENT_LINE)}

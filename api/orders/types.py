"""Sales orders and their lines."""

from api.reads.composites import QUANTITY, money
from api.reads.nodes import Composite, Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.orders.lifecycle import LineStatus, OrderStatus, WhenShort
from domain.orders.model import SalesOrder, SalesOrderLine

_SALES_ORDER = Node(
    model=SalesOrder,
    name="SalesOrder",
    description="What a customer ordered from an entity. Its status is derived from its lines.",
    columns=("number", "status", "when_short", "requested_date", "placed_at", "external_reference", "version"),
    enums={"status": OrderStatus, "when_short": WhenShort},
    composites={"total": money("total")},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "customer": ToOne("customer_id", "Customer"),
        "site": ToOne("site_id", "Location"),
    },
    many={
        "lines": ToMany("SalesOrderLine", "order_id", "Its lines.", order=("line_number",)),
        "shipments": ToMany("Shipment", "sales_order_id", "What has left.", order=("shipped_at",)),
    },
    keys=("number",),
    filters=("number", "status", "placed_at", "entity", "customer", "external_reference", "lines"),
    orders=("placed_at", "number"),
    order=("-placed_at",),
)
_SALES_ORDER_LINE = Node(
    model=SalesOrderLine,
    name="SalesOrderLine",
    description="One item of a sales order: ordered, promised, shipped. Quantities are in base units.",
    columns=(
        "line_number",
        "quantity",
        "shipped_quantity",
        "cancelled_quantity",
        "unit_price",
        "amount",
        "status",
        "requested_date",
        "first_promised_date",
        "last_promised_date",
        "shipped_at",
    ),
    enums={"status": LineStatus},
    composites={
        "entered": Composite(
            type=QUANTITY,
            columns={"value": "entered_quantity", "unit": "entered_unit"},
            description="The quantity as ordered.",
        )
    },
    one={
        "order": ToOne("order_id", "SalesOrder"),
        "item": ToOne("item_id", "Item"),
        "price": ToOne("price_id", "Price"),
    },
    many={
        "demands": ToMany("Demand", "line_id", "What it still wants, with its reservations."),
    },
    filters=("item", "status"),
    orders=("line_number",),
    order=("line_number",),
)

NODES = {Resource.SALES_ORDER: (_SALES_ORDER, _SALES_ORDER_LINE)}

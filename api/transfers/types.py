"""Transfer orders and their lines."""

from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.transfers.lifecycle import TransferOrderStatus
from domain.transfers.model import TransferOrder, TransferOrderLine

_TRANSFER_ORDER = Node(
    model=TransferOrder,
    name="TransferOrder",
    description="Goods to be brought from one site to another.",
    columns=("number", "status", "ship_date", "arrival_date", "created_at", "version"),
    enums={"status": TransferOrderStatus},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "from_site": ToOne("from_site_id", "Location"),
        "to_site": ToOne("to_site_id", "Location"),
    },
    many={"lines": ToMany("TransferOrderLine", "order_id", "Its lines.", order=("line_number",))},
    keys=("number",),
    filters=("number", "status", "created_at", "entity"),
    orders=("created_at", "number"),
    order=("-created_at",),
)
_TRANSFER_ORDER_LINE = Node(
    model=TransferOrderLine,
    name="TransferOrderLine",
    description="One item of a transfer order, in base units.",
    columns=("line_number", "quantity"),
    one={"order": ToOne("order_id", "TransferOrder"), "item": ToOne("item_id", "Item")},
    order=("line_number",),
)

NODES = {Resource.TRANSFER_ORDER: (_TRANSFER_ORDER, _TRANSFER_ORDER_LINE)}

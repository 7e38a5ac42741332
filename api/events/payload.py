"""The facts of an event as clients read them: keys of objects become public ids, which `node` takes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from api.reads.registry import Registry
from api.streams import public_id

_PLACES = ("siteId", "fromSiteId", "toSiteId", "locationId")
_REFERS_TO: Mapping[str, str] = {
    **dict.fromkeys(_PLACES, "Location"),
    "customerId": "Customer",
    "supplierId": "Supplier",
    "itemId": "Item",
    "demandId": "Demand",
    "optionId": "SourcingOption",
    "purchaseOrderId": "PurchaseOrder",
    "purchaseOrderLineId": "PurchaseOrderLine",
    "receiptId": "Receipt",
    "salesOrderLineId": "SalesOrderLine",
    "shipmentId": "Shipment",
    "transferOrderId": "TransferOrder",
}
"""The names that use cases give to the keys of objects, with the objects' types."""


def shown_payload(registry: Registry, payload: Any, entity_id: UUID | None) -> Any:
    """The payload with public ids, however deep they stand."""
    if isinstance(payload, list):
        return [shown_payload(registry, each, entity_id) for each in payload]
    if not isinstance(payload, dict):
        return payload
    return {name: _shown(registry, name, value, entity_id) for name, value in payload.items()}


def _shown(registry: Registry, name: str, value: Any, entity_id: UUID | None) -> Any:
    type_name = _REFERS_TO.get(name)
    if type_name is None or value is None:
        return shown_payload(registry, value, entity_id)
    return public_id(registry, type_name, UUID(value), entity_id)

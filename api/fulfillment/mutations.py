"""What can be done with goods that leave and arrive."""

from api.writes.mutation import mutation_field
from domain.fulfillment.receive import ReceivePurchaseOrder, receive_purchase_order
from domain.fulfillment.ship import ShipSalesOrder, ship_sales_order

MUTATIONS = (
    mutation_field(
        name="receivePurchaseOrder",
        use_case=receive_purchase_order,
        command=ReceivePurchaseOrder,
        objects={"purchaseOrder": "PurchaseOrder", "receipt": "Receipt"},
        description="Receive goods of a purchase order, in part or in full. Who waits for them is served at once.",
    ),
    mutation_field(
        name="shipSalesOrder",
        use_case=ship_sales_order,
        command=ShipSalesOrder,
        objects={"salesOrder": "SalesOrder", "shipment": "Shipment"},
        description="Ship what is reserved for a sales order: it leaves its bins at its cost.",
    ),
)

"""What can be done with sales orders."""

from api.writes.mutation import mutation_field
from domain.orders.cancel import CancelSalesOrder, cancel_sales_order
from domain.orders.place import PlaceSalesOrder, place_sales_order

MUTATIONS = (
    mutation_field(
        name="placeSalesOrder",
        use_case=place_sales_order,
        command=PlaceSalesOrder,
        objects={"salesOrder": "SalesOrder"},
        description="Place a sales order: priced, reserved on stock, pegged to what is coming, and promised by date. "
        "What is short waits with ranked ways out, is cut off, or refuses the order: see whenShort.",
    ),
    mutation_field(
        name="cancelSalesOrder",
        use_case=cancel_sales_order,
        command=CancelSalesOrder,
        objects={"salesOrder": "SalesOrder"},
        description="Cancel a sales order of which nothing has left. What it held serves those who wait.",
    ),
)

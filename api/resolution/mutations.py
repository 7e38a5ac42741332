"""What can be done about a shortage, and about what was ordered to end it."""

from api.writes.mutation import mutation_field
from domain.resolution.accept_option import AcceptSourcingOption, accept_sourcing_option
from domain.resolution.confirm_purchase_order import ConfirmPurchaseOrder, confirm_purchase_order
from domain.resolution.refresh_options import RefreshSourcingOptions, refresh_sourcing_options

MUTATIONS = (
    mutation_field(
        name="acceptSourcingOption",
        use_case=accept_sourcing_option,
        command=AcceptSourcingOption,
        objects={"shortage": "Shortage", "transferOrder": "TransferOrder", "purchaseOrder": "PurchaseOrder"},
        description="Choose a way out of a shortage: the transfer or purchase order is made, and what it brings is "
        "promised to who waits. An option whose facts have changed is refused with the ways out that there are now.",
    ),
    mutation_field(
        name="refreshSourcingOptions",
        use_case=refresh_sourcing_options,
        command=RefreshSourcingOptions,
        objects={"shortage": "Shortage"},
        description="Rank the ways out of a shortage anew, from what is true now. The old options lapse.",
    ),
    mutation_field(
        name="confirmPurchaseOrder",
        use_case=confirm_purchase_order,
        command=ConfirmPurchaseOrder,
        objects={"purchaseOrder": "PurchaseOrder"},
        description="Record what the supplier confirmed: dates and quantities by line. Promises move with it, and who "
        "was promised an earlier day or more gets a case.",
    ),
)

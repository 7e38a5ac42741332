"""What can be done about a shortage."""

from api.writes import mutation_field
from domain.resolution.accept_option import AcceptSourcingOption, accept_sourcing_option

MUTATIONS = (
    mutation_field(
        name="acceptSourcingOption",
        use_case=accept_sourcing_option,
        command=AcceptSourcingOption,
        objects={"shortage": "Shortage", "transferOrder": "TransferOrder", "purchaseOrder": "PurchaseOrder"},
        description="Choose a way out of a shortage: the transfer or purchase order is made, and what it brings is "
        "promised to who waits. An option whose facts have changed is refused with the ways out that there are now.",
    ),
)

"""What can be done with supplier invoices."""

from api.writes.mutation import mutation_field
from domain.invoicing.record import RecordSupplierInvoice, record_supplier_invoice

MUTATIONS = (
    mutation_field(
        name="recordSupplierInvoice",
        use_case=record_supplier_invoice,
        command=RecordSupplierInvoice,
        objects={"supplierInvoice": "SupplierInvoice"},
        description="Record a supplier's invoice: matched with order and receipts, and posted if it is within the "
        "tolerance; blocked with a case for a person if it is not.",
    ),
)

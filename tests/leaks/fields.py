"""Which fields everybody may see of the rows that they see, written by hand like the list of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from authz.fields import FieldRight, Mask, Shown
from tests.leaks.sight import SEES, Held
from tests.oracle.proposed import KEPT_BACK, confided
from tests.oracle.rights import Rights

Roles = frozenset[str]
NOBODY: Roles = frozenset()

ADMINS: Roles = frozenset({"group_admin", "entity_admin", "auditor", "integration_operator", "finance"})
BUYERS: Roles = frozenset({"buyer", "procurement_approver"})
SELLERS: Roles = frozenset({"customer_service", "sales_manager"})
OF_SUPPLIERS: Roles = ADMINS | BUYERS | {"steward_supplier", "supplier_user"}
PAYING: Roles = ADMINS | {"steward_supplier", "steward_finance", "supplier_user"}
OF_CUSTOMERS: Roles = ADMINS | SELLERS | {"steward_customer", "credit_controller", "partner_machine"}
SELLING: Roles = ADMINS | BUYERS | SELLERS | {"planner", "credit_controller", "partner_machine"}
BUYING: Roles = ADMINS | BUYERS | {"planner", "sales_manager", "supplier_user"}
TERMS: Roles = ADMINS | BUYERS | {"planner", "steward_price", "steward_finance"}


@dataclass(frozen=True)
class Field:
    """Who sees a field, and who sees a mask of it that says something. To all others it is empty."""

    seen_by: Roles
    masked_to: Roles = NOBODY
    mask: Mask = Mask.NULL
    is_shared: bool = False
    """Whether its rows belong to the whole group: who sees it in one legal entity sees it."""


_TAKING_ORDERS: Roles = frozenset({"customer_service"})
_COSTS: Roles = ADMINS | BUYERS | {"planner", "sales_manager"}
"""Who is told what goods cost us. Suppliers are told what is on their own orders, and of nothing else."""

_BOUGHT = Field(BUYING, _TAKING_ORDERS, Mask.BUCKET)
_SOLD = Field(SELLING)
_WORTH = Field(_COSTS, _TAKING_ORDERS, Mask.BUCKET)
_INVOICED = Field(ADMINS | {"buyer", "steward_finance"})

RESTRICTED: Mapping[tuple[str, str], Field] = {
    ("Supplier", "contact"): Field(OF_SUPPLIERS, is_shared=True),
    ("Supplier", "phone"): Field(OF_SUPPLIERS, SELLERS | {"planner", "warehouse"}, Mask.LAST4, is_shared=True),
    ("Supplier", "iban"): Field(PAYING, BUYERS, Mask.LAST4, is_shared=True),
    ("Supplier", "bic"): Field(PAYING, is_shared=True),
    ("Customer", "contact"): Field(OF_CUSTOMERS | {"warehouse"}, is_shared=True),
    ("Customer", "phone"): Field(OF_CUSTOMERS, frozenset({"planner", "warehouse"}), Mask.LAST4, is_shared=True),
    ("SupplierPrice", "price"): Field(TERMS, frozenset({"steward_supplier"}), Mask.BUCKET),
    ("SalesOrder", "total"): _SOLD,
    ("SalesOrderLine", "unitPrice"): _SOLD,
    ("SalesOrderLine", "amount"): _SOLD,
    ("PurchaseOrder", "total"): _BOUGHT,
    ("PurchaseOrderLine", "unitPrice"): _BOUGHT,
    ("PurchaseOrderLine", "amount"): _BOUGHT,
    ("Movement", "value"): _WORTH,
    ("ReceiptLine", "value"): _WORTH,
    ("ShipmentLine", "value"): Field(_COSTS | {"credit_controller"}, _TAKING_ORDERS, Mask.BUCKET),
    ("SourcingOption", "landedCost"): _WORTH,
    ("SourcingOption", "score"): _WORTH,
    ("SourcingOption", "scoreTerms"): Field(_COSTS),
    ("ExceptionCase", "severity"): Field(_COSTS | {"credit_controller"}, _TAKING_ORDERS, Mask.BUCKET),
    ("SupplierInvoice", "total"): _INVOICED,
    **{("SupplierInvoiceLine", name): _INVOICED for name in ("unitPrice", "amount", "priceVariance", "explanation")},
}
"""The fields that not everybody sees who sees the row, by type and name in the API."""


def _confided(held: Held) -> set[str]:
    """Which of the values that change requests keep back are shown: what is seen wherever requests are read."""
    reach = frozenset[UUID]().union(*(held[role] for role in held if "ChangeRequest" in SEES[role]))
    return {name for name, field in KEPT_BACK.items() if _sees_everywhere(RESTRICTED[field], held, reach)}


def _sees_everywhere(field: Field, held: Held, reach: frozenset[UUID]) -> bool:
    seen = frozenset[UUID]().union(*(held[role] for role in held if role in field.seen_by))
    return bool(seen) and (field.is_shared or reach <= seen)


def rights_of(held: Held) -> Rights:
    """What somebody with these roles sees of fields. None of the fields is filtered or ordered by."""
    named: dict[tuple[str, str], FieldRight] = {}
    shown_in: dict[str | None, frozenset[UUID]] = {}
    for (type_name, name), field in RESTRICTED.items():
        key = f"{type_name}.{name}"
        seen = frozenset[UUID]().union(*(held[role] for role in held if role in field.seen_by))
        masked = any(role in field.masked_to for role in held)
        shown = (Shown.EVERYWHERE if seen else Shown.NOWHERE) if field.is_shared else Shown.SOMEWHERE
        named[type_name, name] = FieldRight(shown, field.mask if masked else Mask.NULL, parameter=key)
        shown_in[key] = seen
    return Rights(named, shown_in, confided(_confided(held)))

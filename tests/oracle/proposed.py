"""The values that a change request proposes, told in Python: those that everybody sees, and those kept back."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.oracle.rights import Computations
from tests.oracle.rows import Row

KEPT_BACK: Mapping[str, tuple[str, str]] = {
    "supplier.contact": ("Supplier", "contact"),
    "supplier.phone": ("Supplier", "phone"),
    "supplier.iban": ("Supplier", "iban"),
    "supplier.bic": ("Supplier", "bic"),
    "customer.contact": ("Customer", "contact"),
    "customer.phone": ("Customer", "phone"),
    "supplier_price.amount": ("SupplierPrice", "price"),
}
"""The values that not everybody sees who sees their lines, with the fields that they propose."""


def confided(names: Collection[str]) -> Computations:
    """What is shown of them to somebody who sees these."""
    return {("ChangeRequestLine", "restricted_values"): lambda row: _named(row, lambda name: name in names) or None}


def _named(row: Row, chosen: Callable[[str], bool]) -> dict[str, Any]:
    values = row["values"]
    if not isinstance(values, Mapping):
        return {}
    return {name: value for name, value in values.items() if chosen(f"{row['noun']}.{name}")}


PROPOSED: Computations = {
    ("ChangeRequestLine", "values"): lambda row: _named(row, lambda name: name not in KEPT_BACK),
    **confided(()),
}
"""To somebody of whom nothing is said, nothing is confided."""

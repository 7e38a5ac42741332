"""The values of change requests and versions, told in Python: those that everybody sees, and those kept back."""

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

    def is_told(name: str) -> bool:
        return name in names

    return {
        ("ChangeRequestLine", "restricted_values"): lambda row: _named(row, "values", is_told) or None,
        ("MasterVersion", "restricted_values"): lambda row: _named(row, "content", is_told) or None,
        ("ChangeRequestField", "restricted_values"): lambda row: _told(row) if is_told(_full_name(row)) else None,
    }


def _open(name: str) -> bool:
    return name not in KEPT_BACK


def _full_name(row: Row) -> str:
    return f"{row['noun']}.{row['name']}"


def _told(row: Row) -> dict[str, Any] | None:
    return None if _open(_full_name(row)) else {name: row[name] for name in ("base", "proposed", "current")}


def _single(column: str) -> Callable[[Row], Any]:
    return lambda row: row[column] if _open(_full_name(row)) else None


def _named(row: Row, column: str, chosen: Callable[[str], bool]) -> dict[str, Any]:
    values = row[column]
    if not isinstance(values, Mapping):
        return {}
    return {name: value for name, value in values.items() if chosen(f"{row['noun']}.{name}")}


PROPOSED: Computations = {
    ("ChangeRequestLine", "values"): lambda row: _named(row, "values", _open),
    ("MasterVersion", "values"): lambda row: _named(row, "content", _open),
    ("MasterVersion", "valid_from"): lambda row: row["valid_during"].lower,
    ("MasterVersion", "valid_until"): lambda row: row["valid_during"].upper,
    ("MasterVersion", "changed"): lambda row: row["changed"],
    **{("ChangeRequestField", column): _single(column) for column in ("base", "proposed", "current")},
    **confided(()),
}
"""To somebody of whom nothing is said, nothing is confided."""

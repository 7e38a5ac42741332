"""What everybody may see, written by hand: the independent list that the answers are held against.

Nothing here is read from the access policy or from its code. It says for each role which types of objects it sees; a
row is seen by who sees its type in the row's legal entity, and an outsider sees only what names their partner. Whoever
changes the policy says it here again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.reads.nodes import Node
from tests.oracle.rows import Row

Types = frozenset[str]

GOODS: Types = frozenset({"Item", "ItemUnit", "Unit", "Country", "Currency"})
PLACES: Types = frozenset({"Location", "Lane"})
SELLING: Types = frozenset({"PriceList", "Price"})
BUYING: Types = frozenset({"SupplierPrice"})
KEEPING: Types = frozenset({"InventoryPolicy"})
AGREED: Types = frozenset({"InterCompanyAgreement"})
MASTERS: Types = GOODS | PLACES | SELLING | KEEPING | {"LegalEntity", "Supplier", "Customer"}
STOCK: Types = frozenset({"Balance", "BinBalance", "Movement", "Reservation", "Supply", "Demand"})
SALES: Types = frozenset({"SalesOrder", "SalesOrderLine"})
LEAVING: Types = frozenset({"Shipment", "ShipmentLine"})
CASES: Types = frozenset({"ExceptionCase"})
DAILY: Types = (
    STOCK
    | SALES
    | LEAVING
    | CASES
    | {"Shortage", "SourcingOption", "PurchaseOrder", "PurchaseOrderLine", "TransferOrder", "TransferOrderLine"}
    | {"Receipt", "ReceiptLine"}
)
INVOICES: Types = frozenset({"SupplierInvoice", "SupplierInvoiceLine"})
BOOKS: Types = frozenset({"ValuationLayer", "OpenItem", "JournalEntry"})
REQUESTS: Types = frozenset(
    {
        "ChangeRequest",
        "ChangeRequestLine",
        "ChangeRequestField",
        "ApprovalStep",
        "ApprovalDecision",
        "MasterVersion",
    }
)
EVERYTHING: Types = MASTERS | AGREED | BUYING | DAILY | INVOICES | BOOKS | REQUESTS

SEES: Mapping[str, Types] = {
    "group_admin": EVERYTHING,
    "entity_admin": EVERYTHING,
    "steward_item": MASTERS | REQUESTS,
    "steward_supplier": MASTERS | REQUESTS | BUYING,
    "steward_customer": MASTERS | REQUESTS,
    "steward_location": MASTERS | REQUESTS,
    "steward_price": MASTERS | REQUESTS | BUYING,
    "steward_policy": MASTERS | REQUESTS | AGREED,
    "steward_finance": MASTERS | REQUESTS | BUYING | INVOICES | BOOKS | AGREED,
    "buyer": MASTERS | DAILY | BUYING | INVOICES | REQUESTS | AGREED,
    "procurement_approver": MASTERS | DAILY | BUYING,
    "planner": MASTERS | DAILY | BUYING | REQUESTS | AGREED,
    "customer_service": MASTERS | DAILY,
    "sales_manager": MASTERS | DAILY | BOOKS | REQUESTS,
    "credit_controller": GOODS | SELLING | SALES | LEAVING | CASES | BOOKS | REQUESTS | {"LegalEntity", "Customer"},
    "warehouse": (MASTERS | DAILY) - SELLING,
    "finance": MASTERS | DAILY | BUYING | INVOICES | BOOKS | REQUESTS | AGREED,
    "auditor": EVERYTHING,
    "integration_operator": MASTERS | DAILY | BUYING | INVOICES | REQUESTS,
    "supplier_user": frozenset({"LegalEntity", "Supplier", "PurchaseOrder", "PurchaseOrderLine", "Item", "ItemUnit"}),
    "partner_machine": SALES | {"LegalEntity", "Customer", "Item", "ItemUnit"},
    "carrier": frozenset({"LegalEntity"}),
}
"""The types that each role sees, in the legal entities where it is held."""

FOLLOWS: frozenset[str] = frozenset(
    {
        "group_admin", "entity_admin", "buyer", "procurement_approver", "planner", "customer_service", "sales_manager",
        "credit_controller", "warehouse", "finance", "auditor", "integration_operator",
    }
)  # fmt: skip
"""Who may follow the stream of events, as far as they see what the events happened to."""

PROVES: frozenset[str] = frozenset({"group_admin", "entity_admin", "planner", "finance", "auditor"})
"""Who may have the books proved."""

TAKES: frozenset[str] = frozenset({"planner", "buyer"})
"""Who may look at what others offer to their legal entity."""

NAMES_PARTNER: Mapping[str, str] = {
    "Supplier": "id",
    "PurchaseOrder": "supplier_id",
    "PurchaseOrderLine": "supplier_id",
    "Customer": "id",
    "SalesOrder": "customer_id",
    "SalesOrderLine": "customer_id",
}
"""How a row says whose partner it is. Outsiders see legal entities, what is published, and of all else their own."""

PUBLISHED: Mapping[str, str] = {"Item": "is_published", "ItemUnit": "is_published"}
"""How a row says that all partners may see it."""
OF_ITEM: Mapping[str, str] = {"Item": "id", "ItemUnit": "item_id"}
"""How such a row says of which item it is: a supplier sees those that stand on their purchase orders."""

Held = Mapping[str, frozenset[UUID]]
"""Roles, and in which legal entities."""


@dataclass(frozen=True)
class Sight:
    """What somebody sees who has these roles, for a partner or for the group."""

    held: Held
    partner_id: UUID | None
    requests: Mapping[UUID, Row]
    """The change requests by their ids: lines are seen with them."""
    lines: Sequence[Row] = ()
    """The lines of all purchase orders."""

    def __call__(self, node: Node, row: Row) -> bool:
        """Whether they see a row."""
        where = self.where(node.name)
        if node.name == "ChangeRequestLine":
            row = self.requests[row["change_request_id"]]
        if node.name == "LegalEntity":
            return row["id"] in where
        if not where or not self._is_of_partner(node.name, row):
            return False
        if node.name == "InterCompanyAgreement":
            return not where.isdisjoint((row["giver_entity_id"], row["taker_entity_id"]))
        return row.get("entity_id") is None or row["entity_id"] in where

    def where(self, type_name: str) -> frozenset[UUID]:
        """The legal entities in which they see the type."""
        return _entities(self.held, frozenset(role for role, types in SEES.items() if type_name in types))

    def follows(self, subject_type: str, entity_id: UUID | None) -> bool:
        """Whether they are told an event of this type of object and legal entity; None is the whole group."""
        if self.partner_id is not None:
            return False
        scopes = (_entities(self.held, FOLLOWS), self.where(subject_type))
        return all(bool(scope) if entity_id is None else entity_id in scope for scope in scopes)

    def watches(self, entity_id: UUID) -> bool:
        """Whether they are told what happens to the cases of a legal entity."""
        return self.partner_id is None and entity_id in self.where("ExceptionCase")

    @property
    def proves(self) -> frozenset[UUID]:
        """The legal entities whose books they may have proved."""
        return _entities(self.held, PROVES)

    @property
    def compares(self) -> frozenset[UUID]:
        """Those of them of which they are told by how much the valuation of stock is wrong."""
        return self.proves & self.where("ValuationLayer")

    @property
    def takes(self) -> frozenset[UUID]:
        """The legal entities for which they may look at offers."""
        return frozenset() if self.partner_id is not None else _entities(self.held, TAKES)

    def _dealt_in(self, type_name: str) -> frozenset[UUID]:
        return items_of(self.lines, self.partner_id, self.where(type_name))

    def _is_of_partner(self, type_name: str, row: Row) -> bool:
        if self.partner_id is None:
            return True
        if type_name in PUBLISHED:
            return bool(row[PUBLISHED[type_name]]) or row[OF_ITEM[type_name]] in self._dealt_in(type_name)
        return type_name in NAMES_PARTNER and bool(row[NAMES_PARTNER[type_name]] == self.partner_id)


def _entities(held: Held, roles: frozenset[str]) -> frozenset[UUID]:
    nowhere: frozenset[UUID] = frozenset()
    return nowhere.union(*(held[role] for role in held if role in roles))


def items_of(lines: Sequence[Row], partner_id: UUID | None, entities: frozenset[UUID]) -> frozenset[UUID]:
    """The items on the purchase orders of a supplier, in these legal entities."""
    own = (line for line in lines if line["supplier_id"] == partner_id and line["entity_id"] in entities)
    return frozenset(line["item_id"] for line in own)

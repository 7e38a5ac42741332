"""The schema: Query, Mutation and Subscription, assembled from the capability folders."""

from collections.abc import Mapping
from itertools import chain

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.access.diff import QUERIES as DIFF_QUERIES
from api.access.explain import QUERIES as EXPLAIN_QUERIES
from api.cases import types as cases
from api.cases.subscriptions import SUBSCRIPTIONS as CASE_SUBSCRIPTIONS
from api.events.subscriptions import SUBSCRIPTIONS as EVENT_SUBSCRIPTIONS
from api.finance import types as finance
from api.fulfillment import types as fulfillment
from api.fulfillment.mutations import MUTATIONS as FULFILLMENT_MUTATIONS
from api.invariants.queries import ROWS_AT_WORST as PROVED
from api.invariants.queries import inventory_invariants
from api.inventory import types as inventory
from api.invoicing import types as invoicing
from api.invoicing.mutations import MUTATIONS as INVOICING_MUTATIONS
from api.masterdata import types as masterdata
from api.masterdata.mutations import MUTATIONS as MASTERDATA_MUTATIONS
from api.operations.allowance import USUAL, Allowance
from api.operations.disclosure import NOTHING_TOLD, Disclosure
from api.operations.execution import CompiledSchema
from api.orders import types as orders
from api.orders.mutations import MUTATIONS as ORDER_MUTATIONS
from api.procurement import types as procurement
from api.reads.assembly import assemble
from api.reads.fields import connection_field, lookup_field, node_field, nodes_field
from api.reads.graphql_types import GraphQLTypes, make_types
from api.reads.nodes import Node
from api.reads.preparing import COSTS
from api.reads.registry import Registry
from api.resolution.mutations import MUTATIONS as RESOLUTION_MUTATIONS
from api.sourcing import types as sourcing
from api.sourcing.offers import QUERIES as OFFER_QUERIES
from api.transfers import types as transfers
from api.values.scalars import SCALARS, refuse_unstorable_text
from api.viewer import viewer
from api.writes.errors import ERROR_TYPES
from api.writes.mutation import mutation_type
from authz.vocabulary import AUDITED, RESTRICTABLE, Resource

_CAPABILITIES = (
    masterdata,
    inventory,
    orders,
    sourcing,
    procurement,
    transfers,
    fulfillment,
    invoicing,
    finance,
    cases,
)
_NODES: Mapping[Resource, tuple[Node, ...]] = dict(chain.from_iterable(each.NODES.items() for each in _CAPABILITIES))

RESOURCES: Mapping[str, Resource] = {node.name: resource for resource, nodes in _NODES.items() for node in nodes}
"""The resource of the access policy that stands for each type."""

REGISTRY: Registry = assemble(
    chain.from_iterable(_NODES.values()),
    restrictable={name: RESTRICTABLE.get(resource, ()) for name, resource in RESOURCES.items()},
    audited={name: AUDITED.get(resource, ()) for name, resource in RESOURCES.items()},
)

LISTS = {
    "entities": ("LegalEntity", "The legal entities of the group."),
    "locations": ("Location", "Sites, zones, bins and the counterparties of movements."),
    "units": ("Unit", "Units of measure."),
    "countries": ("Country", "Countries, with those that are no more."),
    "currencies": ("Currency", "Currencies, with those that were withdrawn."),
    "items": ("Item", "What the group buys, keeps and sells."),
    "suppliers": ("Supplier", "Who the group buys from."),
    "customers": ("Customer", "Who the group sells to."),
    "price_lists": ("PriceList", "Lists of selling prices."),
    "inter_company_agreements": ("InterCompanyAgreement", "What legal entities agreed on with each other."),
    "balances": ("Balance", "What each site has of each item."),
    "bin_balances": ("BinBalance", "What each bin has of each item."),
    "movements": ("Movement", "Goods that went from one place to another, newest first."),
    "supplies": ("Supply", "Goods that are expected."),
    "demands": ("Demand", "Goods that are wanted."),
    "sales_orders": ("SalesOrder", "Sales orders, newest first."),
    "shortages": ("Shortage", "Demands that nothing covers, with the ways out."),
    "purchase_orders": ("PurchaseOrder", "Purchase orders, newest first."),
    "transfer_orders": ("TransferOrder", "Transfer orders, newest first."),
    "receipts": ("Receipt", "Goods that arrived, newest first."),
    "shipments": ("Shipment", "Goods that left, newest first."),
    "supplier_invoices": ("SupplierInvoice", "Supplier invoices, newest first."),
    "valuation_layers": ("ValuationLayer", "What the stock of each item is worth."),
    "open_items": ("OpenItem", "Amounts that wait to be cleared, newest first."),
    "journal_entries": ("JournalEntry", "The journal, newest first."),
    "exception_cases": ("ExceptionCase", "What needs a person, newest first."),
    "change_requests": ("ChangeRequest", "Requests to change master data, newest first."),
    "master_data_history": ("MasterVersion", "What master data was and is, version by version, newest first."),
}
LOOKUPS = {
    "entity": ("LegalEntity", "A legal entity by its id or code."),
    "item": ("Item", "An item by its id or SKU."),
    "supplier": ("Supplier", "A supplier by its id or code."),
    "customer": ("Customer", "A customer by its id or code."),
    "sales_order": ("SalesOrder", "A sales order by its id or number."),
    "purchase_order": ("PurchaseOrder", "A purchase order by its id or number."),
    "change_request": ("ChangeRequest", "A change request by its id or number."),
}


MUTATIONS = (
    *ORDER_MUTATIONS,
    *RESOLUTION_MUTATIONS,
    *FULFILLMENT_MUTATIONS,
    *INVOICING_MUTATIONS,
    *MASTERDATA_MUTATIONS,
)


def make_schema(disclosure: Disclosure = NOTHING_TOLD, allowance: Allowance = USUAL) -> CompiledSchema:
    """Builds the schema; once per process."""
    refuse_unstorable_text()
    types = make_types(REGISTRY)
    return CompiledSchema(
        registry=REGISTRY,
        query=_query(types),
        mutation=mutation_type(MUTATIONS, types),
        subscription=_subscription(),
        types=[*types.objects.values(), *ERROR_TYPES.values()],
        disclosure=disclosure,
        allowance=allowance,
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def _subscription() -> type:
    fields = {**EVENT_SUBSCRIPTIONS, **CASE_SUBSCRIPTIONS}
    return strawberry.type(type("Subscription", (), fields), description="Everything that can be followed.")


def _query(types: GraphQLTypes) -> type:
    fields = {
        "node": node_field(types),
        "nodes": nodes_field(),
        "viewer": strawberry.field(resolver=viewer, description="Who asks."),
        "inventory_invariants": strawberry.field(
            resolver=inventory_invariants,
            description="Every invariant of the books, proved now against the rows.",
            metadata={COSTS: PROVED},
        ),
        **EXPLAIN_QUERIES,
        **DIFF_QUERIES,
        **OFFER_QUERIES,
        **{name: connection_field(types, node, text) for name, (node, text) in LISTS.items()},
        **{name: lookup_field(types, node, text) for name, (node, text) in LOOKUPS.items()},
    }
    return strawberry.type(type("Query", (), fields), description="Everything that can be read.")

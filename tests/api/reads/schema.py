"""A schema with root fields over every type of the trade."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.operations.allowance import USUAL, Allowance
from api.operations.disclosure import NOTHING_TOLD, Disclosure
from api.operations.execution import CompiledSchema
from api.reads.assembly import FieldNames, assemble
from api.reads.fields import connection_field, lookup_field, node_field, nodes_field
from api.reads.graphql_types import make_types
from api.values.scalars import SCALARS, refuse_unstorable_text
from tests.api.reads.world import NODES


def make_trade_schema(
    disclosure: Disclosure = NOTHING_TOLD,
    allowance: Allowance = USUAL,
    *,
    restrictable: FieldNames | None = None,
    audited: FieldNames | None = None,
) -> CompiledSchema:
    """Builds it. `restrictable` fields may be null, and reveals of `audited` ones are written down."""
    refuse_unstorable_text()
    registry = assemble(NODES, restrictable=restrictable, audited=audited)
    types = make_types(registry)
    roots = {
        "node": node_field(types),
        "nodes": nodes_field(),
        "sales_orders": connection_field(types, "SalesOrder", "Sales orders."),
        "sales_order": lookup_field(types, "SalesOrder", "A sales order."),
        "items": connection_field(types, "Item", "Items."),
        "item": lookup_field(types, "Item", "An item."),
        "legal_entity": lookup_field(types, "LegalEntity", "A legal entity."),
    }
    return CompiledSchema(
        registry=registry,
        allowance=allowance,
        disclosure=disclosure,
        query=strawberry.type(type("Query", (), roots), description="Reads."),
        types=list(types.objects.values()),
        config=StrawberryConfig(scalar_map=SCALARS),
    )

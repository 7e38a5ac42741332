"""A schema with root fields over every type of the trade."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.reads.fields import connection_field, lookup_field, node_field, nodes_field
from api.reads.graphql_types import make_types
from api.reads.registry import assemble
from api.reads.run import FragmentExecutor
from api.scalars import SCALARS, refuse_unstorable_text
from tests.api.reads.world import NODES


def make_trade_schema() -> strawberry.Schema:
    """Builds it."""
    refuse_unstorable_text()
    types = make_types(assemble(NODES))
    roots = {
        "node": node_field(types),
        "nodes": nodes_field(types),
        "sales_orders": connection_field(types, "SalesOrder", "Sales orders."),
        "sales_order": lookup_field(types, "SalesOrder", "A sales order."),
        "items": connection_field(types, "Item", "Items."),
        "item": lookup_field(types, "Item", "An item."),
        "legal_entity": lookup_field(types, "LegalEntity", "A legal entity."),
    }
    return strawberry.Schema(
        query=strawberry.type(type("Query", (), roots), description="Reads."),
        types=list(types.objects.values()),
        execution_context_class=FragmentExecutor,
        config=StrawberryConfig(scalar_map=SCALARS),
    )

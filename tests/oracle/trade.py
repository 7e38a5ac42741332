"""The small trade of tests/api/reads as a house: kinds of columns, filters and orders that the real schema lacks."""

from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine

from api.reads.nodes import Node
from tests.api.reads.world import NODES, EntityScope
from tests.oracle.house import House, Reader
from tests.oracle.rows import Row, Rows

COMPUTATIONS = {
    ("SalesOrder", "label"): lambda row: row["number"] + row["currency"].upper(),
    ("SalesOrder", "doubled"): lambda row: 2 * row["position"],
}


def trade_house(schema: strawberry.Schema, engine: AsyncEngine, rows: Rows) -> House:
    """The trade with readers of one entity, of several, of none, and readers from whom types are hidden."""
    north, south, *others = (row["id"] for row in rows["LegalEntity"])
    readers = (
        _reader("everything", (north, south, *others)),
        _reader("north", (north,)),
        _reader("south", (south,)),
        _reader("no items", (north, south), "Item", "Supplier"),
        _reader("no lines", (south,), "SalesOrderLine"),
        _reader("nothing", ()),
        _without_some_fields((north, south)),
    )
    return House(schema, engine, NODES, rows, COMPUTATIONS, readers)


def _reader(name: str, entities: tuple[UUID, ...], *hidden: str) -> Reader:
    def sees(node: Node, row: Row) -> bool:
        return node.name not in hidden and (not node.entity_owned or row["entity_id"] in entities)

    return Reader(name, EntityScope(entities, frozenset(hidden)), sees)


def _without_some_fields(entities: tuple[UUID, ...]) -> Reader:
    whole = _reader("no carriage", entities)
    hidden = frozenset({("SalesOrder", "carriage"), ("SalesOrderLine", "order"), ("ItemSupplier", "supplier")})
    policy = EntityScope(entities, hidden_fields=hidden)
    return Reader(whole.name, policy, whole.sees, lambda node, name: (node.name, name) not in hidden)

"""The small trade of tests/api/reads as a house: kinds of columns, filters and orders that the real schema lacks."""

from random import Random
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from authz.fields import FieldRight, Shown
from tests.api.reads.world import NODES, EntityScope
from tests.oracle.house import House, Reader
from tests.oracle.rights import SHOWN_IN, Rights, random_rights
from tests.oracle.rows import Row, Rows
from tests.oracle.size import SEED

RESTRICTABLE = {node.name: {*node.columns, *node.computed, *node.composites, *node.one, *node.many} for node in NODES}
"""Everything, so that everything may be null."""
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
        *(_masked(number, (north, south, *others)) for number in range(3)),
        _masked(3, (north,)),
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
    return Reader(whole.name, policy, whole.sees, Rights(dict.fromkeys(hidden, FieldRight(Shown.NOWHERE))))


def _masked(number: int, entities: tuple[UUID, ...]) -> Reader:
    """Somebody with rights of every kind to fields, drawn at random."""
    rng = Random(f"{SEED} masked {number}")
    fields = [(node.name, to_camel_case(name)) for node in NODES for name in RESTRICTABLE[node.name]]
    rights = random_rights(rng, fields, list(entities))
    whole = _reader(f"masked {number}", entities)
    policy = EntityScope(entities, rights=rights.named, shown_in=tuple(rights.shown_in[SHOWN_IN]))
    return Reader(whole.name, policy, whole.sees, rights)

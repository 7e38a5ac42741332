"""The oracle: the same schema answered by graphql-core's own executor with slow resolvers over rows in memory.

It knows the declared nodes and nothing of the planner or the SQL. Cursors are left to the tests of paging.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cmp_to_key
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema, execute_sync, parse
from strawberry.utils.str_converters import to_camel_case

from api.ids import encode_id
from api.reads.nodes import Node
from tests.api.reads.trade import Row, Trade
from tests.api.reads.world import NODES, EntityScope

_NODES = {node.name: node for node in NODES}


@dataclass(frozen=True)
class Plain:
    """Answers queries for one reader."""

    trade: Trade
    policy: EntityScope

    def answer(self, sdl: str, query: str, variables: dict[str, Any]) -> Any:
        """The data of a response."""
        schema: GraphQLSchema = build_schema(sdl)
        result = execute_sync(
            schema,
            parse(query),
            variable_values=variables,
            field_resolver=self._resolve,
            type_resolver=lambda value, _info, _type: value["__node"].name,
        )
        assert result.errors is None, result.errors
        return result.data

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if source is None:
            return self._root(info.field_name, arguments)
        if "__node" not in source:
            return source[info.field_name]
        return self._field(source["__node"], source, info.field_name, arguments)

    def _root(self, name: str, arguments: dict[str, Any]) -> Any:
        if name == "salesOrders":
            return self._connection(_NODES["SalesOrder"], _any_row, ("-placed_at",), arguments)
        if name == "items":
            return self._connection(_NODES["Item"], _any_row, ("sku",), arguments)
        every = (row for node in NODES for row in self._rows(node))
        return next((row for row in every if _id(row) == arguments["id"]), None)

    def _field(self, node: Node, row: Row, name: str, arguments: dict[str, Any]) -> Any:
        if name == "id":
            return _id(row)
        for column in node.columns:
            if to_camel_case(column) == name:
                return _shown(row[column], enum=column in node.enums)
        if name in node.computed:
            return {"label": row["number"] + row["currency"], "doubled": 2 * row["position"]}[name]
        if name in node.composites:
            parts = {part: row[column] for part, column in node.composites[name].columns.items()}
            shown = {part: _shown(value) for part, value in parts.items()}
            return None if None in parts.values() else shown
        if name in node.one:
            return self._one(node, row, name)
        relation = node.many[name]
        target = _NODES[relation.target]
        return self._connection(
            target, lambda there: there[relation.column] == row["id"], relation.order or target.order, arguments
        )

    def _one(self, node: Node, row: Row, name: str) -> Row | None:
        relation = node.one[name]
        rows = self._rows(_NODES[relation.target])
        return next((there for there in rows if there["id"] == row[relation.column]), None)

    def _rows(self, node: Node) -> list[Row]:
        if node.name in self.policy.hidden:
            return []
        tables = {
            "LegalEntity": self.trade.entities,
            "Supplier": self.trade.suppliers,
            "Item": self.trade.items,
            "ItemSupplier": self.trade.item_suppliers,
            "SalesOrder": self.trade.orders,
            "SalesOrderLine": self.trade.lines,
        }
        rows = ({**row, "__node": node} for row in tables[node.name])
        return [row for row in rows if not node.entity_owned or row["entity_id"] in self.policy.entities]

    def _connection(
        self, node: Node, linked: Callable[[Row], bool], order: Iterable[str], arguments: dict[str, Any]
    ) -> dict[str, Any]:
        rows = [row for row in self._rows(node) if linked(row)]
        chosen = [name.rsplit("_", 1) for name in arguments.get("orderBy") or ()]
        names = ["-" * (way == "DESC") + column.lower() for column, way in chosen] or list(order)

        def compare(one: Row, other: Row) -> int:
            return _compare(one, other, names, node)

        listed = sorted(rows, key=cmp_to_key(compare))
        first, last = arguments.get("first"), arguments.get("last")
        size = 50 if first is None else first
        page = listed[:size] if last is None else listed[max(0, len(listed) - last) :]
        return {
            "nodes": page,
            "edges": [{"node": row} for row in page],
            "totalCount": len(listed),
            "pageInfo": {
                "hasNextPage": last is None and len(listed) > size,
                "hasPreviousPage": last is not None and len(listed) > last,
            },
        }


def _any_row(_row: Row) -> bool:
    return True


def _compare(one: Row, other: Row, names: list[str], node: Node) -> int:
    descending = bool(names) and names[0].startswith("-")
    key = ["id", "entity_id"] if node.entity_owned else ["id"]
    for name in [*names, *("-" * descending + column for column in key)]:
        column, sign = name.removeprefix("-"), -1 if name.startswith("-") else 1
        # No value is the greatest.
        left, right = ((row[column] is None, row[column]) for row in (one, other))
        if left != right:
            return sign if left[0] > right[0] or (left[0] == right[0] and left[1] > right[1]) else -sign
    return 0


def _id(row: Row) -> str:
    return encode_id(row["__node"].name, row["id"], row.get("entity_id") if row["__node"].entity_owned else None)


def _shown(value: Any, *, enum: bool = False) -> Any:
    if enum or isinstance(value, Enum):
        return str(value).upper()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        text = value.replace(tzinfo=None).isoformat()
        return (text.rstrip("0") if "." in text else text) + "Z"
    return value.isoformat() if isinstance(value, date) else value

"""Conditions for lists, read off the input types: every field with every operator, against values that are there.

The values are taken from rows of every owner, so that for everybody some of them belong to others.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
)

from api.reads.nodes import Node
from api.values.ids import encode_id
from tests.oracle.conditions import SEARCHED, column_of, filtered
from tests.oracle.house import House
from tests.oracle.plain import shown
from tests.oracle.rows import Row

_LOGIC = frozenset({"and", "or", "not"})


@dataclass(frozen=True)
class Operands:
    """Values of a house, and conditions made of them."""

    house: House

    def ids(self, node: Node) -> Iterator[str]:
        """The public ids of all objects of a type."""
        for row in self.house.rows[node.name]:
            yield encode_id(node.name, row["id"], row["entity_id"] if node.entity_owned else None)

    def ids_of_owners(self, node: Node) -> Iterator[str]:
        """The public ids of one object of each owner, and of the first of all, which has most below it."""
        for row in [*self.house.rows[node.name][:1], *self.of_owners(node)]:
            yield encode_id(node.name, row["id"], row["entity_id"] if node.entity_owned else None)

    def of_owners(self, node: Node) -> list[Row]:
        """One row of each owner."""
        return _of_owners(self.house.rows[node.name])[:8]

    def conditions(self, kind: GraphQLInputType, node: Node) -> Iterator[str]:
        """Conditions, as literals, that have every field of a `where` with every operator.

        Whatever names a value is or-ed: what fits none of them is no answer. Whether there is a value at all, and what
        is not so, fits most rows, and is asked apart; so is each way to look into a relation.
        """
        named = [*self._named(kind, node)]
        yield f"{{or: [{', '.join(named)}]}}"
        absent = [f"{{{name}: {{isNull: {given}}}}}" for name in self._nullable(kind) for given in ("true", "false")]
        yield f"{{and: [{{not: {named[0]}}}, {{or: [{', '.join([*absent, named[-1]])}]}}]}}"
        yield from self._looks(kind, node)

    def _named(self, kind: GraphQLInputType, node: Node) -> Iterator[str]:
        """A condition for every operator that compares with a value, and for every word that is searched."""
        for name, each in _object(kind).fields.items():
            declared = filtered(node).get(name)
            if name == "search":
                yield from (f"{{search: {json.dumps(word)}}}" for word in self._words(node))
            elif name not in _LOGIC and declared not in node.many:
                assert declared is not None, f"{kind}.{name} is not known here"
                for operator in _object(each.type).fields.keys() - {"isNull"}:
                    yield f"{{{name}: {{{operator}: {self._operand(each.type, operator, node, declared)}}}}}"

    def _nullable(self, kind: GraphQLInputType) -> Iterator[str]:
        for name, each in _object(kind).fields.items():
            made = get_named_type(each.type)
            if name not in _LOGIC and isinstance(made, GraphQLInputObjectType) and "isNull" in made.fields:
                yield name

    def _looks(self, kind: GraphQLInputType, node: Node) -> Iterator[str]:
        """Conditions on what is below: some of it, or none, fits."""
        for name, each in _object(kind).fields.items():
            declared = filtered(node).get(name, "")
            if declared in node.many:
                target = self.house.by_name[node.many[declared].target]
                for quantifier, inner in _object(each.type).fields.items():
                    or_ed = ", ".join(self._named(inner.type, target))
                    yield f"{{{name}: {{{quantifier}: {{or: [{or_ed}]}}}}}}"

    def _operand(self, kind: GraphQLInputType, operator: str, node: Node, declared: str) -> str:
        of = _object(kind).fields[operator].type
        values = [_literal(of, each) for each in self.values(node, declared)]
        if is_list_type(get_nullable_type(of)):
            return f"[{', '.join(values)}]"
        return values[len(operator) % len(values)]

    def values(self, node: Node, declared: str) -> Sequence[Any]:
        """A value of each owner, as JSON."""
        column = column_of(node, declared)
        told = _of_owners([row for row in self.house.rows[node.name] if row[column] is not None])
        if declared in node.one:
            target = self.house.by_name[node.one[declared].target]
            return [encode_id(target.name, row[column], _entity(target, row)) for row in told]
        made = [shown(row[column], enum=declared in node.enums) for row in told]
        return made or [_nothing(node.table.c[column].type.python_type)]

    def _words(self, node: Node) -> Iterator[str]:
        rows = _of_owners(self.house.rows[node.name])[:2]
        yield from (row[column][:40] for row in rows for column in SEARCHED[node.name])
        yield "mark"


def _of_owners(rows: Sequence[Row]) -> list[Row]:
    """One row of each owner."""
    return list({_owner(row): row for row in rows}.values())


def _owner(row: Row) -> Any:
    """Whose row it is, as far as it says so itself; every shared row stands for itself."""
    partner = row.get("supplier_id") or row.get("customer_id")
    return (row["entity_id"], partner) if row.get("entity_id") else row["id"]


def _entity(target: Node, row: Row) -> Any:
    return row["entity_id"] if target.entity_owned else None


def _nothing(kind: type) -> str:
    if kind is str:
        return "nothing"
    return "2026-03-02T00:00:00Z" if kind is datetime else "2026-03-02"


def _object(kind: GraphQLInputType) -> GraphQLInputObjectType:
    made = get_nullable_type(kind)
    assert isinstance(made, GraphQLInputObjectType)
    return made


def _literal(kind: GraphQLInputType, value: Any) -> str:
    return str(value) if is_enum_type(get_named_type(kind)) else json.dumps(value)

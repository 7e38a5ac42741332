"""A house to ask: its schema, its nodes, the rows that are there, and the people who read them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, build_schema, is_non_null_type
from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.reads.policy import RowPolicy
from kernel.contexts import RowContext, Signer
from tests.databases import CONTEXT_KEY
from tests.oracle.ordering import Place, key_of
from tests.oracle.rights import Computations, Rights, telling
from tests.oracle.rows import Row, Rows

Sees = Callable[[Node, Row], bool]
"""Whether a reader sees a row."""
_SIGNER = Signer(CONTEXT_KEY)


@dataclass(frozen=True, eq=False)
class Reader:
    """Somebody who asks: to the compiler a policy, to the plain side a rule about rows."""

    name: str
    policy: RowPolicy
    sees: Sees
    rights: Rights = field(default_factory=Rights)
    context: RowContext | None = None
    """What row security lets them see, where it is on."""

    @property
    def carried(self) -> str:
        """The signed context of their connections."""
        return _SIGNER.reading(self.context) if self.context else ""


@dataclass(frozen=True, eq=False)
class House:
    """Everything that can be read, by whom, and from where."""

    schema: strawberry.Schema
    engine: AsyncEngine
    nodes: Sequence[Node]
    rows: Rows
    computations: Computations
    readers: Sequence[Reader]

    @cached_property
    def plain_schema(self) -> GraphQLSchema:
        """The schema as its text tells it, with scalars that read their inputs."""
        return _built(self.schema.as_str())

    @cached_property
    def lenient_schema(self) -> GraphQLSchema:
        """The same, with nothing that may not be null."""
        return _built(self.schema.as_str().replace("!", ""))

    @cached_property
    def _telling(self) -> dict[tuple[str, str], set[str]]:
        return {}

    def telling(self, node: Node, column: str) -> set[str]:
        """The fields from which the value of a column can be told."""
        known = self._telling
        if (node.name, column) not in known:
            known[node.name, column] = telling(node, self.computations, column)
        return known[node.name, column]

    def nullable_fields(self) -> list[tuple[str, str]]:
        """Every field of a node that may be null."""
        return [
            (node.name, name)
            for node in self.nodes
            for name, each in _fields_of(self.plain_schema, node.name).items()
            if not is_non_null_type(each.type)
        ]

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def declared(self) -> Mapping[str, Mapping[str, str]]:
        """For each node the declared names of its fields, by their names in the API."""
        return {node.name: {to_camel_case(name): name for name in _names(node)} for node in self.nodes}

    @cached_property
    def _at(self) -> Mapping[tuple[str, tuple[UUID, ...]], Row]:
        return {
            (node.name, tuple(row[name] for name in key_of(node))): row
            for node in self.nodes
            for row in self.rows[node.name]
        }

    def at(self, place: Place) -> Row:
        """The row at a place, whoever may see it."""
        return self._at[place.node, place.key]


def _built(text: str) -> GraphQLSchema:
    schema = build_schema(text)
    for name, read in _SCALARS.items():
        scalar = schema.type_map.get(name)
        if isinstance(scalar, GraphQLScalarType):
            scalar.coerce_input_value = read
            scalar.coerce_input_literal = _literal(read)
    return schema


def _fields_of(schema: GraphQLSchema, name: str) -> Mapping[str, GraphQLField]:
    made = schema.type_map[name]
    assert isinstance(made, GraphQLObjectType)
    fields: Mapping[str, GraphQLField] = made.fields
    return fields


def _names(node: Node) -> tuple[str, ...]:
    return (*node.columns, *node.computed, *node.composites, *node.one, *node.many)


def _literal(read: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda node: read(node.value)


_SCALARS: Mapping[str, Callable[[Any], Any]] = {
    "Decimal": lambda value: Decimal(str(value)),
    "DateTime": datetime.fromisoformat,
    "Date": date.fromisoformat,
    "UUID": UUID,
    "BigInt": int,
    "Cursor": str,
}

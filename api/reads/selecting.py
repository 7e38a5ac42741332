"""What graphql-core knows of an operation, as the planner asks for it: arguments, and the fields under a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

FieldNodes = Sequence[FieldDetails]
"""The occurrences of one response key in the document, which are merged."""


def syntax_of(nodes: FieldNodes) -> list[FieldNode]:
    """The places of a field in the document, to be told with an error."""
    return [each.node for each in nodes]


@dataclass(frozen=True)
class Selecting:
    """An operation with what graphql-core needs to collect its fields. The variables have a shape, not yet scalars."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    variables: VariableValues
    _conditions: list[int] = field(default_factory=list)

    def count_conditions(self, number: int) -> int:
        """How many conditions all of its `where` have, with these."""
        self._conditions.append(number)
        return sum(self._conditions)

    def object_type(self, name: str) -> GraphQLObjectType:
        """An object type of the schema."""
        found = self.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType), f"{name} is not in the schema"
        return found

    def arguments(self, of: GraphQLObjectType, nodes: FieldNodes) -> dict[str, Any]:
        """The arguments of a field as GraphQL coerces them."""
        node = nodes[0].node
        return get_argument_values(of.fields[node.name.value], node, self.variables)

    def selected(self, of: GraphQLObjectType, nodes: FieldNodes) -> Mapping[str, FieldNodes]:
        """The response keys under merged fields of one object type, each with its own merged fields."""
        collected = collect_subfields(self.schema, self.fragments, self.variables, self.operation, of, list(nodes))
        return collected.grouped_field_set

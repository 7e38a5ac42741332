"""The same query without variables: each is written into the text as a literal, or left out where it was not sent."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    GraphQLSchema,
    NullValueNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    Visitor,
    ast_from_value,
    parse,
    print_ast,
    type_from_ast,
    visit,
)


def with_literals(schema: GraphQLSchema, text: str, variables: Mapping[str, Any]) -> str:
    """The text of the query with all values inside."""
    document = parse(text)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    values: dict[str, ValueNode | None] = {}
    for definition in operation.variable_definitions or ():
        kind, name = type_from_ast(schema, definition.type), definition.variable.name.value
        values[name] = _written(variables[name], kind) if name in variables else definition.default_value
    return print_ast(visit(document, _Writing(values)))


def _written(value: Any, kind: Any) -> ValueNode:
    made = ast_from_value(value, kind)
    return made or NullValueNode()


class _Writing(Visitor):
    def __init__(self, values: Mapping[str, ValueNode | None]) -> None:
        super().__init__()
        self._values = values

    def enter_variable_definition(self, *_: Any) -> Any:
        return REMOVE

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return REMOVE if self._is_absent(node.value) else None

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> Any:
        return REMOVE if self._is_absent(node.value) else None

    def enter_variable(self, node: VariableNode, *_: Any) -> Any:
        return self._values[node.name.value]

    def _is_absent(self, value: ValueNode) -> bool:
        return isinstance(value, VariableNode) and self._values[value.name.value] is None

"""How both sides of the oracle run graphql-core's executor: over the house's types, by a resolver of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    get_named_type,
)

from api.reads.nodes import Node
from api.values.ids import PublicId, decode_id
from tests.oracle.house import House
from tests.oracle.ordering import Cursors

Resolve = Callable[..., Any]


def executed(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], cursors: Cursors, resolve: Resolve
) -> ExecutionResult:
    """The result of a document. What the resolver makes of an object says of which node it is."""
    result = execute_sync(
        schema,
        document,
        variable_values=dict(variables),
        context_value=cursors,
        field_resolver=resolve,
        type_resolver=lambda found, *_: found.node.name,
    )
    assert isinstance(result, ExecutionResult)
    return result


def list_or_object(house: House, info: GraphQLResolveInfo[Any]) -> tuple[bool, Node]:
    """Whether a root field answers a list, and of which node."""
    made = get_named_type(info.return_type)
    assert isinstance(made, GraphQLObjectType)
    name = made.name.removesuffix("Connection")
    return name != made.name, house.by_name[name]


def node_of(house: House, text: str) -> tuple[Node | None, PublicId]:
    """The node that an id names, if it is one and the id has the form of its ids."""
    decoded = decode_id(text)
    node = house.by_name.get(decoded.type)
    fits = node is not None and node.entity_owned is not (decoded.entity_id is None)
    return (node if fits else None), decoded

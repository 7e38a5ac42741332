"""The GraphQL types of a registry, made for strawberry.

Object types, connections, `where` inputs and orders are generated from the registry, so that nothing is declared twice.
Their fields are never resolved in Python: a compiled root field answers with JSON, which passes through.

A generated class starts empty and gets its fields afterwards, when every type that they refer to exists; strawberry
reads the fields of a definition only when a schema is built.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Annotated, Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case

from api.reads.filters import IN_LIST_MAX, SEARCH_LENGTH_MAX, SEARCH_LENGTH_MIN, operators_of
from api.reads.kinds import CASELESS
from api.reads.nodes import CompositeType
from api.reads.paging import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from api.reads.registry import (
    CompositeField,
    Field,
    FilterField,
    IdField,
    ManyField,
    ObjectType,
    OneField,
    Registry,
    ValueField,
)
from api.values.enums import graphql_enum
from api.values.scalars import Cursor

Arguments = Mapping[str, tuple[Any, str]]
"""The arguments of a field: GraphQL name to annotation and description. All are optional."""


@strawberry.interface(name="Node", description="An object that can be fetched again by its id.")
class NodeInterface:
    """Relay's interface."""

    id: strawberry.ID = strawberry.field(description="The public id.")


@strawberry.type(name="PageInfo", description="Where a page stands in its list.")
class PageInfoType:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on after the page.")
    has_previous_page: bool = strawberry.field(description="Whether the list has something before the page.")
    start_cursor: Cursor | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: Cursor | None = strawberry.field(description="The cursor of the last edge.")


@dataclass(frozen=True, eq=False)
class GraphQLTypes:
    """The generated classes, by the name of their node. Hand `objects` to the schema as its `types`."""

    registry: Registry
    objects: dict[str, type] = field(default_factory=dict)
    connections: dict[str, type] = field(default_factory=dict)
    wheres: dict[str, type] = field(default_factory=dict)
    orders: dict[str, type[Enum]] = field(default_factory=dict)
    composites: dict[CompositeType, type] = field(default_factory=dict)
    filters: dict[str, type] = field(default_factory=dict)

    def list_arguments(self, of: ObjectType) -> Arguments:
        """What a connection field takes."""
        arguments: dict[str, tuple[Any, str]] = {
            "first": (int, f"How many from the start: {PAGE_SIZE_DEFAULT} unless said, {PAGE_SIZE_MAX} at most."),
            "after": (Cursor, "Only what stands behind this cursor."),
            "last": (int, f"How many from the end, {PAGE_SIZE_MAX} at most; not together with first."),
            "before": (Cursor, "Only what stands before this cursor."),
        }
        if of.name in self.wheres:
            arguments["where"] = (self.wheres[of.name], "Which rows the list has.")
        if of.name in self.orders:
            arguments["orderBy"] = (list_of(self.orders[of.name]), "The order, most important first.")
        return arguments


def make_types(registry: Registry) -> GraphQLTypes:
    """Generates every class of a registry."""
    types = GraphQLTypes(registry)
    for of in registry.types.values():
        types.objects[of.name] = _new_type(of.name, of.node.description, NodeInterface)
        types.connections[of.name] = _connection(of, types.objects[of.name])
        if of.filters:
            types.wheres[of.name] = _where(of, types)
        if of.node.orders:
            types.orders[of.name] = _order_by(of)
    for of in registry.types.values():
        for name, related in of.related.items():
            condition = _list_filter(related.target, types)
            _add_input_field(types.wheres[of.name], name, condition, related.description)
        for name, each in of.fields.items():
            _add_object_field(types, of, name, each)
    return types


def _new_type(name: str, description: str, *bases: type) -> type:
    return strawberry.type(type(name, bases, {"__annotations__": {}}), name=name, description=description)


def _connection(of: ObjectType, node: type) -> type:
    edge = _new_type(f"{of.name}Edge", f"One {of.name} of a page.")
    add_field(edge, "cursor", Cursor, "The place in the list, for after and before.")
    add_field(edge, "node", node, f"The {of.name}.")
    connection = _new_type(f"{of.name}Connection", f"A page of {of.name} objects.")
    add_field(connection, "edges", list_of(edge), "The page with a cursor for each object.")
    add_field(connection, "nodes", list_of(node), "The page's objects.")
    add_field(connection, "pageInfo", PageInfoType, "Where the page stands in the list.")
    add_field(connection, "totalCount", int, "How many objects the whole list has; counted only when selected.")
    return connection


def _where(of: ObjectType, types: GraphQLTypes) -> type:
    where = _new_input(f"{of.name}Where", f"Conditions on {of.name} objects; those beside each other hold together.")
    _add_input_field(where, "and", list_of(where), "All of these hold.")
    _add_input_field(where, "or", list_of(where), "At least one of these holds.")
    _add_input_field(where, "not", where, "These do not hold together.")
    for name, each in of.filters.items():
        _add_input_field(where, name, _filter(each, types), of.fields[name].description)
    if of.node.search:
        _add_input_field(where, "search", str, _SEARCH)
    return where


def _list_filter(target: ObjectType, types: GraphQLTypes) -> type:
    name = f"{target.name}ListFilter"
    if name not in types.filters:
        made = _new_input(name, f"Conditions on a list of {target.name} objects.")
        where = types.wheres[target.name]
        _add_input_field(made, "some", where, "These hold for at least one of them.")
        _add_input_field(made, "none", where, "These hold for none of them.")
        types.filters[name] = made
    return types.filters[name]


def _filter(of: FilterField, types: GraphQLTypes) -> type:
    annotation = strawberry.ID if of.target else of.kind.annotation
    name = "IDFilter" if of.target else f"{of.kind.name}Filter"
    if name not in types.filters:
        made = _new_input(name, _on_what(of))
        described = _OPERATORS | (_CASELESS if of.kind is CASELESS else {})
        for operator in operators_of(of):
            operand = {"in": list_of(annotation), "isNull": bool}.get(operator, shown(annotation))
            _add_input_field(made, operator, operand, described[operator])
        types.filters[name] = made
    return types.filters[name]


def _on_what(of: FilterField) -> str:
    if of.kind is CASELESS:
        return "Conditions on a text in which capitals do not matter."
    return f"Conditions on {'an id' if of.target else f'a value of type {of.kind.name}'}."


_SEARCH = (
    f"One of its codes and names contains this, capitals or not: {SEARCH_LENGTH_MIN} to {SEARCH_LENGTH_MAX} characters."
)
_OPERATORS = {
    "eq": "Equal to this.",
    "in": f"Equal to one of these, {IN_LIST_MAX} at most.",
    "gt": "Greater than this.",
    "gte": "Greater than this or equal.",
    "lt": "Less than this.",
    "lte": "Less than this or equal.",
    "startsWith": "Begins with this text; capitals matter.",
    "isNull": "Whether there is no value.",
}
_CASELESS = {"eq": "Equal to this, capitals or not.", "startsWith": "Begins with this text, capitals or not."}


def _order_by(of: ObjectType) -> type[Enum]:
    members = {}
    for column in of.node.orders:
        name = to_camel_case(column) + (" without regard to capitals" if column in of.node.folded else "")
        members[f"{column.upper()}_ASC"] = strawberry.enum_value(column, description=f"By {name}, ascending.")
        members[f"{column.upper()}_DESC"] = strawberry.enum_value(f"-{column}", description=f"By {name}, descending.")
    made = Enum(f"{of.name}OrderBy", members)  # type: ignore[misc]
    return strawberry.enum(made, description=f"Orders of {of.name} lists. No value counts as the greatest.")


def _add_object_field(types: GraphQLTypes, of: ObjectType, name: str, each: Field) -> None:
    owner = types.objects[of.name]
    masked = name in of.restrictable
    may_be_null = masked or (isinstance(each, ValueField | CompositeField) and each.nullable)
    match each:
        case IdField():
            return  # it comes from the interface
        case ValueField():
            annotation = shown(each.kind.annotation)
            add_field(owner, name, annotation | None if may_be_null else annotation, each.description)
        case CompositeField():
            composite = _composite(each.type, types)
            add_field(owner, name, composite | None if may_be_null else composite, each.description)
        case OneField():
            add_field(owner, name, types.objects[each.target.name] | None, each.description)
        case ManyField():
            arguments = types.list_arguments(each.target)
            connection = types.connections[each.target.name]
            add_field(owner, name, connection | None if masked else connection, each.description, arguments)


def shown(annotation: Any) -> Any:
    """An annotation as strawberry takes it: an enum of the domain becomes one of the API."""
    is_enum = isinstance(annotation, type) and issubclass(annotation, StrEnum)
    return graphql_enum(annotation) if is_enum else annotation


def list_of(annotation: Any) -> Any:
    """`list[annotation]`, of a class that exists only at run time."""
    return list.__class_getitem__(annotation)


def _composite(of: CompositeType, types: GraphQLTypes) -> type:
    if of not in types.composites:
        made = _new_type(of.name, of.description)
        for name, (kind, description) in of.parts.items():
            add_field(made, name, kind.annotation, description)
        types.composites[of] = made
    return types.composites[of]


def add_field(owner: type, name: str, annotation: Any, description: str, arguments: Arguments | None = None) -> None:
    """Adds a field that only compiled reads answer."""
    assert description, f"{owner.__name__}.{name} needs a description"
    declared = StrawberryField(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation),
        origin=owner,
        description=description,
    )
    if arguments:
        declared = declared(_unresolved(arguments))
    _definition(owner).fields.append(declared)


def _unresolved(arguments: Arguments) -> Any:
    def resolve(**_given: object) -> None:
        raise AssertionError("fields of derived types are compiled, never resolved")

    return with_arguments(resolve, arguments)


def with_arguments(resolve: Any, arguments: Arguments, *, required: tuple[str, ...] = ()) -> Any:
    """Gives a resolver `(info, **given)` a signature, from which strawberry reads the arguments."""
    keeps_info = "info" in inspect.signature(resolve).parameters
    info = [inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info)]
    declared = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=_argument(name, annotation if name in required else annotation | None, description),
            default=inspect.Parameter.empty if name in required else strawberry.UNSET,
        )
        for name, (annotation, description) in arguments.items()
    ]
    resolve.__signature__ = inspect.Signature([*(info if keeps_info else []), *declared])
    return resolve


def _argument(name: str, annotation: Any, description: str) -> Any:
    return Annotated[annotation, strawberry.argument(name=name, description=description)]


def _new_input(name: str, description: str) -> type:
    made = strawberry.input(type(name, (), {"__annotations__": {}}), name=name, description=description)
    # The planner reads the input as GraphQL coerced it; no instance is ever made.
    _definition(made).from_input = lambda _cls, value, _context: value
    return made


def _add_input_field(owner: type, name: str, annotation: Any, description: str) -> None:
    declared = StrawberryField(
        python_name=name,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation | None),
        origin=owner,
        description=description,
        default=strawberry.UNSET,
    )
    _definition(owner).fields.append(declared)


def _definition(owner: type) -> StrawberryObjectDefinition:
    definition = owner.__strawberry_definition__  # type: ignore[attr-defined]
    assert isinstance(definition, StrawberryObjectDefinition)
    return definition

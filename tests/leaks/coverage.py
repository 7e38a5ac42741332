"""What of a schema documents have exercised: fields, arguments, input fields, and the members of orders."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    ArgumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)


def exercised(schema: GraphQLSchema, texts: Iterable[str]) -> frozenset[str]:
    """The coordinates that stand in the documents. Values in variables are not looked at: there are only ids."""
    seen = _Seen(schema)
    for text in dict.fromkeys(texts):
        visit(parse(text), TypeInfoVisitor(seen.types, seen))
    return frozenset(seen.coordinates)


def offered(schema: GraphQLSchema) -> frozenset[str]:
    """All coordinates of a schema that can stand in a document."""
    return frozenset(_offered(schema))


def _offered(schema: GraphQLSchema) -> Iterator[str]:
    for name, made in schema.type_map.items():
        match made:
            case _ if name.startswith("__"):
                continue
            case GraphQLObjectType():
                for field, each in made.fields.items():
                    yield f"{name}.{field}"
                    yield from (f"{name}.{field}({argument}:)" for argument in each.args)
            case GraphQLInputObjectType():
                yield from (f"{name}.{field}" for field in made.fields)
            case GraphQLEnumType() if name.endswith("OrderBy"):
                yield from (f"{name}.{value}" for value in made.values)


class _Seen(Visitor):
    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.schema = schema
        self.types = TypeInfo(schema)
        self.coordinates: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.coordinates.update(f"{owner}.{node.name.value}" for owner in self._owners())

    def enter_argument(self, node: ArgumentNode, _key: Any, _parent: Any, _path: Any, ancestors: Any) -> None:
        field = next(each for each in reversed(ancestors) if isinstance(each, FieldNode))
        # The type around an argument is still that of its field's owner.
        parent = self.types.get_parent_type()
        assert parent is not None
        self.coordinates.add(f"{parent.name}.{field.name.value}({node.name.value}:)")

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        owner = get_named_type(self.types.get_parent_input_type())
        assert owner is not None
        self.coordinates.add(f"{owner.name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        made = get_named_type(self.types.get_input_type())
        assert made is not None
        self.coordinates.add(f"{made.name}.{node.value}")

    def _owners(self) -> Iterator[str]:
        """The type around a field; for an interface all that implement it."""
        parent = self.types.get_parent_type()
        if isinstance(parent, GraphQLInterfaceType):
            yield from (each.name for each in self.schema.get_possible_types(parent))
        elif parent is not None:
            yield parent.name

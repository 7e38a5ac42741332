"""The random documents leave out nothing that a client may write."""

from collections.abc import Iterator
from random import Random
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from tests.oracle.documents import NOT_COMPILED, random_document
from tests.oracle.house import House
from tests.oracle.inputs import Fields, Inputs, Listed, Tree
from tests.oracle.known import Known

DOCUMENTS = 120
DRAWS = 150


class Features(Visitor):
    """What a document has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: Any, *_: Any) -> None:
        self.found.add("alias" if node.alias else "no alias")

    def enter_argument(self, node: Any, *_: Any) -> None:
        self.found.add(f"{node.name.value} as {node.value.kind}")

    def enter_object_field(self, node: Any, *_: Any) -> None:
        self.found.add(f"{node.value.kind} in an object")

    def enter_list_value(self, node: Any, *_: Any) -> None:
        self.found.update(f"{each.kind} in a list" for each in node.values)
        self.found.add("a list" if node.values else "an empty list")

    def enter_directive(self, node: Any, *_: Any) -> None:
        self.found.update(f"{node.name.value} {each.value.kind}" for each in node.arguments)

    def enter_fragment_definition(self, node: Any, *_: Any) -> None:
        self.found.add(f"fragment on {'the interface' if node.type_condition.name.value == 'Node' else 'a type'}")

    def enter_inline_fragment(self, node: Any, *_: Any) -> None:
        condition = node.type_condition.name.value if node.type_condition else "nothing"
        self.found.add("inline on the interface" if condition == "Node" else "inline on a type")
        self.found.add("inline without a type" if condition == "nothing" else "inline with a type")

    def enter_variable_definition(self, node: Any, *_: Any) -> None:
        self.found.add("default value" if node.default_value else "no default value")


EXPECTED = {
    "alias", "no alias", "default value", "fragment on the interface", "fragment on a type", "inline on the interface",
    "inline without a type", "inline with a type", "include boolean_value", "include variable", "skip boolean_value",
    "skip variable", "first as int_value", "first as variable", "first as null_value", "last as int_value",
    "last as variable", "after as variable", "before as variable", "orderBy as enum_value", "orderBy as list_value",
    "orderBy as variable", "where as object_value", "where as variable", "id as variable", "id as string_value",
    "ids as variable", "ids as list_value", "variable in an object", "variable in a list", "object_value in a list",
    "string_value in a list", "an empty list",
}  # fmt: skip


def test_everything_that_a_client_may_write_is_written_sooner_or_later(house: House) -> None:
    known, rng = Known(house), Random("what is written")
    found: set[str] = set()
    for _ in range(DOCUMENTS):
        features = Features()
        visit(parse(random_document(known, rng).text), features)
        found |= features.found
    assert EXPECTED - found == set()


def test_every_root_field_can_be_asked(house: House) -> None:
    query = house.plain_schema.query_type
    assert query is not None
    known = Known(house)
    for name in query.fields.keys() - NOT_COMPILED:
        assert name in random_document(known, Random(name), roots=[name]).text


def test_every_condition_of_the_schema_is_drawn(house: House, trade: House) -> None:
    for each in (house, trade):
        inputs, drawn = Inputs(Known(each), Random("conditions")), set[str]()
        for node in each.nodes:
            kind = each.plain_schema.type_map.get(f"{node.name}Where")
            if isinstance(kind, GraphQLInputObjectType):
                for _ in range(DRAWS):
                    drawn.update(_names(inputs.where(kind, node, depth=1)))
        assert drawn == set(_declared(each))


def _names(tree: Tree) -> Iterator[str]:
    """The fields of input objects that a value has."""
    match tree:
        case Fields(kind, fields):
            yield from (f"{get_named_type(kind)}.{name}" for name in fields)
            for field in fields.values():
                yield from _names(field)
        case Listed(_, elements):
            for element in elements:
                yield from _names(element)


def _declared(house: House) -> Iterator[str]:
    """Every field of every input object by which lists are filtered."""
    for kind in house.plain_schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType) and kind.name.endswith(("Where", "Filter")):
            yield from (f"{kind.name}.{name}" for name in kind.fields)

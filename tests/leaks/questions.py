"""The questions of the leak test, read off the schema: whatever it offers is asked, and every persona asks the same.

A question is a document with its variables. Lists, orders, conditions and pages of the root stand side by side in one
document as far as its limits allow; those below objects stand below `nodes`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.values.ids import encode_id
from tests.leaks.operands import Operands
from tests.oracle.house import House
from tests.oracle.rows import Row

ROOT_FIELDS_MAX = 50
IDS_MAX = 100
CHARACTERS_MAX = 9_000
"""An operation may have a thousand conditions; so much text has fewer."""
NOBODY = UUID(int=7)
PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
IDS_ONLY = "{ totalCount nodes { id } }"


@dataclass(frozen=True)
class Question:
    """What is asked."""

    name: str
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """A field that is a list of objects: of the root, or of the objects of a type."""

    owner: GraphQLObjectType
    name: str
    field: GraphQLField

    @property
    def target(self) -> str:
        """The type of its objects."""
        return get_named_type(self.field.type).name.removesuffix("Connection")

    @property
    def variable(self) -> str:
        """A name that no other listing has."""
        return f"{self.owner.name}_{self.name}"


@dataclass(frozen=True)
class Questions:
    """All questions about a house."""

    house: House
    cursors: Mapping[str, str] = field(default_factory=dict)
    """Two places in each list, as somebody else was told them, by the name of the variable for them."""

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that is walked."""
        return self.house.plain_schema

    def all(self) -> Iterator[Question]:
        """Every question."""
        yield from self.objects()
        yield from self.single()
        yield from self.lists()
        yield from self.orders()
        yield from self.conditions()
        yield from self.pages()

    def single(self) -> Iterator[Question]:
        """Objects one by one: by id, and by the keys of the business, of every owner and of nobody."""
        nodes = (
            f"{node.name}_{number}: node(id: {json.dumps(each)}) {{ __typename id }}"
            for node in self.house.nodes
            for number, each in enumerate([*self.operands.ids_of_owners(node), absent_id(node)])
        )
        yield from self._at_root("single", nodes)
        yield from self._at_root("lookups", (member for each in self._lookups() for member in self._found(each)))

    def _lookups(self) -> list[str]:
        return [
            name
            for name, each in self._type("Query").fields.items()
            if get_named_type(each.type).name in self.house.by_name
        ]

    def _found(self, name: str) -> Iterator[str]:
        of = self._type("Query").fields[name]
        node = self.house.by_name[get_named_type(of.type).name]
        rows = [
            *self.operands.of_owners(node),
            {"id": NOBODY, "entity_id": NOBODY, **dict.fromkeys(node.keys, "nothing")},
        ]
        asked = [f"id: {json.dumps(id_of(node, row))}" for row in rows]
        for key in node.keys:
            keys = [f"{to_camel_case(key)}: {json.dumps(row[key])}" for row in rows]
            asked += keys
            if "entityId" in of.args:
                owners = [encode_id("LegalEntity", row["entity_id"]) for row in rows]
                asked += [f"{each}, entityId: {json.dumps(owner)}" for each in keys for owner in dict.fromkeys(owners)]
        yield from (f"{name}_{number}: {name}({arguments}) {{ id }}" for number, arguments in enumerate(asked))

    def objects(self) -> Iterator[Question]:
        """Every object that there is by its id, with all its fields and with what is directly below it."""
        below = " ".join(f"... on {node.name} {self._whole(self._type(node.name))}" for node in self.house.nodes)
        text = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {below} }} }}"
        for number, ids in enumerate(batched(self.ids(), IDS_MAX)):
            yield Question(f"objects {number}", text, {"ids": ids})

    def lists(self) -> Iterator[Question]:
        """Every list of the root: whole, and with the lists of lists."""
        listings = self.root_listings()
        whole = (
            f"{each.name} {{ totalCount nodes {{ id }} edges {{ cursor node {{ id }} }} {PAGE_INFO} }}"
            for each in listings
        )
        yield from self._at_root("lists", whole)
        deep = (f"{each.name} {{ nodes {self._deep(self._type(each.target), 3)} }}" for each in listings)
        yield from self._at_root("lists of lists", deep, at_once=8)

    def orders(self) -> Iterator[Question]:
        """Every list in every order."""
        yield from self._everywhere("orders", self._ordered)

    def conditions(self) -> Iterator[Question]:
        """Every list under every condition."""
        yield from self._everywhere("conditions", self._conditioned)

    def pages(self) -> Iterator[Question]:
        """Every list page by page, from places that somebody else was told."""
        yield from self._everywhere("pages", self._paged, self.cursors)

    def places(self) -> Iterator[Question]:
        """What tells the cursors of every list, each under the name of its variables."""
        for each in self._everywhere("places", lambda _: ["(first: 100)"]):
            yield replace(each, text=each.text.replace(IDS_ONLY, "{ edges { cursor } }"))

    def ids(self) -> list[str]:
        """The ids of all objects."""
        return [each for node in self.house.nodes for each in self.operands.ids(node)]

    @property
    def operands(self) -> Operands:
        """What to compare with."""
        return Operands(self.house)

    def root_listings(self) -> list[Listing]:
        """The lists of the root."""
        return list(_listings(self._type("Query")))

    def listings(self) -> list[Listing]:
        """All lists."""
        return [
            *self.root_listings(),
            *(each for node in self.house.nodes for each in _listings(self._type(node.name))),
        ]

    def _type(self, name: str) -> GraphQLObjectType:
        made = self.schema.type_map[name]
        assert isinstance(made, GraphQLObjectType)
        return made

    def _whole(self, of: GraphQLObjectType) -> str:
        """All fields of a type; of what is below it, the ids."""
        members = (f"{self._alias(of, name)}{self._member(name, each)}" for name, each in of.fields.items())
        return f"{{ {' '.join(members)} }}"

    def _alias(self, of: GraphQLObjectType, name: str) -> str:
        """A name of its own for a field that other types have as well, but of another type."""
        kinds = {
            str(self._type(node.name).fields[name].type)
            for node in self.house.nodes
            if name in self._type(node.name).fields
        }
        return f"{of.name}_{name}: " if len(kinds) > 1 else ""

    def _member(self, name: str, of: GraphQLField) -> str:
        made = get_named_type(of.type)
        if is_leaf_type(made):
            return name
        assert isinstance(made, GraphQLObjectType)
        if made.name.endswith("Connection"):
            return f"{name}(first: 100) {{ totalCount nodes {{ id }} edges {{ cursor node {{ id }} }} {PAGE_INFO} }}"
        if "id" in made.fields:
            return f"{name} {{ id }}"
        return f"{name} {{ {' '.join(made.fields)} }}"

    def _deep(self, of: GraphQLObjectType, depth: int) -> str:
        """The lists below a type, and theirs, with what every object refers to."""
        members = ["id"]
        for name, each in of.fields.items():
            made = get_named_type(each.type)
            if not isinstance(made, GraphQLObjectType):
                continue
            if made.name.endswith("Connection") and depth:
                target = self._type(made.name.removesuffix("Connection"))
                members.append(f"{name} {{ totalCount nodes {self._deep(target, depth - 1)} }}")
            elif "id" in made.fields:
                members.append(f"{name} {{ id }}")
        return f"{{ {' '.join(members)} }}"

    def _ordered(self, each: Listing) -> Iterator[str]:
        if "orderBy" in each.field.args:
            kind = get_named_type(each.field.args["orderBy"].type)
            assert isinstance(kind, GraphQLEnumType)
            yield from (f"(orderBy: [{value}])" for value in kind.values)

    def _conditioned(self, each: Listing) -> Iterator[str]:
        if "where" in each.field.args:
            node = self.house.by_name[each.target]
            yield from (f"(where: {text})" for text in self.operands.conditions(each.field.args["where"].type, node))

    def _paged(self, each: Listing) -> Iterator[str]:
        yield f"(first: 2, after: ${each.variable}_0)"
        yield f"(last: 2, before: ${each.variable}_1)"

    def _everywhere(
        self, name: str, asked: Callable[[Listing], Iterable[str]], variables: Mapping[str, Any] | None = None
    ) -> Iterator[Question]:
        """The lists with these arguments, each under a name of its own: those of the root, and those below objects."""
        given = {**(variables or {}), "ids": self._parents()}
        yield from self._at_root(f"{name} of the root", self._aliased(self.root_listings(), asked), given)
        below = (
            f"... on {node.name} {{ {member} }}"
            for node in self.house.nodes
            for member in self._aliased(_listings(self._type(node.name)), asked)
        )
        for number, some in enumerate(batched(below, ROOT_FIELDS_MAX)):
            yield self._question(f"{name} of objects {number}", f"nodes(ids: $ids) {{ {' '.join(some)} }}", given)

    def _parents(self) -> list[str]:
        """Some objects of every type that has lists: of every owner, as many as may be asked for at once."""
        types = [node for node in self.house.nodes if any(_listings(self._type(node.name)))]
        return [each for node in types for each in self.operands.ids_of_owners(node)][:IDS_MAX]

    def _aliased(self, listings: Iterable[Listing], asked: Callable[[Listing], Iterable[str]]) -> Iterator[str]:
        for each in listings:
            for number, arguments in enumerate(asked(each)):
                yield f"{each.variable}_{number}: {each.name}{arguments} {IDS_ONLY}"

    def _at_root(
        self,
        name: str,
        members: Iterable[str],
        variables: Mapping[str, Any] | None = None,
        *,
        at_once: int = ROOT_FIELDS_MAX,
    ) -> Iterator[Question]:
        for number, some in enumerate(batched(members, at_once)):
            yield self._question(f"{name} {number}", " ".join(some), variables or {})

    def _question(self, name: str, body: str, variables: Mapping[str, Any]) -> Question:
        """A document that declares the variables that it uses."""
        used = {each: value for each, value in variables.items() if f"${each})" in body}
        declared = ", ".join(f"${each}: {'[ID!]!' if each == 'ids' else 'Cursor'}" for each in used)
        return Question(name, f"query {f'({declared}) ' if declared else ''}{{ {body} }}", used)


def id_of(node: Node, row: Row) -> str:
    """The public id of a row."""
    return encode_id(node.name, row["id"], row["entity_id"] if node.entity_owned else None)


def absent_id(node: Node) -> str:
    """An id that no object of the type has."""
    return id_of(node, {"id": NOBODY, "entity_id": NOBODY})


def batched(members: Iterable[str], count_max: int) -> Iterator[list[str]]:
    """The members in lists that are neither too many nor too long for one document."""
    some: list[str] = []
    for member in members:
        if len(some) == count_max or sum(map(len, some)) + len(member) > CHARACTERS_MAX:
            yield some
            some = []
        some.append(member)
    if some:
        yield some


def _listings(of: GraphQLObjectType) -> Iterator[Listing]:
    for name, each in of.fields.items():
        if get_named_type(each.type).name.endswith("Connection"):
            yield Listing(of, name, each)

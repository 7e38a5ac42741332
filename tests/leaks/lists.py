"""Questions about lists: those of the root and those below objects, in every order, under every condition, by pages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLEnumType, GraphQLField, GraphQLObjectType, get_named_type

from tests.leaks.question import IDS_MAX, PAGE_INFO, ROOT_FIELDS_MAX, Kind, Question, batched

IDS_ONLY = "{ totalCount nodes { id } }"


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
class Lists(Kind):
    """Every list that there is."""

    cursors: Mapping[str, str] = field(default_factory=dict)
    """Two places in each list, as somebody else was told them, by the name of the variable for them."""

    def all(self) -> Iterator[Question]:
        """Every question."""
        yield from self.whole()
        yield from self.orders()
        yield from self.conditions()
        yield from self.pages()

    def whole(self) -> Iterator[Question]:
        """Every list of the root: whole, and with the lists of lists."""
        listings = self.root_listings()
        whole = (
            f"{each.name} {{ totalCount nodes {{ id }} edges {{ cursor node {{ id }} }} {PAGE_INFO} }}"
            for each in listings
        )
        yield from self.at_root("lists", whole)
        deep = (f"{each.name} {{ nodes {self._deep(self.type_of(each.target), 3)} }}" for each in listings)
        yield from self.at_root("lists of lists", deep, at_once=8)

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

    def root_listings(self) -> list[Listing]:
        """The lists of the root."""
        return list(_listings(self.type_of("Query")))

    def listings(self) -> list[Listing]:
        """All lists."""
        return [
            *self.root_listings(),
            *(each for node in self.house.nodes for each in _listings(self.type_of(node.name))),
        ]

    def _deep(self, of: GraphQLObjectType, depth: int) -> str:
        """The lists below a type, and theirs, with what every object refers to."""
        members = ["id"]
        for name, each in of.fields.items():
            made = get_named_type(each.type)
            if not isinstance(made, GraphQLObjectType):
                continue
            if made.name.endswith("Connection") and depth:
                target = self.type_of(made.name.removesuffix("Connection"))
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
        yield from self.at_root(f"{name} of the root", self._aliased(self.root_listings(), asked), given)
        below = (
            f"... on {node.name} {{ {member} }}"
            for node in self.house.nodes
            for member in self._aliased(_listings(self.type_of(node.name)), asked)
        )
        for number, some in enumerate(batched(below, ROOT_FIELDS_MAX)):
            yield self.question(f"{name} of objects {number}", f"nodes(ids: $ids) {{ {' '.join(some)} }}", given)

    def _parents(self) -> list[str]:
        """Some objects of every type that has lists: of every owner, as many as may be asked for at once."""
        types = [node for node in self.house.nodes if any(_listings(self.type_of(node.name)))]
        return [each for node in types for each in self.operands.ids_of_owners(node)][:IDS_MAX]

    def _aliased(self, listings: Iterable[Listing], asked: Callable[[Listing], Iterable[str]]) -> Iterator[str]:
        for each in listings:
            for number, arguments in enumerate(asked(each)):
                yield f"{each.variable}_{number}: {each.name}{arguments} {IDS_ONLY}"


def _listings(of: GraphQLObjectType) -> Iterator[Listing]:
    for name, each in of.fields.items():
        if get_named_type(each.type).name.endswith("Connection"):
            yield Listing(of, name, each)

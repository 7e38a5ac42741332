"""Random documents, read off the schema: aliases, fragments of every kind, directives, merged fields, several roots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    parse,
    validate,
)

from api.reads.nodes import Node
from tests.oracle.arguments import Arguments
from tests.oracle.draft import Document, Draft
from tests.oracle.inputs import Inputs
from tests.oracle.known import Known

NOT_COMPILED = frozenset({"viewer", "inventoryInvariants", "accessExplain", "policyDiff", "interCompanyOffers"})
"""Root fields that the read compiler does not answer."""
_ATTEMPTS_MAX = 100
_BUDGET = 45
_DEPTH = 4

Composed = GraphQLObjectType | GraphQLInterfaceType


def random_document(known: Known, rng: Random, *, roots: Sequence[str] = ()) -> Document:
    """A valid document, with these root fields or with any.

    Fields that cannot be merged are found by validation; then another one is written.
    """
    for _ in range(_ATTEMPTS_MAX):
        document = Writer(Draft(known, rng, budget=rng.randint(5, _BUDGET))).document(roots)
        if not validate(known.house.plain_schema, parse(document.text)):
            return document
    raise AssertionError("no document is valid")


@dataclass(frozen=True)
class Writer:
    """Writes one document."""

    draft: Draft

    def document(self, roots: Sequence[str]) -> Document:
        """A document with these root fields, or with any."""
        fields = [self._field(self._query, name, _DEPTH) for name in roots or self._roots()]
        if self.draft.chance(0.1):
            fields.append("__typename")
        if self.draft.chance(0.1):  # what the compiler does not answer: the whole operation takes the executor
            fields.append("__schema { queryType { name } }")
        return self.draft.document(f"{{ {' '.join(fields)} }}")

    def _roots(self) -> Sequence[str]:
        among = [name for name in self._query.fields if name not in NOT_COMPILED] + ["node", "nodes"] * 3
        return self.draft.rng.choices(among, k=self.draft.rng.choice((1, 1, 1, 2, 3)))

    @property
    def _query(self) -> GraphQLObjectType:
        query = self.draft.house.plain_schema.query_type
        assert query is not None
        return query

    @property
    def _arguments(self) -> Arguments:
        return Arguments(self.draft, Inputs(self.draft.known, self.draft.rng))

    def _selection(self, on: Composed, depth: int, *, focus: Sequence[Node] = (), also: str = "") -> str:
        members = [self._member(on, depth, focus) for _ in range(self.draft.rng.choice((1, 2, 2, 3, 4, 6)))]
        members.insert(self.draft.rng.randint(0, len(members)), also)
        return f"{{ {' '.join(filter(None, members))} }}"

    def _member(self, on: Composed, depth: int, focus: Sequence[Node]) -> str:
        if self.draft.chance(0.06):
            return f"{self._alias('__typename')}__typename{self._directives()}"
        if self.draft.chance(0.6 if isinstance(on, GraphQLInterfaceType) else 0.15):
            return self._fragment(on, depth, focus)
        names = list(on.fields)
        if depth <= 0 or self.draft.budget <= 0:
            names = [name for name in names if is_leaf_type(get_named_type(on.fields[name].type))] or ["__typename"]
        name = self.draft.rng.choice(names)
        return name if name == "__typename" else self._field(on, name, depth)

    def _field(self, on: Composed, name: str, depth: int) -> str:
        self.draft.budget -= 1
        field = on.fields[name]
        made = get_named_type(field.type)
        if is_leaf_type(made):
            return f"{self._alias(name, others=list(on.fields))}{name}{self._directives()}"
        assert isinstance(made, Composed)
        focus = self.draft.rng.sample(list(self.draft.house.nodes), 2) if made.name == "Node" else []
        arguments = self._arguments_of(on, name, field, made, focus)
        alias = self._alias(name, share=0.7 if arguments else 0.1)
        also = "pageInfo { startCursor endCursor }" if "after:" in arguments or "before:" in arguments else ""
        head, below = f"{alias}{name}{arguments}", depth - (made.name[-4:] != "Edge" and made.name != "PageInfo")
        written = f"{head}{self._directives()} {self._selection(made, below, focus=focus, also=also)}"
        if self.draft.chance(0.12):  # the same field again, to be merged with itself
            written += f" {head} {self._selection(made, below - 1, focus=focus)}"
        return written

    def _arguments_of(self, on: Composed, name: str, field: GraphQLField, made: Composed, focus: Sequence[Node]) -> str:
        house = self.draft.house
        if made.name == "Node":
            return self._arguments.of_node(field, focus)
        if made.name.endswith("Connection"):
            target = house.by_name[made.name.removesuffix("Connection")]
            return self._arguments.of_list(field, target, self._default_order(on, name, target))
        if on is self._query:
            return self._arguments.of_lookup(field, house.by_name[made.name])
        assert not field.args, f"the plain side does not know the arguments of {on.name}.{name}"
        return ""

    def _default_order(self, on: Composed, name: str, target: Node) -> Iterable[str]:
        if on is self._query:
            return target.order
        owner = self.draft.house.by_name[on.name]
        return owner.many[self.draft.house.declared[owner.name][name]].order or target.order

    def _fragment(self, on: Composed, depth: int, focus: Sequence[Node]) -> str:
        """Inline or named, on the type itself, on the interface, or on another type, to which nothing belongs then."""
        kind = self._type_condition(on, focus)
        known = [index for index, (name, _) in enumerate(self.draft.fragments) if name == kind.name]
        if known and self.draft.chance(0.4):
            return f"...F{self.draft.rng.choice(known)}{self._directives()}"
        body = self._selection(kind, depth - (kind is not on), focus=focus)
        if self.draft.chance(0.4):
            return f"{self.draft.fragment(kind.name, body)}{self._directives()}"
        bare = kind is on and self.draft.chance(0.4)
        return f"...{'' if bare else f' on {kind.name}'}{self._directives()} {body}"

    def _type_condition(self, on: Composed, focus: Sequence[Node]) -> Composed:
        schema = self.draft.house.plain_schema
        interface = schema.type_map.get("Node")
        assert isinstance(interface, GraphQLInterfaceType)
        if on is interface:
            among = focus if focus and self.draft.chance(0.85) else self.draft.house.nodes
            made = schema.type_map[self.draft.rng.choice(among).name]
            assert isinstance(made, GraphQLObjectType)
            return interface if self.draft.chance(0.1) else made
        return interface if interface in on.interfaces and self.draft.chance(0.3) else on

    def _alias(self, name: str, *, share: float = 0.15, others: Sequence[str] = ()) -> str:
        if not self.draft.chance(share):
            return ""
        if others and self.draft.chance(0.2):  # the name of another field
            return f"{self.draft.rng.choice(others)}: "
        return f"{self.draft.rng.choice(('a', '_', 'B2', '__x'))}{self.draft.rng.randint(1, 99)}_{name.strip('_')}: "

    def _directives(self) -> str:
        if not self.draft.chance(0.1):
            return ""
        names = self.draft.rng.choice((["include"], ["skip"], ["include", "skip"], ["skip", "include"]))
        return "".join(f" @{name}(if: {self._flag()})" for name in names)

    def _flag(self) -> str:
        if self.draft.chance(0.6):
            return self.draft.rng.choice(("true", "false"))
        flags = [name for name, kind in self.draft.declared.items() if kind.startswith("Boolean!")]
        if flags and self.draft.chance(0.7):
            return f"${self.draft.rng.choice(flags)}"
        kind = "Boolean! = true" if self.draft.chance(0.2) else "Boolean!"
        return self.draft.variable(kind, lambda run: run.rng.random() < 0.5)

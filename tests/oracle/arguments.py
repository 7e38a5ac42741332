"""Random arguments of root fields and lists: pages of every kind, orders, conditions, ids and business keys."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import GraphQLEnumType, GraphQLField, get_named_type
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.values.ids import encode_id
from tests.oracle.draft import ABSENT, Draft, Run
from tests.oracle.inputs import Inputs, Leaf, Listed, element_of, written
from tests.oracle.ordering import names_of_order, steps_of

LIST_ARGUMENTS = frozenset({"first", "after", "last", "before", "where", "orderBy"})
_SIZES = (0, 1, 1, 2, 2, 3, 3, 5, 8, 100)
_PAGES: Sequence[tuple[str, ...]] = (
    (), ("first",), ("first",), ("first",), ("last",), ("after",), ("first", "after"), ("first", "after"),
    ("last", "before"), ("last", "before"), ("first", "before"), ("last", "after"), ("first", "after", "before"),
    ("last", "after", "before"), ("before",),
)  # fmt: skip

Chosen = Callable[[Run], Sequence[str]]
"""The members of the order that a run has."""


@dataclass(frozen=True)
class Arguments:
    """Writes arguments into a draft."""

    draft: Draft
    inputs: Inputs

    def of_list(self, field: GraphQLField, node: Node, default: Iterable[str]) -> str:
        """The arguments of a connection, with their brackets."""
        unknown = field.args.keys() - LIST_ARGUMENTS
        assert not unknown, f"the plain side does not know {sorted(unknown)}"
        parts: list[str] = []
        chosen = self._order(field, parts)
        page = self.draft.rng.choice(_PAGES)
        for name in page:
            text = self._size(field, name) if name in ("first", "last") else self._cursor(node, default, chosen)
            parts.append(f"{name}: {text}")
        if "where" in field.args and self.draft.chance(0.5):
            tree = self.inputs.where(field.args["where"].type, node, depth=2)
            parts.append(f"where: {written(self.draft, tree, share=0.25)}")
        self.draft.rng.shuffle(parts)
        return f"({', '.join(parts)})" if parts else ""

    def _size(self, field: GraphQLField, name: str) -> str:
        if self.draft.chance(0.05):  # as if it were left out
            return "null"
        if self.draft.chance(0.1):
            return self.draft.variable("Int", lambda run: run.rng.choice((*_SIZES, None, ABSENT)))
        return written(self.draft, Leaf(field.args[name].type, lambda rng: rng.choice(_SIZES)), share=0.6)

    def _order(self, field: GraphQLField, parts: list[str]) -> Chosen:
        if "orderBy" not in field.args or self.draft.chance(0.4):
            return lambda _run: ()
        kind = get_named_type(field.args["orderBy"].type)
        assert isinstance(kind, GraphQLEnumType)
        members = list(kind.values)
        orders = [self.draft.rng.choices(members, k=self.draft.rng.choice((0, 1, 1, 2))) for _ in range(2)]
        if self.draft.chance(0.5):
            parts.append(f"orderBy: {orders[0][0] if len(orders[0]) == 1 else '[' + ', '.join(orders[0]) + ']'}")
            return lambda _run: orders[0]
        name = self.draft.variable(f"[{kind.name}!]", lambda run: run.rng.choice([*orders, *orders, None, ABSENT]))
        parts.append(f"orderBy: {name}")
        return lambda run: run.variables.get(name[1:]) or ()

    def _cursor(self, node: Node, default: Iterable[str], chosen: Chosen) -> str:
        def draw(run: Run) -> Any:
            steps = steps_of(node, names_of_order(chosen(run)) or default)
            return run.cursors.drawn(run.rng, node, steps)

        return self.draft.variable("Cursor", draw)

    def of_lookup(self, field: GraphQLField, node: Node) -> str:
        """The arguments of a lookup: an id, or a business key, perhaps with its entity."""
        known = {"id", "entityId", *(to_camel_case(key) for key in node.keys)}
        assert field.args.keys() <= known, f"the plain side does not know {sorted(field.args.keys() - known)}"
        key = self.draft.rng.choice(["id", *node.keys, *node.keys])
        if key == "id":
            ids = [*self.inputs.known.ids(node), *self.strange_ids()]
            return f"(id: {self._required(field, 'id', ids)})"
        name = to_camel_case(key)
        text = f"{name}: {self._required(field, name, self.inputs.known.values(node, key))}"
        if "entityId" in field.args and self.draft.chance(0.6):
            entities = self.inputs.known.ids(self.draft.house.by_name["LegalEntity"])
            text += f", entityId: {self._required(field, 'entityId', entities)}"
        return f"({text})"

    def of_node(self, field: GraphQLField, focus: Sequence[Node]) -> str:
        """The arguments of `node` and `nodes`: ids of some types, among others."""
        ids = [text for node in focus for text in self.inputs.known.ids(node)]
        ids += [*self.inputs.known.ids(self.draft.rng.choice(self.draft.house.nodes))[:3], *self.strange_ids()]
        if "id" in field.args:
            return f"(id: {self._required(field, 'id', ids)})"
        kind = field.args["ids"].type
        element = Leaf(element_of(kind), lambda rng: rng.choice(ids))
        return f"(ids: {written(self.draft, Listed(kind, [element] * self.draft.rng.randint(0, 8)), share=0.6)})"

    def _required(self, field: GraphQLField, name: str, values: Sequence[Any]) -> str:
        """A value that is always given."""
        kind = field.args[name].type
        if self.draft.chance(0.6):
            required = f"{str(kind).removesuffix('!')}!"
            return self.draft.variable(required, lambda run: run.rng.choice(values))
        return written(self.draft, Leaf(kind, lambda rng: rng.choice(values)), share=0)

    def strange_ids(self) -> list[str]:
        """Well-formed ids that no type has: of an unknown type, with an entity too many, with one too few."""
        nowhere = UUID(int=9)
        owned = next(node for node in self.draft.house.nodes if node.entity_owned)
        shared = next(node for node in self.draft.house.nodes if not node.entity_owned)
        return [
            encode_id("Unicorn", nowhere),
            encode_id(shared.name, nowhere, nowhere),
            encode_id(owned.name, self.draft.house.rows[owned.name][0]["id"]),
        ]

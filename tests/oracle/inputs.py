"""Random input values, read off the schema's input types: literals, variables, and literals with variables inside.

An operator that the plain side was not told of stops the generator.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language.print_string import print_string

from api.reads.nodes import Node
from tests.oracle.conditions import OPERATORS, QUANTIFIERS, column_of, filtered
from tests.oracle.draft import ABSENT, Draft, Run
from tests.oracle.known import Known

_ABSENT_SHARE = 0.04
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


@dataclass(frozen=True)
class Leaf:
    """A value without parts."""

    kind: GraphQLInputType
    draw: Callable[[Random], Any]

    def value(self, rng: Random) -> Any:
        """One as JSON."""
        return self.draw(rng)


@dataclass(frozen=True)
class Fields:
    """An input object with these fields."""

    kind: GraphQLInputType
    fields: "Mapping[str, Tree]"

    def value(self, rng: Random) -> Any:
        """One as JSON."""
        return {name: field.value(rng) for name, field in self.fields.items()}


@dataclass(frozen=True)
class Listed:
    """A list of these; of leaves as many as there are or fewer."""

    kind: GraphQLInputType
    elements: "Sequence[Tree]"

    def value(self, rng: Random) -> Any:
        """One as JSON."""
        elements = self.elements
        if elements and isinstance(elements[0], Leaf):
            elements = rng.choices(elements, k=rng.randint(0, len(elements)))
        return [element.value(rng) for element in elements]


Tree = Leaf | Fields | Listed
"""The shape of an input value; its leaves are drawn anew for each run."""


def written(draft: Draft, tree: Tree, *, share: float = 0.4) -> str:
    """An input value in the text of a document: a variable, or a literal that may have variables inside."""
    if not draft.chance(share):
        return _literal(draft, tree)
    required = is_non_null_type(tree.kind) or draft.chance(0.3)

    def draw(run: Run) -> Any:
        return ABSENT if not required and run.rng.random() < _ABSENT_SHARE else tree.value(run.rng)

    kind = str(tree.kind).removesuffix("!")
    return draft.variable(f"{kind}!" if required else kind, draw)


def _literal(draft: Draft, tree: Tree) -> str:
    match tree:
        case Leaf():
            return literal(draft.rng, tree.kind, tree.value(draft.rng))
        case Fields():
            return "{" + ", ".join(f"{name}: {written(draft, field)}" for name, field in tree.fields.items()) + "}"
        case Listed(_, [single]) if draft.chance(0.3):
            return _literal(draft, single)
        case Listed():
            return "[" + ", ".join(written(draft, element, share=0.3) for element in tree.elements) + "]"


def literal(rng: Random, kind: GraphQLInputType, value: Any) -> str:
    """A value without parts as a literal of its type."""
    named = get_named_type(kind)
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str() if isinstance(named, GraphQLEnumType):
            return value
        case str() if named.name == "Decimal" and _NUMBER.fullmatch(value) and rng.random() < 0.5:
            return value
        case str():
            return print_string(value)
        case _:
            return str(value)


@dataclass(frozen=True)
class Inputs:
    """Input values that fit the rows of a house."""

    known: Known
    rng: Random

    def where(self, kind: GraphQLInputType, node: Node, depth: int) -> Tree:
        """Conditions on a node."""
        made = get_nullable_type(kind)
        assert isinstance(made, GraphQLInputObjectType)
        names = [name for name in made.fields if depth > 0 or not self._nests(name, node)]
        weighted = [name for name in names for _ in range(self._weight(name, node))]
        fields = {name: self._condition(made, name, node, depth) for name in self._some(weighted)}
        return Fields(kind, fields)

    def _weight(self, name: str, node: Node) -> int:
        """What a column without a value makes of `not` and its like is worth asking more often."""
        if name in ("and", "or", "not"):
            return 3
        declared = filtered(node).get(name)
        if declared is None or declared in node.many:
            return 1
        return 3 if node.table.c[column_of(node, declared)].nullable else 1

    def _nests(self, name: str, node: Node) -> bool:
        return name in ("and", "or", "not") or filtered(node).get(name) in node.many

    def _condition(self, where: GraphQLInputObjectType, name: str, node: Node, depth: int) -> Tree:
        kind = where.fields[name].type
        if name == "not":
            return self.where(kind, node, depth - 1)
        if name in ("and", "or"):
            element = element_of(kind)
            return Listed(kind, [self.where(element, node, depth - 1) for _ in range(self.rng.choice((0, 1, 2, 2, 3)))])
        if name == "search":
            words = self.known.words(node)
            return Leaf(kind, lambda rng: rng.choice(words))
        declared = filtered(node)[name]
        return (
            self._looks(kind, node, declared, depth)
            if declared in node.many
            else self._comparisons(kind, node, declared)
        )

    def _looks(self, kind: GraphQLInputType, node: Node, declared: str, depth: int) -> Tree:
        made = get_nullable_type(kind)
        assert isinstance(made, GraphQLInputObjectType)
        assert made.fields.keys() == QUANTIFIERS, f"{made.name}: the plain side does not know {sorted(made.fields)}"
        target = self.known.house.by_name[node.many[declared].target]
        names = self._some(list(made.fields))
        return Fields(kind, {name: self.where(made.fields[name].type, target, depth - 1) for name in names})

    def _comparisons(self, kind: GraphQLInputType, node: Node, declared: str) -> Tree:
        made = get_nullable_type(kind)
        assert isinstance(made, GraphQLInputObjectType)
        unknown = made.fields.keys() - OPERATORS.keys() - {"isNull"}
        assert not unknown, f"{made.name}: the plain side does not know {sorted(unknown)}"
        operators = self._some(list(made.fields))
        return Fields(kind, {name: self._operand(made.fields[name].type, name, node, declared) for name in operators})

    def _operand(self, kind: GraphQLInputType, operator: str, node: Node, declared: str) -> Tree:
        if operator == "isNull":
            return Leaf(kind, lambda rng: rng.random() < 0.5)
        values = self.known.values(node, declared)
        if declared in node.folded:
            values = [*values, *(value.swapcase() for value in values)]
        if operator == "startsWith":
            return Leaf(kind, lambda rng: _beginning(rng, rng.choice(values)))
        if is_list_type(get_nullable_type(kind)):
            leaf = Leaf(element_of(kind), lambda rng: rng.choice(values))
            return Listed(kind, [leaf] * self.rng.choice((0, 1, 2, 3, 5)))
        return Leaf(kind, lambda rng: rng.choice(values))

    def _some(self, names: Sequence[str]) -> list[str]:
        return self.rng.sample(names, min(len(names), self.rng.choice((0, *[1] * 12, *[2] * 6, 3))))


def element_of(kind: GraphQLInputType) -> GraphQLInputType:
    """What a list has."""
    listed = get_nullable_type(kind)
    assert isinstance(listed, GraphQLList)
    element: GraphQLInputType = listed.of_type
    return element


def _beginning(rng: Random, text: str) -> str:
    return text[: rng.choice((0, 1, 1, 2, 3, len(text)))]

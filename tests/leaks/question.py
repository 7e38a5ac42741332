"""One question of the leak test, and what all kinds of them are made with.

Members of the root stand side by side in one document as far as its limits allow.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, GraphQLSchema

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


@dataclass(frozen=True)
class Question:
    """What is asked."""

    name: str
    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A kind of questions about a house."""

    house: House

    @property
    def schema(self) -> GraphQLSchema:
        """The schema that is walked."""
        return self.house.plain_schema

    @property
    def operands(self) -> Operands:
        """What to compare with."""
        return Operands(self.house)

    def type_of(self, name: str) -> GraphQLObjectType:
        made = self.schema.type_map[name]
        assert isinstance(made, GraphQLObjectType)
        return made

    def at_root(
        self,
        name: str,
        members: Iterable[str],
        variables: Mapping[str, Any] | None = None,
        *,
        at_once: int = ROOT_FIELDS_MAX,
    ) -> Iterator[Question]:
        """Members of the root, as many in each document as may be."""
        for number, some in enumerate(batched(members, at_once)):
            yield self.question(f"{name} {number}", " ".join(some), variables or {})

    def question(self, name: str, body: str, variables: Mapping[str, Any]) -> Question:
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

"""The reader's rights, as the read compiler asks for them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from api.reads.nodes import Node
from authz.actor import Actor
from authz.rows import Limit, partner_limit, row_parameters, row_predicate, row_signature
from authz.vocabulary import RESOURCES_OF_TABLES, Action, Resource


@dataclass(frozen=True)
class ActorRows:
    """The rows that one actor may read."""

    actor: Actor

    @cached_property
    def signature(self) -> Hashable:
        """Equal for actors whose predicates have the same text."""
        return row_signature(self.actor)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The values in the actor's predicates."""
        return row_parameters(self.actor)

    def readable(self, node: Node) -> bool:
        """Whether the actor may see any row of the node."""
        resource = resource_of(node)
        if partner_limit(self.actor, resource, node.table) is Limit.NOTHING:
            return False
        return self.actor.access.anywhere(resource, Action.READ)

    def predicate(self, node: Node, table: FromClause) -> ColumnElement[bool]:
        """Which rows of the node's aliased table the actor may see."""
        return row_predicate(self.actor, resource_of(node), table)


def resource_of(node: Node) -> Resource:
    """The resource that a node's rows are part of; a node without one is a broken invariant."""
    return RESOURCES_OF_TABLES[node.table.name]

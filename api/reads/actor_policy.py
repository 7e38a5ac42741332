"""An actor's rights as a row policy: what the access policy says, asked once for each table of a statement."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from api.reads.nodes import Node
from authz.access import visible
from authz.actor import Actor
from authz.vocabulary import Action


@dataclass(frozen=True)
class ActorPolicy:
    """The rows that one actor may read."""

    actor: Actor

    @cached_property
    def signature(self) -> Hashable:
        """What the actor may read, where, and on whose behalf: equal for the many people with the same rights."""
        allowed = self.actor.access.allowed.items()
        readable = frozenset((resource, entities) for (resource, action), entities in allowed if action is Action.READ)
        return (readable, self.actor.partner_id)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """None: the values of these predicates are part of the signature."""
        return {}

    def readable(self, node: Node) -> bool:
        """Whether the actor may read the node's resource anywhere."""
        return self.actor.access.anywhere(node.resource, Action.READ)

    def predicate(self, node: Node, table: FromClause) -> ColumnElement[bool]:
        """The rows of the aliased table that the actor may read."""
        return visible(self.actor, node.resource, table)

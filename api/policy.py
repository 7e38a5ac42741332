"""The reader's rights as the read compiler asks for them: one resource of the access policy behind every type."""

from collections.abc import Hashable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from api.reads.nodes import Node
from authz.access import visible
from authz.actor import Actor
from authz.vocabulary import Action, Resource


class ActorPolicy:
    """What one actor may read. A type that no resource stands for is a broken declaration."""

    def __init__(self, actor: Actor, resources: Mapping[str, Resource]) -> None:
        self._actor = actor
        self._resources = resources
        self.parameters: Mapping[str, Any] = {}

    @property
    def signature(self) -> Hashable:
        """Actors who may read the same things share their statements."""
        return self._actor.partner_id, self._actor.access.readable

    def readable(self, node: Node) -> bool:
        """Whether the actor may read the type in any entity."""
        return self._actor.access.anywhere(self._resources[node.name], Action.READ)

    def predicate(self, node: Node, table: FromClause) -> ColumnElement[bool]:
        """Which rows of the table the actor may read."""
        return visible(self._actor, self._resources[node.name], table)

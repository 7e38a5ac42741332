"""The reader's rights as the read compiler asks for them: one resource of the access policy behind every type."""

from collections.abc import Hashable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from api.reads.nodes import Node
from authz.actor import Actor
from authz.rows import Limit, partner_limit, row_parameters, row_predicate, row_signature
from authz.vocabulary import Action, Resource


class ActorPolicy:
    """What one actor may read. A type that no resource stands for is a broken declaration."""

    def __init__(self, actor: Actor, resources: Mapping[str, Resource]) -> None:
        self._actor = actor
        self._resources = resources

    @cached_property
    def signature(self) -> Hashable:
        """Actors whose rights have the same shape share their statements."""
        return row_signature(self._actor)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The entities and the partner of this actor."""
        return row_parameters(self._actor)

    def shows(self, node: Node, field_name: str) -> bool:  # noqa: ARG002
        """Every field that the API has: rights to single fields are not granted yet."""
        return True

    def readable(self, node: Node) -> bool:
        """Whether the actor may read any row of the type."""
        resource = self._resources[node.name]
        if partner_limit(self._actor, resource, node.table) is Limit.NOTHING:
            return False
        return self._actor.access.anywhere(resource, Action.READ)

    def predicate(self, node: Node, table: FromClause) -> ColumnElement[bool]:
        """Which rows of the table the actor may read."""
        return row_predicate(self._actor, self._resources[node.name], table)

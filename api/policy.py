"""The reader's rights as the read compiler asks for them: one resource of the access policy behind every type."""

from collections.abc import Hashable, Mapping
from typing import Any

from strawberry.utils.str_converters import to_snake_case

from api.reads.nodes import Node
from api.reads.trail import ACTOR, ON_BEHALF_OF
from authz.actor import Actor
from authz.fields import OPEN, FieldRight
from authz.rows import Readable
from authz.vocabulary import RESTRICTABLE, Resource


class ActorPolicy:
    """What one actor may read. A type that no resource stands for is a broken declaration."""

    def __init__(self, actor: Actor, resources: Mapping[str, Resource]) -> None:
        self._actor = actor
        self._resources = resources

    @property
    def signature(self) -> Hashable:
        """Actors whose rights have the same shape share their statements."""
        return self._actor.rows.signature

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The entities and the partner of this actor."""
        return self._actor.rows.parameters

    @property
    def trail(self) -> Mapping[str, Any]:
        """The same, with who the actor is."""
        return {**self.parameters, ACTOR: self._actor.subject, ON_BEHALF_OF: self._actor.on_behalf_of}

    def field(self, node: Node, field_name: str) -> FieldRight:
        """What the actor may do with a field of the type: the right to it, or to the column that it is made of."""
        resource = self._resources[node.name]
        restricted = RESTRICTABLE.get(resource, frozenset())
        names = (name for name in node.policy_names(to_snake_case(field_name)) if name in restricted)
        named = next(names, None)
        return OPEN if named is None else self._actor.field(resource, named)

    def readable(self, node: Node) -> Readable:
        """Which rows of the type the actor may read."""
        return self._actor.rows.readable(self._resources[node.name], node.table)

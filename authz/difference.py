"""What one subject may do differently under two policies: actions on a resource, and what is done with its fields.

Rows are counted by SQL, elsewhere. Here is what no row tells: that somebody may approve, or sees a price as it is.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from authz.actor import Actor
from authz.fields import Mask
from authz.masking import may_with_field
from authz.policies.compile import Terms
from authz.policies.conditions.attributes import LIMIT_NAMES
from authz.policies.conditions.tree import Attribute, operands
from authz.policies.policy import NamedCondition
from authz.vocabulary import RESTRICTABLE, SHARED_RESOURCES, Action, FieldAction, Resource

T = TypeVar("T")
FieldUse = tuple[str, FieldAction]
"""A field by its name in the policy, and what is done with it."""


@dataclass(frozen=True)
class RightsDifference:
    """Gained is what is allowed in a legal entity where it was not; lost is the opposite."""

    actions_gained: list[Action] = field(default_factory=list)
    actions_lost: list[Action] = field(default_factory=list)
    actions_changed: list[Action] = field(default_factory=list)
    """Allowed before and after, on other conditions or up to other limits."""
    fields_gained: list[FieldUse] = field(default_factory=list)
    fields_lost: list[FieldUse] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self == RightsDifference()


def rights_difference(before: Actor, after: Actor, resource: Resource, entities: frozenset[UUID]) -> RightsDifference:
    """How the rights of one subject to a resource differ in these legal entities."""
    found = RightsDifference()
    for action in Action:
        had, has = (each.access.entities(resource, action) & entities for each in (before, after))
        _sort_into(action, had, has, found.actions_gained, found.actions_lost)
        if any(_terms(before, resource, action, each) != _terms(after, resource, action, each) for each in had & has):
            found.actions_changed.append(action)
    for name in sorted(RESTRICTABLE.get(resource, ())):
        if name in before.access.restricted.get(resource, ()) or name in after.access.restricted.get(resource, ()):
            for use in FieldAction:
                had, has = (frozenset(_used(each, resource, name, use, entities)) for each in (before, after))
                _sort_into((name, use), had, has, found.fields_gained, found.fields_lost)
    return found


def _sort_into(what: T, had: frozenset[UUID], has: frozenset[UUID], gained: list[T], lost: list[T]) -> None:
    if has - had:
        gained.append(what)
    if had - has:
        lost.append(what)


def _terms(actor: Actor, resource: Resource, action: Action, entity_id: UUID) -> Hashable:
    """The conditions in a legal entity, with the limits there if they may look at some."""
    terms = next(each.terms for each in actor.access.grant(resource, action) if entity_id in each.entities)
    limits = frozenset(each for each in actor.limits.items() if each[0][1] == entity_id)
    return _trees(terms), limits if any(map(_has_limit, terms.conditions)) else frozenset()


def _trees(terms: Terms) -> Hashable:
    return frozenset(each.digest for each in terms.allows), frozenset(each.digest for each in terms.denies)


def _has_limit(condition: NamedCondition) -> bool:
    return any(isinstance(each, Attribute) and each.name in LIMIT_NAMES for each in operands(condition.tree))


def _used(actor: Actor, resource: Resource, name: str, use: FieldAction, entities: frozenset[UUID]) -> Iterator[UUID]:
    """Where something is done with a field of rows that are read, of what is done with it at all."""
    right = actor.field(resource, name)
    for entity_id in actor.access.entities(resource, Action.READ) & entities:
        seen = _may(actor, resource, name, FieldAction.SEE, entity_id)
        match use:
            case FieldAction.FILTER | FieldAction.SORT:
                done = right.filters if use is FieldAction.FILTER else right.sorts
            case FieldAction.SEE_LAST4 | FieldAction.SEE_BUCKET:
                done = not seen and right.mask is _MASKS[use]
            case FieldAction.SEE:
                done = seen
            case FieldAction.WRITE:
                done = _may(actor, resource, name, use, entity_id)
        if done:
            yield entity_id


_MASKS = {FieldAction.SEE_LAST4: Mask.LAST4, FieldAction.SEE_BUCKET: Mask.BUCKET}


def _may(actor: Actor, resource: Resource, name: str, use: FieldAction, entity_id: UUID) -> bool:
    """What the group shares is the same in every legal entity."""
    where = None if resource in SHARED_RESOURCES else entity_id
    return may_with_field(actor.access, resource, name, use, where)

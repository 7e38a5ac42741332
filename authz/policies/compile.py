"""Policy rows and grants, compiled to tables: a decision is two dictionary lookups and the conditions on the row.

What it costs grows with the rules of the roles that a subject has, not with the policy: rules are indexed by role once
for each version (`Policy.by_role`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from authz.policies.conditions.attributes import UNKNOWN, Attributes
from authz.policies.conditions.python import RowValues
from authz.policies.policy import ALWAYS, EVERYWHERE, NamedCondition, Policy, Right, RightToField
from authz.vocabulary import Action, FieldAction, Resource, Role

NOWHERE: frozenset[UUID] = frozenset()
READING = frozenset({Action.READ, Action.EXPLAIN})
"""Actions that change nothing."""


@dataclass(frozen=True)
class Terms:
    """On which rows something is allowed: on those for which an allowing condition is TRUE, if any is set, and every
    denying one is provably FALSE."""

    allows: tuple[NamedCondition, ...] = ()
    denies: tuple[NamedCondition, ...] = ()

    @property
    def conditions(self) -> tuple[NamedCondition, ...]:
        """All of them."""
        return self.allows + self.denies

    def hold(self, row: RowValues, sub: Attributes) -> bool:
        """Whether they hold for a row, for whoever asks."""
        if self.allows and not any(each.decide(row, sub) is True for each in self.allows):
            return False
        return all(each.decide(row, sub) is False for each in self.denies)


@dataclass(frozen=True)
class Disjunct:
    """Legal entities in which something is allowed on the same terms."""

    entities: frozenset[UUID]
    terms: Terms


FieldScopes = Mapping[FieldAction, frozenset[UUID]]
"""In which legal entities what may be done with a field."""


@dataclass(frozen=True)
class Access:
    """In which legal entities, and there on which rows, one subject may do what. What is not listed is not allowed."""

    grants: Mapping[Right, tuple[Disjunct, ...]] = field(default_factory=dict)
    fields: Mapping[tuple[Resource, str], FieldScopes] = field(default_factory=dict)
    restricted: Mapping[Resource, Mapping[str, frozenset[FieldAction]]] = field(default_factory=dict)
    """The fields that are not open to everybody, with the actions that rules name."""

    def decide(
        self,
        resource: Resource,
        action: Action,
        entity_id: UUID,
        row: RowValues | None = None,
        sub: Attributes = UNKNOWN,
    ) -> bool:
        """Whether the action is allowed in this legal entity: on the row, or, without one, on any row at all."""
        terms = self._terms.get((resource, action), _NO_TERMS).get(entity_id)
        return terms is not None and (row is None or terms.hold(row, sub))

    def decide_shared(self, resource: Resource, action: Action, row: RowValues, sub: Attributes = UNKNOWN) -> bool:
        """Whether the action is allowed on a row that belongs to no legal entity: a right in any of them will do."""
        return any(each.terms.hold(row, sub) for each in self.grant(resource, action))

    def grant(self, resource: Resource, action: Action) -> tuple[Disjunct, ...]:
        """Where and on which terms the action is allowed: what a list needs."""
        return self.grants.get((resource, action), ())

    def entities(self, resource: Resource, action: Action) -> frozenset[UUID]:
        """The legal entities in which the action is allowed at all."""
        return self.allowed.get((resource, action), NOWHERE)

    def entities_of_every_row(self, resource: Resource, action: Action) -> frozenset[UUID]:
        """The legal entities in which the action is allowed whatever the row."""
        whole = (each.entities for each in self.grant(resource, action) if not each.terms.conditions)
        return NOWHERE.union(*whole)

    def anywhere(self, resource: Resource, action: Action) -> bool:
        """Whether the action is allowed in any legal entity: the question for masters that the group shares."""
        return bool(self.entities(resource, action))

    def is_conditional(self, resource: Resource, action: Action) -> bool:
        """Whether it depends on the row."""
        return any(each.terms.conditions for each in self.grant(resource, action))

    def relations(self, resource: Resource, *actions: Action) -> frozenset[str]:
        """The related rows that must be known before a row can be decided on."""
        return _NO_RELATIONS.union(*(self._relations.get((resource, action), _NO_RELATIONS) for action in actions))

    @cached_property
    def allowed(self) -> Mapping[Right, frozenset[UUID]]:
        """The legal entities in which each action is allowed at all."""
        return {right: NOWHERE.union(*(each.entities for each in found)) for right, found in self.grants.items()}

    @property
    def entities_read(self) -> frozenset[UUID]:
        """The legal entities of which anything may be read."""
        return NOWHERE.union(*(entities for (_, action), entities in self.allowed.items() if action is Action.READ))

    @property
    def entities_write(self) -> frozenset[UUID]:
        """The legal entities in which anything may be done."""
        return NOWHERE.union(*(entities for (_, action), entities in self.allowed.items() if action not in READING))

    @cached_property
    def _relations(self) -> Mapping[Right, frozenset[str]]:
        """The related rows by which conditions decide on each action."""
        return {
            right: _NO_RELATIONS.union(*(each.relations for disjunct in found for each in disjunct.terms.conditions))
            for right, found in self.grants.items()
        }

    @cached_property
    def _terms(self) -> Mapping[Right, Mapping[UUID, Terms]]:
        return {
            right: {entity_id: each.terms for each in found for entity_id in each.entities}
            for right, found in self.grants.items()
        }


_NO_RELATIONS: frozenset[str] = frozenset()
_NO_TERMS: Mapping[UUID, Terms] = {}


def compile_access(policy: Policy, roles: Mapping[Role, Collection[UUID]], entity_ids: Collection[UUID]) -> Access:
    """The access that a subject with these roles has among these legal entities. A deny overrides every allow."""
    scopes = _Scopes(policy, frozenset(entity_ids))
    for role, where in ((None, scopes.everything), *roles.items()):
        scopes.add(role, scopes.everything.intersection(where))
    grants: dict[Right, tuple[Disjunct, ...]] = {}
    fields: dict[tuple[Resource, str], dict[FieldAction, frozenset[UUID]]] = defaultdict(dict)
    for right, by_effect in scopes.found.items():
        if len(right) == 2:
            grants[right] = tuple(_disjuncts(policy, by_effect))
        else:
            resource, name, action = right
            fields[resource, name][action] = _always(by_effect)
    return Access({right: found for right, found in grants.items() if found}, dict(fields), policy.restricted)


ByEffect = Mapping[tuple[str, bool], set[UUID]]
"""The legal entities in which rules with a condition allow (True) or deny."""


class _Scopes:
    """The legal entities that the rules of a subject's roles reach, by what they are about."""

    def __init__(self, policy: Policy, everything: frozenset[UUID]) -> None:
        self.everything = everything
        self.found: dict[Right | RightToField, dict[tuple[str, bool], set[UUID]]] = {}
        self._rules = policy.by_role
        self._groups = policy.groups
        self._names = {str(entity_id): frozenset({entity_id}) for entity_id in everything}

    def add(self, role: Role | None, where: frozenset[UUID]) -> None:
        """Adds what the rules of a role say in the legal entities in which it is held."""
        if not where:
            return
        for right, domains_of in self._rules.get(role, {}).items():
            by_effect = self.found.setdefault(right, {})
            for key, domains in domains_of.items():
                reached = by_effect.setdefault(key, set())
                for domain in domains:
                    reached |= where if domain == EVERYWHERE else where & self._members(domain)

    def _members(self, domain: str) -> frozenset[UUID]:
        """A group and an entity's id may be spelled alike; then both are meant."""
        return self._groups.get(domain, NOWHERE) | self._names.get(domain, NOWHERE)


def _always(by_effect: ByEffect) -> frozenset[UUID]:
    return frozenset(by_effect.get((ALWAYS, True), NOWHERE)) - by_effect.get((ALWAYS, False), NOWHERE)


def _disjuncts(policy: Policy, by_effect: ByEffect) -> Iterator[Disjunct]:
    """Entities with the same conditions together: mostly one disjunct, without any condition."""
    never = by_effect.get((ALWAYS, False), NOWHERE)
    always = frozenset(by_effect.get((ALWAYS, True), NOWHERE)) - never
    named = {key: reached - never for key, reached in sorted(by_effect.items()) if key[0] != ALWAYS}
    if not named:
        if always:
            yield Disjunct(always, Terms())
        return
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], set[UUID]] = defaultdict(set)
    for entity_id in always.union(*(reached for (_, allows), reached in named.items() if allows)):
        allows = () if entity_id in always else _reaching(named, entity_id, effect=True)
        alike[allows, _reaching(named, entity_id, effect=False)].add(entity_id)
    for (allows, denies), entities in sorted(alike.items()):
        conditions = policy.conditions
        terms = Terms(tuple(conditions[name] for name in allows), tuple(conditions[name] for name in denies))
        yield Disjunct(frozenset(entities), terms)


def _reaching(named: ByEffect, entity_id: UUID, *, effect: bool) -> tuple[str, ...]:
    return tuple(name for (name, allows), reached in named.items() if allows is effect and entity_id in reached)

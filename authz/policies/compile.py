"""Policy rows and grants, compiled to tables: a decision is two dictionary lookups, under a microsecond."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from authz.policies.policy import EVERYWHERE, Policy, Rule, check_condition
from authz.vocabulary import Action, Resource, Role

NOWHERE: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Access:
    """In which legal entities one subject may do what. What is not listed is not allowed."""

    allowed: Mapping[tuple[Resource, Action], frozenset[UUID]] = field(default_factory=dict)

    def decide(self, resource: Resource, action: Action, entity_id: UUID) -> bool:
        """Whether the action is allowed in this legal entity."""
        return entity_id in self.entities(resource, action)

    def entities(self, resource: Resource, action: Action) -> frozenset[UUID]:
        """The legal entities in which the action is allowed."""
        return self.allowed.get((resource, action), NOWHERE)

    def anywhere(self, resource: Resource, action: Action) -> bool:
        """Whether the action is allowed in any legal entity: the question for masters that the group shares."""
        return bool(self.entities(resource, action))

    @property
    def entities_read(self) -> frozenset[UUID]:
        """The legal entities of which anything may be read."""
        return NOWHERE.union(*(entities for (_, action), entities in self.allowed.items() if action is Action.READ))

    @property
    def entities_write(self) -> frozenset[UUID]:
        """The legal entities in which anything may be done."""
        return NOWHERE.union(*(entities for (_, action), entities in self.allowed.items() if action is not Action.READ))


def compile_access(policy: Policy, roles: Mapping[Role, Collection[UUID]], entity_ids: Collection[UUID]) -> Access:
    """The access that a subject with these roles has among these legal entities. A deny overrides every allow."""
    everything = frozenset(entity_ids)
    held = {role: everything.intersection(where) for role, where in roles.items()}
    allowed: dict[tuple[Resource, Action], frozenset[UUID]] = defaultdict(frozenset)
    denied: dict[tuple[Resource, Action], frozenset[UUID]] = defaultdict(frozenset)
    for rule in policy.rules:
        check_condition(rule.condition)
        scope = _holders(rule, held, everything) & _domain(rule, policy, everything)
        (allowed if rule.allows else denied)[rule.resource, rule.action] |= scope
    remaining = {right: entities - denied.get(right, NOWHERE) for right, entities in allowed.items()}
    return Access({right: entities for right, entities in remaining.items() if entities})


def _holders(rule: Rule, held: Mapping[Role, frozenset[UUID]], everything: frozenset[UUID]) -> frozenset[UUID]:
    return everything if rule.role is None else held.get(rule.role, NOWHERE)


def _domain(rule: Rule, policy: Policy, everything: frozenset[UUID]) -> frozenset[UUID]:
    if rule.domain == EVERYWHERE:
        return everything
    members = policy.groups.get(rule.domain, NOWHERE)
    return members | {entity_id for entity_id in everything if str(entity_id) == rule.domain}

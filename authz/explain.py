"""Why a subject may do something to a row, or may not: Casbin's answer, with the conditions that decided it.

This is for the few who answer for the policy. It names rules, roles and rows, and so must never be shown to whom the
answer is about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.policies.oracle import enforcer
from authz.policies.policy import ALWAYS, EVERYWHERE, Policy, Rule
from authz.rows import OPEN_TO_PARTNERS, PARTNER_COLUMNS, PUBLISHED_TO_PARTNERS
from authz.vocabulary import Action, Resource, Role

RowFacts = Mapping[str, Any]


@dataclass(frozen=True)
class Weighed:
    """A condition of a rule that applies to the subject, and whether it holds for the row; None is not known."""

    name: str
    allows: bool
    holds: bool | None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The decision, the rule that decided, what its conditions came to, and all of it in words."""

    allowed: bool
    rule: tuple[str, ...] | None
    conditions: tuple[Weighed, ...]
    reason: str


def explain(
    policy: Policy,
    actor: Actor,
    resource: Resource,
    action: Action,
    *,
    entity_ids: frozenset[UUID],
    row: RowFacts | None,
) -> Explanation:
    """Whether the actor may do the action to the row, or, without one, to any row, in one of these legal entities."""
    roles = {grant.role: held_in(actor, grant.role) for grant in actor.grants}
    oracle = enforcer(policy, actor.subject, roles, actor.attributes)
    answers = [oracle.explain(resource, action, entity_id, row) for entity_id in sorted(entity_ids)]
    allowed, deciding = next((each for each in answers if each[0]), answers[0] if answers else (False, []))
    rule = tuple(deciding) or None
    weighed = () if row is None else tuple(_weighed(policy, actor, roles, resource, action, row=row, where=entity_ids))
    if allowed and row is not None and not _is_theirs(actor, resource, row):
        reason = "The subject acts for a partner whom the object does not name."
        return Explanation(allowed=False, rule=rule, conditions=weighed, reason=reason)
    return Explanation(allowed=allowed, rule=rule, conditions=weighed, reason=_reason(actor, rule, weighed))


def held_in(actor: Actor, role: Role) -> frozenset[UUID]:
    """The legal entities in which a role is held."""
    return frozenset().union(*(grant.entity_ids for grant in actor.grants if grant.role is role))


def _weighed(
    policy: Policy,
    actor: Actor,
    roles: Mapping[Role, frozenset[UUID]],
    resource: Resource,
    action: Action,
    *,
    row: RowFacts,
    where: frozenset[UUID],
) -> Iterator[Weighed]:
    for rule in policy.rules:
        if (rule.resource, rule.action, rule.field) != (resource, action, None) or rule.condition == ALWAYS:
            continue
        if _reaches(policy, rule, roles) & where:
            holds = policy.conditions[rule.condition].decide(row, actor.attributes)
            yield Weighed(rule.condition, rule.allows, holds)


def _reaches(policy: Policy, rule: Rule, roles: Mapping[Role, frozenset[UUID]]) -> frozenset[UUID]:
    held = frozenset().union(*roles.values()) if rule.role is None else roles.get(rule.role, frozenset())
    if rule.domain == EVERYWHERE:
        return held
    named = policy.groups.get(rule.domain, frozenset())
    return frozenset(each for each in held if each in named or str(each) == rule.domain)


def _is_theirs(actor: Actor, resource: Resource, row: RowFacts) -> bool:
    if actor.partner_id is None or resource in OPEN_TO_PARTNERS:
        return True
    if resource in PUBLISHED_TO_PARTNERS:
        return row.get(PUBLISHED_TO_PARTNERS[resource]) is True
    column = PARTNER_COLUMNS.get(resource)
    return column is not None and row.get(column) == actor.partner_id


def _reason(actor: Actor, rule: tuple[str, ...] | None, weighed: tuple[Weighed, ...]) -> str:
    if not actor.grants:
        return "The subject has no role now."
    if rule is not None:
        role, domain, target, action, condition, effect = rule
        on_rows = "" if condition == ALWAYS else f" on rows where {condition} holds"
        verb = "allows" if effect == "allow" else "denies"
        return f"The policy {verb} {role} to {action} {target} in {domain}{on_rows}."
    failing = [each.name for each in weighed if each.allows and each.holds is not True]
    if failing:
        return f"A role of the subject would allow it, but not on this object: {', '.join(failing)} does not hold."
    return "No role of the subject allows it there."

"""Why somebody may or may not: Casbin's answer with the rule that decided, and what each other rule came to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from authz.policies.conditions.attributes import Attributes
from authz.policies.conditions.python import RowValues
from authz.policies.oracle import enforcer
from authz.policies.policy import ALWAYS, EVERYWHERE, Policy, Rule, parse_rule
from authz.vocabulary import Action, Resource, Role


@dataclass(frozen=True)
class Considered:
    """A rule on the question, and what became of it."""

    rule: Rule
    applies: bool
    reason: str
    """In words: that the role is not held there, that the rule is about other entities, what the condition came to."""


@dataclass(frozen=True)
class Explanation:
    """The decision, the rule that made it if one did, and every rule that was asked."""

    allowed: bool
    decided_by: Rule | None
    considered: tuple[Considered, ...]


def explain(
    policy: Policy,
    *,
    subject: str,
    roles: Mapping[Role, Iterable[UUID]],
    sub: Attributes,
    resource: Resource,
    action: Action,
    entity_id: UUID,
    row: RowValues | None = None,
) -> Explanation:
    """Explains a decision on a row, or on any row at all."""
    held = {role: frozenset(where) for role, where in roles.items()}
    allowed, words = enforcer(policy, subject, held, sub).explain(resource, action, entity_id, row)
    asked = (rule for rule in policy.rules if rule.right == (resource, action))
    considered = tuple(_considered(policy, rule, held, sub, entity_id, row) for rule in asked)
    return Explanation(allowed, parse_rule(words) if words else None, considered)


def _considered(
    policy: Policy,
    rule: Rule,
    held: Mapping[Role, frozenset[UUID]],
    sub: Attributes,
    entity_id: UUID,
    row: RowValues | None,
) -> Considered:
    why_not = next(_not_there(policy, rule, held, entity_id), None)
    if why_not is not None:
        return Considered(rule, applies=False, reason=why_not)
    if rule.condition == ALWAYS:
        return Considered(rule, applies=True, reason="It has no condition.")
    if row is None:
        return Considered(rule, applies=rule.allows, reason=f"{rule.condition} depends on the row.")
    found = policy.conditions[rule.condition].decide(row, sub)
    said = {True: "true", False: "false", None: "unknown, because something that it asks for is missing"}[found]
    applies = found is True if rule.allows else found is not False
    return Considered(rule, applies=applies, reason=f"{rule.condition} is {said}.")


def _not_there(policy: Policy, rule: Rule, held: Mapping[Role, frozenset[UUID]], entity_id: UUID) -> Iterator[str]:
    if rule.role is not None and rule.role not in held:
        yield f"The role {rule.role} is not held."
    elif rule.role is not None and entity_id not in held[rule.role]:
        yield f"The role {rule.role} is not held in this legal entity."
    if rule.domain not in (EVERYWHERE, str(entity_id)) and entity_id not in policy.groups.get(rule.domain, ()):
        yield f"The rule is about {rule.domain}."

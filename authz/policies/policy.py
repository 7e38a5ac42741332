"""The access policy as values, and Casbin as its reader, its oracle and its explainer.

Casbin is the language in which the policy is written. Its enforcer walks every rule for every question, so requests
are answered by tables compiled from the same rules (compile.py); the enforcer proves in tests that both say the
same, and says in words why a subject may or may not.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from uuid import UUID

import casbin
from casbin.persist.adapter import load_policy_line

from authz.vocabulary import Action, Resource, Role

ANYONE = "anyone"
EVERYWHERE = "*"
ALWAYS = "-"
"""The only condition so far: a rule holds for every row of its resource."""


@dataclass(frozen=True)
class Rule:
    """One row of the policy."""

    role: Role | None
    """Who; None is anyone at all."""
    domain: str
    """Where: a legal entity's id, the name of a group of them, or everywhere."""
    resource: Resource
    action: Action
    condition: str
    allows: bool


@dataclass(frozen=True)
class Policy:
    """All rules of one version. `groups` names groups of legal entities that rules may speak of."""

    rules: tuple[Rule, ...]
    groups: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    version: int = 1


class PolicyError(Exception):
    """The policy cannot be used: it says something that this version does not understand."""


def starting_policy() -> Policy:
    """The policy that a new database starts with (policy.csv)."""
    return parse_policy(_read("policy.csv").splitlines())


def parse_policy(lines: Iterable[str], *, version: int = 1) -> Policy:
    """Reads policy rows in Casbin's CSV form; an unknown word or condition is a `PolicyError`."""
    model = _model()
    for line in lines:
        load_policy_line(line.strip(), model)
    groups: dict[str, frozenset[UUID]] = {}
    for entity, group in model.model["g"]["g2"].policy:
        groups[group] = groups.get(group, frozenset()) | {UUID(entity)}
    return Policy(tuple(_rule(row) for row in model.model["p"]["p"].policy), groups, version)


def _rule(row: list[str]) -> Rule:
    try:
        subject, domain, resource, action, condition, effect = row
        rule = Rule(
            role=None if subject == ANYONE else Role(subject),
            domain=domain,
            resource=Resource(resource),
            action=Action(action),
            condition=condition,
            allows={"allow": True, "deny": False}[effect],
        )
    except (ValueError, KeyError) as error:
        raise PolicyError(f"The policy row {', '.join(row)!r} is not understood: {error}") from error
    check_condition(rule.condition)
    return rule


def check_condition(condition: str) -> None:
    """Refuses a rule whose condition cannot be decided: skipping it would open or close doors silently."""
    if condition != ALWAYS:
        raise PolicyError(f"The condition {condition!r} is unknown; a rule without a condition says {ALWAYS!r}.")


def enforcer(policy: Policy, subject: str, roles: Mapping[Role, Collection[UUID]]) -> "Oracle":
    """Casbin's own enforcer over the policy and one subject's roles."""
    model = _model()
    for rule in policy.rules:
        model.add_policy("p", "p", _row(rule))
    for name, members in policy.groups.items():
        for entity_id in members:
            model.add_policy("g", "g2", [str(entity_id), name])
    for role, entity_ids in roles.items():
        for entity_id in entity_ids:
            model.add_policy("g", "g", [_person(subject), str(role), str(entity_id)])
    return Oracle(model, subject)


class Oracle:
    """Answers one subject's questions slowly and with reasons."""

    def __init__(self, model: casbin.Model, subject: str) -> None:
        self._subject = _person(subject)
        self._enforcer = casbin.Enforcer(model)
        self._enforcer.add_function("cond", _condition_holds)
        self._enforcer.build_role_links()

    def explain(self, resource: Resource, action: Action, entity_id: UUID) -> tuple[bool, list[str]]:
        """Whether it is allowed, and the policy row that decided, if any."""
        allowed, row = self._enforcer.enforce_ex(self._subject, str(entity_id), str(resource), str(action), None)
        return bool(allowed), list(row)


def _condition_holds(condition: str, _row: Any) -> bool:
    check_condition(condition)
    return True


def _person(subject: str) -> str:
    """Casbin takes a subject whose name is a role's name for that role; a prefix keeps the two apart."""
    return f"subject:{subject}"


def _row(rule: Rule) -> list[str]:
    effect = "allow" if rule.allows else "deny"
    return [str(rule.role or ANYONE), rule.domain, rule.resource, rule.action, rule.condition, effect]


def _model() -> casbin.Model:
    model = casbin.Model()
    model.load_model_from_text(_read("model.conf"))
    return model


def _read(name: str) -> str:
    return files("authz.policies").joinpath(name).read_text(encoding="utf-8")

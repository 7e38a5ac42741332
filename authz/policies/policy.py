"""The access policy as values: rules, the conditions they name, groups of entities, limits, and pairs of duties.

A rule says who (a role) may or may not do what (an action) to what (a resource, or one field of it), in which legal
entities, on which rows (a condition). A deny overrides every allow. The policy lives in tables (stored.py); a new
database starts with the one that is written in policy.csv and conditions.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml

from authz.policies.conditions.check import relations_of
from authz.policies.conditions.python import Decide, in_python
from authz.policies.conditions.sql import constant_parameters
from authz.policies.conditions.tree import Condition, ConditionError, parse_condition
from authz.vocabulary import RESTRICTABLE, Action, FieldAction, Resource, Role

ANYONE = "anyone"
EVERYWHERE = "*"
ALWAYS = "-"
"""Stands where a rule has no condition: it holds for every row of its resource."""

Right = tuple[Resource, Action]
RightToField = tuple[Resource, str, FieldAction]


class PolicyError(Exception):
    """The policy cannot be used: it says something that this version does not understand."""


@dataclass(frozen=True)
class Rule:
    """One row of the policy."""

    role: Role | None
    """Who; None is anyone at all."""
    domain: str
    """Where: a legal entity's id, the code of a group of them, or everywhere."""
    resource: Resource
    action: Action | FieldAction
    condition: str
    allows: bool
    field: str | None = None
    """The field of the resource, where the rule is about one."""

    @property
    def right(self) -> Right | RightToField:
        """What the rule is about."""
        if isinstance(self.action, Action):
            return self.resource, self.action
        assert self.field is not None
        return self.resource, self.field, self.action

    @property
    def words(self) -> tuple[str, str, str, str, str, str]:
        """The rule as the policy has it in text and tables."""
        subject = str(self.role or ANYONE)
        target = self.resource if self.field is None else f"{self.resource}#{self.field}"
        return subject, self.domain, str(target), str(self.action), self.condition, "allow" if self.allows else "deny"


@dataclass(frozen=True)
class NamedCondition:
    """A condition that rules on one resource may name."""

    name: str
    resource: Resource
    tree: Condition

    @cached_property
    def decide(self) -> Decide:
        """The condition on one row."""
        return in_python(self.tree)

    @cached_property
    def relations(self) -> frozenset[str]:
        """The related rows that it looks at."""
        return relations_of(self.tree)

    @cached_property
    def constants(self) -> Mapping[str, Any]:
        """The values that its SQL is given."""
        return constant_parameters(self.tree)

    @cached_property
    def digest(self) -> str:
        """Tells trees apart: statements are kept by it."""
        return sha256(repr(self.tree).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class ApprovalLimit:
    """Up to which amount a role or a person may approve documents of a kind; None is every legal entity."""

    role: Role | None
    person: str | None
    entity_id: UUID | None
    kind: Resource
    currency: str
    amount: Decimal
    valid_from: datetime
    valid_until: datetime | None


class DutyScope(StrEnum):
    """How far two duties are kept apart."""

    SAME_ENTITY = "same_entity"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class DutyPair:
    """Two roles that may not meet in one person."""

    roles: frozenset[Role]
    scope: DutyScope


Domains = Mapping[tuple[str, bool], frozenset[str]]
"""The domains of the rules on one right of one role, by their condition and whether they allow."""


@dataclass(frozen=True)
class Policy:
    """Everything of one version. `groups` names groups of legal entities that rules may speak of."""

    rules: tuple[Rule, ...]
    groups: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    version: int = 1
    conditions: Mapping[str, NamedCondition] = field(default_factory=dict)
    limits: tuple[ApprovalLimit, ...] = ()
    duty_pairs: tuple[DutyPair, ...] = ()

    @cached_property
    def by_role(self) -> Mapping[Role | None, Mapping[Right | RightToField, Domains]]:
        """The rules in the order in which they are asked for: compiling a subject reads those of their roles only.

        Raises PolicyError where a rule cannot be decided: to skip it would open or close doors silently.
        """
        index: dict[Role | None, dict[Right | RightToField, dict[tuple[str, bool], set[str]]]] = {}
        for rule in self.rules:
            self._check(rule)
            of_right = index.setdefault(rule.role, {}).setdefault(rule.right, {})
            of_right.setdefault((rule.condition, rule.allows), set()).add(rule.domain)
        return {
            role: {
                right: {key: frozenset(domains) for key, domains in of_right.items()}
                for right, of_right in rights.items()
            }
            for role, rights in index.items()
        }

    @cached_property
    def restricted(self) -> Mapping[Resource, Mapping[str, frozenset[FieldAction]]]:
        """The fields that rules name, with the actions that they name."""
        named: dict[Resource, dict[str, set[FieldAction]]] = {}
        for rule in self.rules:
            if isinstance(rule.action, FieldAction) and rule.field is not None:
                named.setdefault(rule.resource, {}).setdefault(rule.field, set()).add(rule.action)
        return {
            resource: {name: frozenset(actions) for name, actions in sorted(fields.items())}
            for resource, fields in named.items()
        }

    def relations_of(self, resource: Resource) -> frozenset[str]:
        """The related rows at which conditions on the rows of a resource look."""
        conditions = (each for each in self.conditions.values() if each.resource is resource)
        return frozenset[str]().union(*(each.relations for each in conditions))

    def checked(self) -> "Policy":
        """The policy, once it is known that every rule of it can be decided. Raises PolicyError."""
        assert self.by_role is not None
        return self

    def _check(self, rule: Rule) -> None:
        if rule.condition == ALWAYS:
            return
        condition = self.conditions.get(rule.condition)
        if condition is None:
            raise PolicyError(f"The condition {rule.condition!r} is unknown; a rule without one says {ALWAYS!r}.")
        if condition.resource is not rule.resource:
            raise PolicyError(f"The condition {rule.condition!r} is about {condition.resource}, not {rule.resource}.")
        if rule.field is not None:
            raise PolicyError(f"A rule on a field has no condition; {rule.resource}#{rule.field} names one.")


def starting_policy() -> Policy:
    """The policy that a new database starts with (policy.csv, conditions.yaml)."""
    duties = yaml.safe_load(_read("conditions.yaml"))["duties"]
    pairs = tuple(DutyPair(frozenset(map(Role, pair["roles"])), DutyScope(pair["scope"])) for pair in duties)
    conditions = [parse_named(**row) for row in starting_conditions()]
    return parse_policy(_read("policy.csv").splitlines(), conditions=conditions, duty_pairs=pairs)


def starting_conditions() -> list[dict[str, Any]]:
    """The conditions of the starting policy as rows: name, resource, tree."""
    conditions = yaml.safe_load(_read("conditions.yaml"))["conditions"]
    return [{"name": name, **each} for name, each in conditions.items()]


def parse_policy(
    lines: Iterable[str],
    *,
    version: int = 1,
    conditions: Iterable[NamedCondition] = (),
    duty_pairs: tuple[DutyPair, ...] = (),
) -> Policy:
    """Reads policy rows in Casbin's CSV form; an unknown word or condition is a `PolicyError`."""
    rules: list[Rule] = []
    groups: dict[str, frozenset[UUID]] = {}
    for line in lines:
        kind, *words = (word.strip() for word in line.split(","))
        if kind == "p":
            rules.append(parse_rule(words))
        elif kind == "g2":
            entity_id, group = words
            groups[group] = groups.get(group, frozenset()) | {UUID(entity_id)}
    policy = Policy(tuple(rules), groups, version, {each.name: each for each in conditions}, duty_pairs=duty_pairs)
    return policy.checked()


def parse_rule(words: Iterable[str]) -> Rule:
    """Reads the words of one rule: role, domain, resource or resource#field, action, condition, effect."""
    row = list(words)
    try:
        subject, domain, target, action, condition, effect = row
        name, mark, field_name = target.partition("#")
        resource = Resource(name)
        if mark and field_name not in RESTRICTABLE.get(resource, frozenset()):
            raise PolicyError(f"{target} is no field that rules may name.")
        return Rule(
            role=None if subject == ANYONE else Role(subject),
            domain=domain,
            resource=resource,
            action=FieldAction(action) if mark else Action(action),
            condition=condition,
            allows={"allow": True, "deny": False}[effect],
            field=field_name if mark else None,
        )
    except (ValueError, KeyError) as error:
        raise PolicyError(f"The policy row {', '.join(row)!r} is not understood: {error}") from error


def parse_named(name: str, resource: str, tree: object) -> NamedCondition:
    """Reads a condition; one that is not understood is a `PolicyError`."""
    try:
        return NamedCondition(name, Resource(resource), parse_condition(tree))
    except (ValueError, ConditionError) as error:
        raise PolicyError(f"The condition {name!r} is not understood: {error}") from error


def _read(name: str) -> str:
    return files("authz.policies").joinpath(name).read_text(encoding="utf-8")

"""Why a subject may do something to a row, or may not: Casbin's answer, and whatever else a decision asks.

The policy is asked rule by rule; then come the things that cut what it allows: the scopes of a key, the partner of an
outsider, and that nobody acts on what they may not read.

This is for the few who answer for the policy. It names rules, roles and rows, and so must never be shown to whom the
answer is about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from authz.actor import Actor
from authz.identity.scopes import Scope
from authz.masking import may_with_field
from authz.policies.conditions.python import RowValues, in_python
from authz.policies.conditions.tree import Condition, Exists
from authz.policies.conditions.words import comparisons, in_words
from authz.policies.oracle import enforcer
from authz.policies.policy import ALWAYS, EVERYWHERE, Policy, Rule
from authz.rows import OPEN_TO_PARTNERS, PUBLISHED_TO_PARTNERS
from authz.vocabulary import SHARED_RESOURCES, Action, FieldAction, Resource, Role


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: of an object, or, without a row, of any object at all."""

    resource: Resource
    action: Action | FieldAction
    field: str | None = None
    """The field of the resource, for what is done with a field."""
    entity_ids: frozenset[UUID]
    """It is enough that it is allowed in one of these legal entities."""
    row: RowValues | None = None
    """The row of the resource, with the related rows at which conditions look."""
    partner_id: UUID | None = None
    """The partner whom the row names."""

    @property
    def words(self) -> str:
        """What it is about, as rules name it."""
        return f"{self.resource}#{self.field}" if self.field else str(self.resource)


@dataclass(frozen=True)
class Compared:
    """A comparison of which a condition is made, in words, and what it came to; None is not known."""

    words: str
    holds: bool | None
    related: int | None = None
    """How many related rows it looked at, if at any."""


@dataclass(frozen=True)
class Weighed:
    """A condition of a rule that speaks of the subject, and whether it holds for the row; None is not known."""

    rule: Rule
    holds: bool | None
    compared: tuple[Compared, ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The decision, the rule that decided, what its conditions came to, and all of it in words."""

    allowed: bool
    reason: str
    rule: tuple[str, ...] | None = None
    conditions: tuple[Weighed, ...] = ()


def explain(policy: Policy, actor: Actor, question: Question, *, scopes: frozenset[Scope] | None = None) -> Explanation:
    """Whether the actor may do what is asked, and why. `scopes` are those of the key with which they sign in."""
    asked = _Asked(policy, actor, question)
    allowed, rule = asked.answer
    weighed = tuple(asked.weighed())
    obstacle = next(asked.obstacles(scopes), None) if allowed else None
    reason = obstacle or asked.said(allowed, rule, weighed)
    return Explanation(allowed=allowed and obstacle is None, rule=rule, conditions=weighed, reason=reason)


def _failing(weighed: Weighed) -> str:
    if weighed.holds is None:
        return f"{weighed.rule.condition} cannot be told, because something that it compares is not there"
    return f"{weighed.rule.condition} does not hold"


def held_in(actor: Actor, role: Role) -> frozenset[UUID]:
    """The legal entities in which a role is held."""
    return frozenset().union(*(grant.entity_ids for grant in actor.grants if grant.role is role))


@dataclass(frozen=True, eq=False)
class _Asked:
    policy: Policy
    actor: Actor
    question: Question

    @cached_property
    def roles(self) -> Mapping[Role, frozenset[UUID]]:
        return {grant.role: held_in(self.actor, grant.role) for grant in self.actor.grants}

    @cached_property
    def answer(self) -> tuple[bool, tuple[str, ...] | None]:
        """What the policy says, and the rule that decided: one that allows, else one that denies, else none."""
        if not self.actor.grants:
            return False, None
        if self.question.field is not None and not self._named:
            return True, None
        oracle = enforcer(self.policy, self.actor.subject, self.roles, self.actor.attributes)
        target, action = self.question.words, str(self._ruled)
        row = self.question.row if self.question.field is None else None
        where = sorted(self.question.entity_ids)
        answers = [oracle.ask(target, action, entity_id, row) for entity_id in where]
        best = max(answers, key=lambda each: (each[0], bool(each[1])), default=(False, []))
        return best[0], tuple(best[1]) or None

    def weighed(self) -> Iterator[Weighed]:
        """The conditions on the row, of the rules that speak of the subject there."""
        row, sub = self.question.row, self.actor.attributes
        for rule in self.policy.rules:
            about = row is not None and rule.right == (self.question.resource, self.question.action)
            if row is None or not about or rule.condition == ALWAYS or not self._reaches(rule):
                continue
            named = self.policy.conditions[rule.condition]
            compared = (
                Compared(in_words(each), in_python(each)(row, sub), _looked_at(each, row))
                for each in comparisons(named.tree)
            )
            yield Weighed(rule, named.decide(row, sub), tuple(compared))

    def obstacles(self, scopes: frozenset[Scope] | None) -> Iterator[str]:
        """What stands in the way of something that the policy allows."""
        question, actor = self.question, self.actor
        if scopes is not None and not self._within(scopes):
            yield f"The scopes of the key do not hold {question.resource}:{question.action}."
        if self._is_foreign:
            yield "The subject acts for a partner whom the object does not name."
        if self._needs_reading and not any(
            actor.may(question.resource, Action.READ, entity_id, question.row) for entity_id in question.entity_ids
        ):
            yield "The subject may not read the object, and so it does not exist for them."
        if question.field is not None and isinstance(question.action, FieldAction) and not self._field_is_theirs:
            yield "The field is not shown to the subject in every legal entity that they read."

    def said(self, allowed: bool, rule: tuple[str, ...] | None, weighed: tuple[Weighed, ...]) -> str:  # noqa: FBT001 - the answer
        """The policy's own reason."""
        if not self.actor.grants:
            return "The subject has no role now."
        if rule is not None:
            return _told(rule)
        if allowed:
            return "No rule names the field: it is open to whoever reads the object."
        failing = [_failing(each) for each in weighed if each.rule.allows and each.holds is not True]
        if failing:
            return f"A role of the subject would allow it, but not on this object: {', '.join(failing)}."
        return "No role of the subject allows it there."

    @property
    def _named(self) -> frozenset[FieldAction]:
        """What rules name for the field; nothing for one that is open."""
        return self.policy.restricted.get(self.question.resource, {}).get(self.question.field or "", frozenset())

    @property
    def _ruled(self) -> Action | FieldAction:
        """The action of whose rules it is a question: what no rule names for a field follows from seeing."""
        action = self.question.action
        follows = action in (FieldAction.FILTER, FieldAction.SORT, FieldAction.WRITE) and action not in self._named
        return FieldAction.SEE if follows else action

    def _within(self, scopes: frozenset[Scope]) -> bool:
        if self.question.field is None:
            return (self.question.resource, self.question.action) in scopes
        return any(resource is self.question.resource for resource, _ in scopes)

    @property
    def _is_foreign(self) -> bool:
        question, partner_id = self.question, self.actor.partner_id
        if partner_id is None or question.row is None or question.resource in OPEN_TO_PARTNERS:
            return False
        if question.resource in PUBLISHED_TO_PARTNERS:
            return question.row.get(PUBLISHED_TO_PARTNERS[question.resource]) is not True
        return question.partner_id != partner_id

    @property
    def _needs_reading(self) -> bool:
        """Documents of a legal entity are found by who reads them, and fields are shown with their rows."""
        question = self.question
        if question.field is not None:
            return True
        return question.row is not None and question.resource not in SHARED_RESOURCES

    @property
    def _field_is_theirs(self) -> bool:
        question, actor = self.question, self.actor
        assert question.field is not None
        right = actor.field(question.resource, question.field)
        match question.action:
            case FieldAction.FILTER:
                return right.filters
            case FieldAction.SORT:
                return right.sorts
            case FieldAction() as action:
                return any(
                    may_with_field(actor.access, question.resource, question.field, action, entity_id)
                    for entity_id in question.entity_ids
                )
        return True

    def _reaches(self, rule: Rule) -> bool:
        where = self.question.entity_ids
        held = where if rule.role is None else where & self.roles.get(rule.role, frozenset())
        named = self.policy.groups.get(rule.domain, frozenset())
        return any(rule.domain in (EVERYWHERE, str(each)) or each in named for each in held)


def _looked_at(condition: Condition, row: RowValues) -> int | None:
    return len(row.get(condition.relation, ())) if isinstance(condition, Exists) else None


def _told(rule: tuple[str, ...]) -> str:
    role, domain, target, action, condition, effect = rule
    on_rows = "" if condition == ALWAYS else f" on rows where {condition} holds"
    verb = "allows" if effect == "allow" else "denies"
    return f"The policy {verb} {role} to {action} {target} in {domain}{on_rows}."

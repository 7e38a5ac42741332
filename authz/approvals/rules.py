"""Which steps a document must take: pure, from the rules and from what the document is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who must agree to what; an empty column matches anything."""

    code: str
    subject: str | None
    part: str | None
    entity_id: UUID | None
    priority: int
    sequence: int
    role: str
    is_distinct: bool
    due_hours: int | None

    def matches(self, need: "Need") -> bool:
        """Whether the rule speaks of this need."""
        return (
            self.subject in (None, need.subject)
            and self.part in (None, need.part)
            and self.entity_id in (None, need.entity_id)
        )


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something on which somebody must decide: a group of fields of a kind of object, in one legal entity or for all.

    `owners` are the roles that decide where no rule says otherwise, one after the other; an empty one is whoever may
    change such objects.
    """

    subject: str
    part: str
    entity_id: UUID | None
    content_hash: str
    owners: tuple[str | None, ...] = (None,)
    due_hours: int | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """A step as it will be opened."""

    need: Need
    sequence: int
    role: str | None
    rule: str | None
    is_distinct: bool
    due_hours: int | None


def plan_steps(rules: Sequence[Rule], needs: Iterable[Need]) -> tuple[PlannedStep, ...]:
    """The steps for all needs, in their order. Of the rules that match a need those of the highest priority count."""
    return tuple(step for need in needs for step in _steps_of(rules, need))


def _steps_of(rules: Sequence[Rule], need: Need) -> Iterable[PlannedStep]:
    matching = [rule for rule in rules if rule.matches(need)]
    if not matching:
        yield from _of_owners(need)
        return
    highest = max(rule.priority for rule in matching)
    for rule in sorted(matching, key=lambda each: (each.sequence, each.code)):
        if rule.priority == highest:
            yield PlannedStep(
                need=need,
                sequence=rule.sequence,
                role=rule.role,
                rule=rule.code,
                is_distinct=rule.is_distinct,
                due_hours=rule.due_hours or need.due_hours,
            )


def _of_owners(need: Need) -> Iterable[PlannedStep]:
    several = len(need.owners) > 1
    for sequence, owner in enumerate(need.owners, start=1):
        yield PlannedStep(
            need=need, sequence=sequence, role=owner, rule=None, is_distinct=several, due_hours=need.due_hours
        )

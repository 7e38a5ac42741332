"""The steps of a document: opened when it is submitted, decided by those whose they are, void when it is another now.

The caller holds the document's lock, has asked whether the actor may decide at all, and says of each step whether it is
the actor's.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.approvals.lifecycle import StepStatus, Verdict
from authz.approvals.model import ApprovalDecision, ApprovalStep
from authz.approvals.queries import (
    Step,
    apply_closing,
    apply_opening,
    apply_void,
    gather_distinct,
    gather_rules,
    gather_steps,
)
from authz.approvals.rules import Need, PlannedStep, plan_steps
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is to be approved, and whose it is."""

    kind: str
    id: UUID
    entity_id: UUID | None
    submitted_by: str
    submitted_by_person: str
    submitted_for: str | None


@dataclass(frozen=True)
class Progress:
    """What a decision came to: the steps that it decided, and those that are still to be decided."""

    decided: tuple[Step, ...]
    open: tuple[Step, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.open


async def open_steps(op: Operation[Actor], document: Document, needs: Sequence[Need]) -> int:
    """Opens the steps that the document needs; answers how many are to be decided.

    Of an earlier submission, a step stands whose content is the same; the others are void, and are shown as such.
    """
    planned = plan_steps(await gather_rules(op, document.kind), needs)
    before = {_identity(step): step for step in await gather_steps(op, document.id)}
    wanted = {_planned_identity(step): step for step in planned}
    await _void(op, (step for identity, step in before.items() if identity not in wanted))
    new = [step for identity, step in wanted.items() if identity not in before]
    await op.insert(ApprovalStep, [_row(document, step) for step in new])
    kept = [step for identity, step in before.items() if identity in wanted]
    await _advance(op, document.id)
    unapproved = [step for step in kept if step.status != StepStatus.APPROVED]
    return len(new) + len(unapproved)


async def decide(
    op: Operation[Actor], document: Document, verdict: Verdict, reason: str | None, *, may: Callable[[Step], bool]
) -> Progress:
    """Decides on all open steps that are the actor's, and opens those that follow. None may be theirs."""
    steps = await gather_steps(op, document.id)
    mine = [step for step in steps if step.status == StepStatus.OPEN and may(step)]
    mine = await _leave_distinct(op, document, mine) if verdict is Verdict.APPROVED else mine
    if not mine:
        return Progress((), tuple(step for step in steps if step.status != StepStatus.APPROVED))
    await op.insert(ApprovalDecision, [_decision(op, document, step, verdict, reason) for step in mine])
    if verdict is Verdict.APPROVED:
        await apply_closing(op, [step.id for step in mine], StepStatus.APPROVED)
        await _advance(op, document.id)
    elif verdict is Verdict.REJECTED:
        await apply_closing(op, [step.id for step in mine], StepStatus.REJECTED)
    after = await gather_steps(op, document.id)
    return Progress(tuple(mine), tuple(step for step in after if step.status in (StepStatus.OPEN, StepStatus.WAITING)))


async def void_steps(
    op: Operation[Actor], document_id: UUID, *, chosen: Callable[[Step], bool] = lambda _: True
) -> None:
    """Has the chosen steps of a document, and what was decided on them, count no longer."""
    await _void(op, (step for step in await gather_steps(op, document_id) if chosen(step)))


async def _void(op: Operation[Actor], steps: Iterable[Step]) -> None:
    ids = [step.id for step in steps]
    if ids:
        await apply_void(op, ids)


async def _advance(op: Operation[Actor], document_id: UUID) -> None:
    """Opens the waiting steps that come next, once all before them are approved."""
    steps = [step for step in await gather_steps(op, document_id) if step.status != StepStatus.APPROVED]
    first = min((step.sequence for step in steps), default=0)
    following = [step for step in steps if step.sequence == first and step.status == StepStatus.WAITING]
    await apply_opening(op, [(step.id, _due(op.now, step.due_hours)) for step in following])


async def _leave_distinct(op: Operation[Actor], document: Document, steps: Sequence[Step]) -> list[Step]:
    """Of the steps that each take another person, one at most is left to the actor, and none who had one before."""
    is_taken = op.actor.person in await gather_distinct(op, document.id)
    left = []
    for step in steps:
        if step.is_distinct and is_taken:
            continue
        is_taken = is_taken or step.is_distinct
        left.append(step)
    return left


def _due(opened: datetime, hours: int | None) -> datetime | None:
    return None if hours is None else opened + timedelta(hours=hours)


def _identity(step: Step) -> tuple[Any, ...]:
    owner = (step.sequence, step.role, step.rule, step.is_distinct)
    return (step.subject, step.part, step.for_entity_id, step.content_hash, *owner)


def _planned_identity(step: PlannedStep) -> tuple[Any, ...]:
    need, owner = step.need, (step.sequence, step.role, step.rule, step.is_distinct)
    return (need.subject, need.part, need.entity_id, need.content_hash, *owner)


def _row(document: Document, step: PlannedStep) -> dict[str, Any]:
    return {
        "id": new_id(),
        "document_kind": document.kind,
        "document_id": document.id,
        "entity_id": document.entity_id,
        "for_entity_id": step.need.entity_id,
        "subject": step.need.subject,
        "part": step.need.part,
        "sequence": step.sequence,
        "role": step.role,
        "rule": step.rule,
        "is_distinct": step.is_distinct,
        "content_hash": step.need.content_hash,
        "due_hours": step.due_hours,
    }


def _decision(
    op: Operation[Actor], document: Document, step: Step, verdict: Verdict, reason: str | None
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "step_id": step.id,
        "document_id": document.id,
        "entity_id": document.entity_id,
        "verdict": verdict,
        "reason": reason,
        "content_hash": step.content_hash,
        "decided_by": op.actor.subject,
        "decided_by_person": op.actor.person,
        "decided_for": op.actor.acts_for_person,
        "decided_at": op.now,
        "submitted_by": document.submitted_by,
        "submitted_by_person": document.submitted_by_person,
        "submitted_for": document.submitted_for,
        "distinct_person": op.actor.person if step.is_distinct else None,
        # What is handed back binds nobody: the same person may approve it when it comes again.
        "void_at": op.now if verdict is Verdict.RETURNED else None,
    }

"""Every statement of approvals."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select, update
from sqlalchemy.types import DateTime

from authz.actor import Actor
from authz.approvals.lifecycle import StepStatus
from authz.approvals.model import ApprovalDecision, ApprovalRule, ApprovalStep
from authz.approvals.rules import Rule
from authz.policies.model import Standing
from kernel.db import GivenRows, among, any_of
from kernel.operation import Operation
from kernel.rows import Row

Step = Row

_RULES = (
    select(
        ApprovalRule.code,
        ApprovalRule.subject,
        ApprovalRule.part,
        ApprovalRule.entity_id,
        ApprovalRule.priority,
        ApprovalRule.sequence,
        ApprovalRule.role,
        ApprovalRule.is_distinct,
        ApprovalRule.due_hours,
    )
    .where(
        ApprovalRule.document_kind == bindparam("of_kind", type_=Text()),
        ApprovalRule.status == Standing.ACTIVE,
    )
    .order_by(ApprovalRule.code)
)
_STEPS = (
    select(ApprovalStep.__table__)
    .where(
        ApprovalStep.document_id == bindparam("document", type_=Uuid()),
        ApprovalStep.status != StepStatus.VOID,
    )
    .order_by(ApprovalStep.sequence, ApprovalStep.id)
)
_DISTINCT = select(ApprovalDecision.distinct_person).where(
    ApprovalDecision.document_id == bindparam("document", type_=Uuid()),
    ApprovalDecision.distinct_person.is_not(None),
    ApprovalDecision.void_at.is_(None),
)
_MOVED = GivenRows("moved", step=Uuid(), new_status=Text(), opened=DateTime(timezone=True), due=DateTime(timezone=True))
_OPEN = (
    update(ApprovalStep)
    .where(ApprovalStep.id == _MOVED.c.step)
    .values(status=_MOVED.c.new_status, opened_at=_MOVED.c.opened, due_at=_MOVED.c.due)
)
_CLOSE = (
    update(ApprovalStep)
    .where(any_of(ApprovalStep.id, "steps"))
    .values(status=bindparam("new_status"), closed_at=bindparam("instant"))
)
_VOID_DECISIONS = (
    update(ApprovalDecision)
    .where(any_of(ApprovalDecision.step_id, "steps"), ApprovalDecision.void_at.is_(None))
    .values(void_at=bindparam("instant"))
)
_VOID_STEPS = (
    update(ApprovalStep)
    .where(
        any_of(ApprovalStep.id, "steps"),
        among(ApprovalStep.status, (StepStatus.WAITING, StepStatus.OPEN, StepStatus.APPROVED)),
    )
    .values(status=StepStatus.VOID, closed_at=bindparam("instant"))
)


async def gather_rules(op: Operation[Actor], kind: str) -> Sequence[Rule]:
    """The rules in force for documents of a kind."""
    return [Rule(**row) for row in (await op.execute(_RULES, {"of_kind": kind})).mappings()]


async def gather_steps(op: Operation[Actor], document_id: UUID) -> Sequence[Step]:
    """The steps of a document that count, in their order. Whoever changes them holds the document's lock."""
    return (await op.execute(_STEPS, {"document": document_id})).all()


async def gather_distinct(op: Operation[Actor], document_id: UUID) -> set[str]:
    """The people who decided on steps of the document that each take another person."""
    return set((await op.execute(_DISTINCT, {"document": document_id})).scalars())


async def apply_opening(op: Operation[Actor], opened: Collection[tuple[UUID, datetime | None]]) -> None:
    """Opens steps: (step, when it is due)."""
    if opened:
        rows = [(step, StepStatus.OPEN, op.now, due) for step, due in opened]
        await op.change(_OPEN, _MOVED.parameters(rows), rows=len(rows))


async def apply_closing(op: Operation[Actor], steps: Collection[UUID], status: StepStatus) -> None:
    """Closes steps that were decided."""
    await op.change(_CLOSE, {"steps": sorted(steps), "new_status": status, "instant": op.now}, rows=len(steps))


async def apply_void(op: Operation[Actor], steps: Collection[UUID]) -> None:
    """Has steps and what was decided on them count no longer. Rejected steps stay what they are."""
    given = {"steps": sorted(steps), "instant": op.now}
    await op.write(_VOID_DECISIONS, given)
    await op.write(_VOID_STEPS, given)

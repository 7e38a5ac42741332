"""Reject a change request: another person than its submitter decides that nothing of it becomes active."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.approvals.lifecycle import Verdict
from authz.approvals.steps import decide, void_steps
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.operation import Operation
from kernel.outcome import Done
from masterdata.governance.approve import refuse_unfit, require_step
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries.requests import apply_decision
from masterdata.governance.review import changed, document_of, fact, is_theirs, open_request
from masterdata.noun import Nouns


@dataclass(frozen=True)
class RejectChangeRequest:
    """Which change request is rejected, and why."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    reason: str | None = argument("Why it is rejected.", default=None)
    expected_version: int = argument("The version that you saw.")


async def reject_change_request(op: Operation[Actor], command: RejectChangeRequest, *, nouns: Nouns) -> Done:
    """Rejects the request for ever. Whoever has an open step of it may."""
    refuse_unfit(command)
    request = await open_request(
        op,
        command.change_request_id,
        Action.REJECT,
        ChangeRequestStatus.REJECTED,
        expected_version=command.expected_version,
    )
    progress = await decide(
        op, document_of(request), Verdict.REJECTED, command.reason, may=lambda step: is_theirs(op, step, nouns)
    )
    require_step(request, progress)
    decided = {step.id for step in progress.decided}
    await void_steps(op, request.id, chosen=lambda step: step.id not in decided)
    await apply_decision(op, request.id, ChangeRequestStatus.REJECTED, command.reason)
    op.record(fact(request, "ChangeRequestRejected", submittedBy=request.submitted_by))
    return changed(request)

"""Return a change request: its submitter reworks it, under the same number."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.approvals.lifecycle import StepStatus, Verdict
from authz.approvals.steps import decide, void_steps
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.operation import Operation
from kernel.outcome import Done
from kernel.refusal import Refusal, invalid
from masterdata.governance.approve import refuse_unfit, require_step
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries.requests import apply_decision
from masterdata.governance.review import changed, document_of, fact, is_theirs, open_request
from masterdata.noun import Nouns


@dataclass(frozen=True)
class ReturnChangeRequest:
    """Which change request is handed back, and what is to be done about it."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    reason: str = argument("What its submitter should do.")
    expected_version: int = argument("The version that you saw.")


async def return_change_request(op: Operation[Actor], command: ReturnChangeRequest, *, nouns: Nouns) -> Done:
    """Hands the request back. What was approved of it stands, as long as it comes back with the same content."""
    refuse_unfit(command)
    if not command.reason.strip():
        raise Refusal(invalid("Say what the submitter should do.", "reason"))
    request = await open_request(
        op,
        command.change_request_id,
        Action.REJECT,
        ChangeRequestStatus.RETURNED,
        expected_version=command.expected_version,
    )
    progress = await decide(
        op, document_of(request), Verdict.RETURNED, command.reason, may=lambda step: is_theirs(op, step, nouns)
    )
    require_step(request, progress)
    await void_steps(op, request.id, chosen=lambda step: step.status != StepStatus.APPROVED)
    await apply_decision(op, request.id, ChangeRequestStatus.RETURNED, command.reason)
    op.record(fact(request, "ChangeRequestReturned", submittedBy=request.submitted_by))
    return changed(request)

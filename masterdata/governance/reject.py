"""Reject a change request: none of its changes will become active."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, invalid
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries import apply_decision
from masterdata.governance.review import open_request
from masterdata.noun import Nouns


@dataclass(frozen=True)
class RejectChangeRequest:
    """Which change request is rejected, and why."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    reason: str = argument("Why, for the submitter to read.")
    expected_version: int | None = argument("The version that you saw.", default=None)


async def reject_change_request(op: Operation[Actor], command: RejectChangeRequest, *, nouns: Nouns) -> Done:
    """Rejects the request, with a reason that its submitter will read in the event."""
    request = await open_request(
        op, command.change_request_id, nouns, Action.REJECT, expected_version=command.expected_version
    )
    if not command.reason.strip():
        raise Refusal(invalid("Say why, so that the submitter knows what to change.", "reason"))
    await apply_decision(op, request.id, ChangeRequestStatus.REJECTED)
    op.record(
        Event(
            type="ChangeRequestRejected",
            subject_type="ChangeRequest",
            subject_id=request.id,
            entity_id=request.entity_id,
            payload={"number": request.number, "submittedBy": request.submitted_by, "reason": command.reason},
        )
    )
    return Done({"change_request": (Ref("ChangeRequest", request.id, None, request.version + 1),)})

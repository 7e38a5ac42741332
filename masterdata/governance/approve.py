"""Approve a change request: another person than its submitter lets all its changes become active."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries import apply_decision
from masterdata.governance.review import open_request
from masterdata.noun import Nouns


@dataclass(frozen=True)
class ApproveChangeRequest:
    """Which change request is approved."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    expected_version: int | None = argument("The version that you saw.", default=None)


async def approve_change_request(op: Operation[Actor], command: ApproveChangeRequest, *, nouns: Nouns) -> Done:
    """Approves the request. Its changes become active with its activation."""
    request = await open_request(
        op, command.change_request_id, nouns, Action.APPROVE, expected_version=command.expected_version
    )
    await apply_decision(op, request.id, ChangeRequestStatus.APPROVED)
    op.record(
        Event(
            type="ChangeRequestApproved",
            subject_type="ChangeRequest",
            subject_id=request.id,
            entity_id=request.entity_id,
            payload={"number": request.number, "submittedBy": request.submitted_by},
        )
    )
    return Done({"change_request": (Ref("ChangeRequest", request.id, None, request.version + 1),)})

"""Withdraw a change request: its submitter takes it back, as long as it is not active."""

from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.approvals.steps import void_steps
from kernel.commands import argument
from kernel.operation import Operation
from kernel.outcome import Done
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries.requests import apply_status
from masterdata.governance.review import changed, fact, open_to_submitter


@dataclass(frozen=True)
class WithdrawChangeRequest:
    """Which change request is taken back."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    expected_version: int = argument("The version that you saw.")


async def withdraw_change_request(op: Operation[Actor], command: WithdrawChangeRequest) -> Done:
    """Takes the request back for ever. Its submitter may, and whoever acts for them."""
    request = await open_to_submitter(
        op, command.change_request_id, ChangeRequestStatus.WITHDRAWN, expected_version=command.expected_version
    )
    await void_steps(op, request.id)
    await apply_status(op, request.id, ChangeRequestStatus.WITHDRAWN)
    op.record(fact(request, "ChangeRequestWithdrawn"))
    return changed(request)

"""What can be done with change requests."""

from functools import partial
from typing import Any

from api.writes.mutation import CommandContext, MutationField, Objects, mutation_field, mutation_run_by
from kernel.operation import Call
from kernel.outcome import Outcome
from masterdata.governance.activate import ActivateChangeRequest
from masterdata.governance.approve import ApproveChangeRequest, approve_change_request
from masterdata.governance.reject import RejectChangeRequest, reject_change_request
from masterdata.governance.return_for_rework import ReturnChangeRequest, return_change_request
from masterdata.governance.submit import SubmitChangeRequest, submit_change_request
from masterdata.governance.withdraw import WithdrawChangeRequest, withdraw_change_request
from masterdata.registry import NOUNS

_SHOWN = {"changeRequest": "ChangeRequest"}


async def _activate(
    context: CommandContext, command: ActivateChangeRequest, call: Call, **reading: Any
) -> Outcome[Objects]:
    """On the engine of the one role that may write master data."""
    return await context.activation.run(context.actor, command, call, **reading)


MUTATIONS: tuple[MutationField, ...] = (
    mutation_field(
        name="submitChangeRequest",
        use_case=partial(submit_change_request, nouns=NOUNS),
        command=SubmitChangeRequest,
        objects=_SHOWN,
        description="Propose changes of master data: checked now, decided on field by field by those who own them, and "
        "active together. Also submits anew what was returned to you.",
    ),
    mutation_field(
        name="approveChangeRequest",
        use_case=partial(approve_change_request, nouns=NOUNS),
        command=ApproveChangeRequest,
        objects=_SHOWN,
        description="Agree to what is yours to decide on in a change request, but for the values that you refuse.",
    ),
    mutation_field(
        name="rejectChangeRequest",
        use_case=partial(reject_change_request, nouns=NOUNS),
        command=RejectChangeRequest,
        objects=_SHOWN,
        description="Reject a change request for ever.",
    ),
    mutation_field(
        name="returnChangeRequest",
        use_case=partial(return_change_request, nouns=NOUNS),
        command=ReturnChangeRequest,
        objects=_SHOWN,
        description="Hand a change request back to its submitter for rework, under the same number.",
    ),
    mutation_field(
        name="withdrawChangeRequest",
        use_case=withdraw_change_request,
        command=WithdrawChangeRequest,
        objects=_SHOWN,
        description="Take your own change request back, as long as it is not active.",
    ),
    mutation_run_by(
        _activate,
        name="activateChangeRequest",
        command=ActivateChangeRequest,
        objects=_SHOWN,
        description="Make an approved change request active: all that was accepted of it, or nothing. What others "
        "changed meanwhile goes back to review.",
    ),
)

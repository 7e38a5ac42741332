"""Approve a change request: another person than its submitter lets its changes become active, all or some of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.approvals.lifecycle import Verdict
from authz.approvals.steps import Progress, decide
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done
from kernel.refusal import Code, Refusal, Refused, invalid
from masterdata.governance.lifecycle import CHANGE_REQUEST_STATUS, ChangeRequestStatus, LineOperation
from masterdata.governance.queries.fields import apply_acceptance, apply_refusals, gather_chosen, gather_scopes
from masterdata.governance.queries.lines import apply_losses, gather_orphans
from masterdata.governance.queries.requests import Request, apply_decision
from masterdata.governance.review import changed, document_of, fact, is_theirs, open_request, scope_of
from masterdata.governance.values import check_words
from masterdata.noun import Nouns

REFUSED_MAX = 10_000


@dataclass(frozen=True)
class RefusedField:
    """A proposed value that is not to become active."""

    line_number: int = argument("The line of the change request.")
    field: str | None = argument("The field; all of the line that is yours to decide on if left out.", default=None)
    reason: str | None = argument("Why it is refused.", default=None)


@dataclass(frozen=True)
class ApproveChangeRequest:
    """Which change request is approved, and what of it is not."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    refused: tuple[RefusedField, ...] = argument(
        f"What you refuse of it, at most {REFUSED_MAX}; the rest of what is yours to decide on is accepted.", default=()
    )
    reason: str | None = argument("Why you decide so.", default=None)
    expected_version: int = argument("The version that you saw.")


async def approve_change_request(op: Operation[Actor], command: ApproveChangeRequest, *, nouns: Nouns) -> Done:
    """Decides on all steps of the request that are the actor's. Once no step is left it may be activated; a
    request of which nothing was accepted is rejected.
    """
    refuse_unfit(command)
    request = await open_request(
        op,
        command.change_request_id,
        Action.APPROVE,
        ChangeRequestStatus.APPROVED,
        expected_version=command.expected_version,
    )
    progress = await decide(
        op,
        document_of(request),
        Verdict.APPROVED,
        command.reason,
        may=lambda step: is_theirs(op, step, nouns),
    )
    require_step(request, progress)
    scopes = {scope_of(step) for step in progress.decided}
    await _choose(op, request, command, scopes, nouns)
    await apply_acceptance(op, request.id, scopes)
    status = await _outcome(op, request, progress)
    CHANGE_REQUEST_STATUS.require(request.status, status)
    await apply_decision(op, request.id, status, command.reason)
    op.record(_event(request, status, progress))
    return changed(request)


def refuse_unfit(command: Any) -> None:
    """Refuses words that no text can hold, and lists that are too long."""
    refused: Sequence[RefusedField] = getattr(command, "refused", ())
    if len(refused) > REFUSED_MAX:
        raise Refusal(invalid(f"At most {REFUSED_MAX} values are refused at once.", "refused"))
    texts: list[tuple[tuple[str | int, ...], str | None]] = [(("reason",), command.reason)]
    for index, each in enumerate(refused):
        texts += [(("refused", index, "field"), each.field), (("refused", index, "reason"), each.reason)]
    problems = [unfit for path, text in texts if (unfit := check_words(text, *path))]
    if problems:
        raise Refusal(*problems)


def require_step(request: Request, progress: Progress) -> None:
    """Refuses where no open step of the request is the actor's."""
    if progress.decided:
        return
    waits_for = sorted({f"{step.subject} {step.part}" for step in progress.open})
    message = f"No open step of {request.number} is yours. It waits for a decision on: {', '.join(waits_for)}."
    raise Refusal(Refused(Code.FORBIDDEN, message, ("changeRequestId",)))


async def _choose(
    op: Operation[Actor],
    request: Request,
    command: ApproveChangeRequest,
    scopes: Collection[tuple[str, str, UUID | None]],
    nouns: Nouns,
) -> None:
    """Refuses the chosen values, and the lines of which nothing is left by that."""
    if not command.refused:
        return
    chosen = [(each.line_number, each.field, each.reason, place) for place, each in enumerate(command.refused)]
    found = await gather_chosen(op, request.id, scopes, chosen)
    problems = [*_not_found(command, {row.place for row in found}), *_unfit_choices(command, found, nouns)]
    if problems:
        raise Refusal(*problems)
    await apply_refusals(op, {row.id: row.why for row in found}.items())
    await apply_losses(op, request.id, f"refused by {op.actor.subject}")
    orphans = await gather_orphans(op, request.id)
    if orphans:
        raise Refusal(
            *(invalid(f"Line {row.line_number} names what line {row.needed} makes: refuse it too.") for row in orphans)
        )


def _not_found(command: ApproveChangeRequest, found: Collection[int]) -> Iterable[Refused]:
    for place, each in enumerate(command.refused):
        if place not in found:
            what = f"{each.field} of line {each.line_number}" if each.field else f"line {each.line_number}"
            message = f"{what} is not among what is yours to decide on here."
            yield invalid(message, "refused", place, "field" if each.field else "lineNumber")


def _unfit_choices(command: ApproveChangeRequest, found: Sequence[Any], nouns: Nouns) -> Iterable[Refused]:
    """What cannot be refused by itself: what a new object needs, and what stands or falls with others."""
    for row in found:
        field = command.refused[row.place].field
        noun = nouns[row.noun]
        if field is None:
            continue
        declared = next((each for each in noun.fields if each.column == row.column_name and row.part is None), None)
        if declared is not None and row.operation == LineOperation.CREATE and noun.is_required(declared):
            message = (
                f"A {noun.title} needs {field}: refuse the whole of line {row.line_number}, or return the request."
            )
            yield invalid(message, "refused", row.place, "field")
        elif noun.group_of[row.field_group].stands_together:
            message = (
                f"The values of {row.field_group} stand or fall together: refuse the whole of line {row.line_number}."
            )
            yield invalid(message, "refused", row.place, "field")


async def _outcome(op: Operation[Actor], request: Request, progress: Progress) -> ChangeRequestStatus:
    if not progress.is_complete:
        return ChangeRequestStatus.IN_REVIEW
    if not any(scope.has_accepted for scope in await gather_scopes(op, request.id)):
        came_back = request.failure is not None
        return ChangeRequestStatus.SUPERSEDED if came_back else ChangeRequestStatus.REJECTED
    return ChangeRequestStatus.APPROVED


def _event(request: Request, status: ChangeRequestStatus, progress: Progress) -> Event:
    names = {
        ChangeRequestStatus.IN_REVIEW: "ChangeRequestStepApproved",
        ChangeRequestStatus.REJECTED: "ChangeRequestRejected",
        ChangeRequestStatus.SUPERSEDED: "ChangeRequestSuperseded",
    }
    decided = sorted({f"{step.subject}/{step.part}" for step in progress.decided})
    return fact(request, names.get(status, "ChangeRequestApproved"), submittedBy=request.submitted_by, decided=decided)

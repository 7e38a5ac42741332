"""Opening a change request for who reviews, reworks or activates it: found, allowed, locked, in the right status."""

from typing import Any
from uuid import UUID

from authz.access import NO_ROW, authorise, authorise_anywhere, foresee_anywhere, permit_shared
from authz.actor import Actor
from authz.approvals.lifecycle import StepStatus
from authz.approvals.queries import Step, gather_steps
from authz.approvals.rules import Need
from authz.approvals.steps import Document, open_steps
from authz.related import with_related
from authz.vocabulary import Action, Resource
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.refusal import Code, Refusal, Refused, not_found
from masterdata.governance.lifecycle import CHANGE_REQUEST_STATUS, ChangeRequestStatus, LineResult
from masterdata.governance.model import ChangeRequest
from masterdata.governance.queries.fields import apply_carried, gather_scopes
from masterdata.governance.queries.lines import gather_lines
from masterdata.governance.queries.requests import Request, apply_beginning, gather_request, lock_request
from masterdata.noun import Nouns, Right

CHANGE_REQUEST = "change_request"
_REQUESTS = ChangeRequest.metadata.tables[ChangeRequest.__tablename__]


async def open_request(
    op: Operation[Actor],
    request_id: UUID,
    action: Action,
    leads_to: ChangeRequestStatus,
    *,
    expected_version: int | None,
) -> Request:
    """The change request under lock, if the actor may do `action` to it and it can become `leads_to`.

    Who decides must be neither the submitter nor whom the submitter acted for, by whatever account.
    """
    foresee_anywhere(op, Resource.CHANGE_REQUEST, action)
    request, values = await _find(op, request_id, action)
    if action in (Action.APPROVE, Action.REJECT):
        _require_four_eyes(op, request)
    permit_shared(op, Resource.CHANGE_REQUEST, action, values)
    _check_version(request, expected_version)
    _require_transition(request, leads_to)
    return request


async def open_to_submitter(
    op: Operation[Actor], request_id: UUID, leads_to: ChangeRequestStatus, *, expected_version: int | None
) -> Request:
    """The change request under lock, for those whose it is."""
    foresee_anywhere(op, Resource.CHANGE_REQUEST, Action.CANCEL)
    request, values = await _find(op, request_id, Action.CANCEL)
    if not {request.submitted_by_person, request.submitted_for} & {op.actor.person, op.actor.acts_for_person} - {None}:
        message = f"{request.number} is {request.submitted_by}'s; only they rework it or take it back."
        raise Refusal(Refused(Code.FORBIDDEN, message, ("changeRequestId",)))
    permit_shared(op, Resource.CHANGE_REQUEST, Action.CANCEL, values)
    _check_version(request, expected_version)
    _require_transition(request, leads_to)
    return request


async def open_steps_of(op: Operation[Actor], request_id: UUID, nouns: Nouns) -> ChangeRequestStatus:
    """Opens the steps that a submitted request needs; answers how far it is with that.

    Where nothing is left to decide it is done at once: it is active if it holds already, and rejected if no line could
    be taken. What was decided on the same content before stands.
    """
    request = await gather_request(op, request_id)
    assert request is not None, "it was submitted just now"
    scopes = await gather_scopes(op, request_id)
    needs = [_need(nouns, scope) for scope in scopes]
    waiting = await open_steps(op, document_of(request), needs)
    steps = await gather_steps(op, request_id)
    decided = [scope_of(step) for step in steps if step.status == StepStatus.APPROVED]
    if decided:
        await apply_carried(op, request_id, decided)
    status = await _begin(op, request_id, has_scopes=bool(scopes), waiting=waiting, decided=len(decided))
    if status is not ChangeRequestStatus.SUBMITTED:
        passed = ChangeRequestStatus.SUBMITTED
        for following in (ChangeRequestStatus.APPROVED, status) if status is ChangeRequestStatus.ACTIVE else (status,):
            CHANGE_REQUEST_STATUS.require(passed, following)
            passed = following
        await apply_beginning(op, request_id, status)
    return status


async def _begin(
    op: Operation[Actor], request_id: UUID, *, has_scopes: bool, waiting: int, decided: int
) -> ChangeRequestStatus:
    if not has_scopes:
        results = {row.result for row in await gather_lines(op, request_id)}
        holds = LineResult.UNCHANGED in results
        return ChangeRequestStatus.ACTIVE if holds else ChangeRequestStatus.REJECTED
    if not waiting:
        return ChangeRequestStatus.APPROVED
    return ChangeRequestStatus.IN_REVIEW if decided else ChangeRequestStatus.SUBMITTED


def fact(request: Request, name: str, **payload: Any) -> Event:
    """What happened to the request, as an event."""
    return Event(
        type=name,
        subject_type="ChangeRequest",
        subject_id=request.id,
        entity_id=request.entity_id,
        payload={"number": request.number, **payload},
    )


def changed(request: Request, *warnings: Notice) -> Done:
    """The request with the version that the command left, counted up once."""
    return Done({CHANGE_REQUEST: (Ref("ChangeRequest", request.id, None, request.version + 1),)}, warnings)


def document_of(request: Request) -> Document:
    """The request as the approvals know it."""
    return Document(
        kind=CHANGE_REQUEST,
        id=request.id,
        entity_id=request.entity_id,
        submitted_by=request.submitted_by,
        submitted_by_person=request.submitted_by_person,
        submitted_for=request.submitted_for,
    )


def scope_of(step: Step) -> tuple[str, str, UUID | None]:
    """The group of fields that a step decides on."""
    return (step.subject, step.part, step.for_entity_id)


def is_theirs(op: Operation[Actor], step: Step, nouns: Nouns) -> bool:
    """Whether a step is the actor's to decide on: by the role that it names, or else by what they may change."""
    where = step.for_entity_id
    if step.role is not None:
        return any(
            grant.role == step.role and grant.partner_id is None and (where is None or where in grant.entity_ids)
            for grant in op.actor.grants
        )
    right = nouns[step.subject].right
    if op.actor.partner_id is not None:
        return False
    if where is None:
        return op.actor.may_shared(right.resource, right.action, NO_ROW)
    return op.actor.may(right.resource, right.action, where, NO_ROW)


def require(op: Operation[Actor], right: Right, entity_id: UUID | None) -> None:
    """Asks for a right in the legal entity, or, for what the group shares, anywhere."""
    if entity_id is None:
        authorise_anywhere(op, right.resource, right.action)
    else:
        authorise(op, right.resource, right.action, entity_id)


async def _find(op: Operation[Actor], request_id: UUID, action: Action) -> tuple[Request, Any]:
    request = await lock_request(op, request_id)
    if request is None:
        raise Refusal(not_found("Change request", "changeRequestId"))
    relations = op.actor.access.relations(Resource.CHANGE_REQUEST, Action.READ, action)
    values = await with_related(op.execute, _REQUESTS, request, relations)
    if not op.actor.may_shared(Resource.CHANGE_REQUEST, Action.READ, values):
        raise Refusal(not_found("Change request", "changeRequestId"))
    return request, values


def _need(nouns: Nouns, scope: Any) -> Need:
    noun = nouns[scope.noun]
    group = noun.group_of[scope.field_group]
    return Need(
        subject=noun.name,
        part=group.name,
        entity_id=scope.entity_id if noun.is_of_an_entity else None,
        content_hash=scope.content_hash,
        owners=group.owners,
    )


def _check_version(request: Request, expected: int | None) -> None:
    if expected is not None and request.version != expected:
        message = f"The change request was changed since: it has version {request.version}, not {expected}."
        data = {"current": request.version, "expected": expected}
        raise Refusal(Refused(Code.VERSION_CONFLICT, message, ("expectedVersion",), data))


def _require_transition(request: Request, status: str) -> None:
    if request.status == status:
        message, data = f"{request.number} is {status} already.", {"from": status, "to": status}
        raise Refusal(Refused(Code.INVALID_TRANSITION, message, ("changeRequestId",), data))
    CHANGE_REQUEST_STATUS.require(request.status, status)


def _require_four_eyes(op: Operation[Actor], request: Request) -> None:
    """The policy says it too, for those who read it; this holds whatever the policy says."""
    if {request.submitted_by, request.submitted_by_person, request.submitted_for} & op.actor.ids:
        message = f"{request.number} was submitted by {request.submitted_by}; another person decides on it."
        raise Refusal(Refused(Code.FORBIDDEN, message, ("changeRequestId",)))

"""Opening a change request for whoever reviews or activates it: found, allowed, locked, and in the right status."""

from uuid import UUID

from authz.access import authorise, authorise_anywhere, foresee_anywhere, permit_shared
from authz.actor import Actor
from authz.related import with_related
from authz.vocabulary import Action, Resource
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused, not_found
from kernel.rows import Row
from masterdata.governance.lifecycle import CHANGE_REQUEST_STATUS, ChangeRequestStatus
from masterdata.governance.model import ChangeRequest
from masterdata.governance.queries import gather_nouns, lock_request
from masterdata.noun import Nouns, Right

_REQUESTS = ChangeRequest.metadata.tables[ChangeRequest.__tablename__]
_LEADS_TO = {
    Action.APPROVE: ChangeRequestStatus.APPROVED,
    Action.REJECT: ChangeRequestStatus.REJECTED,
    Action.ACTIVATE: ChangeRequestStatus.ACTIVE,
}


async def open_request(
    op: Operation[Actor], request_id: UUID, nouns: Nouns, action: Action, *, expected_version: int | None
) -> Row:
    """The change request under lock, if the actor may do `action` to it and it can follow.

    Who decides must be trusted with every kind of object in it, and must be neither the submitter nor whom the
    submitter acted for, by whatever account.
    """
    foresee_anywhere(op, Resource.CHANGE_REQUEST, action)
    request = await lock_request(op, request_id)
    if request is None:
        raise Refusal(not_found("Change request", "changeRequestId"))
    relations = op.actor.access.relations(Resource.CHANGE_REQUEST, Action.READ, action)
    values = await with_related(op.execute, _REQUESTS, request, relations)
    if not op.actor.may_shared(Resource.CHANGE_REQUEST, Action.READ, values):
        raise Refusal(not_found("Change request", "changeRequestId"))
    if action is not Action.ACTIVATE:
        _require_four_eyes(op, request)
    permit_shared(op, Resource.CHANGE_REQUEST, action, values)
    for name in sorted(await gather_nouns(op, request_id)):
        require(op, nouns[name].right, request.entity_id if nouns[name].is_of_an_entity else None)
    _check_version(request, expected_version)
    _require_transition(request, _LEADS_TO[action])
    return request


def require(op: Operation[Actor], right: Right, entity_id: UUID | None) -> None:
    """Asks for a right in the legal entity, or, for what the group shares, anywhere."""
    if entity_id is None:
        authorise_anywhere(op, right.resource, right.action)
    else:
        authorise(op, right.resource, right.action, entity_id)


def _check_version(request: Row, expected: int | None) -> None:
    if expected is not None and request.version != expected:
        message = f"The change request was changed since: it has version {request.version}, not {expected}."
        data = {"current": request.version, "expected": expected}
        raise Refusal(Refused(Code.VERSION_CONFLICT, message, ("expectedVersion",), data))


def _require_transition(request: Row, status: str) -> None:
    if request.status == status:
        message, data = f"{request.number} is {status} already.", {"from": status, "to": status}
        raise Refusal(Refused(Code.INVALID_TRANSITION, message, ("changeRequestId",), data))
    CHANGE_REQUEST_STATUS.require(request.status, status)


def _require_four_eyes(op: Operation[Actor], request: Row) -> None:
    """The policy says it too, for those who read it; this holds whatever the policy says."""
    if {request.submitted_by, request.submitted_by_person, request.submitted_for} & op.actor.ids:
        message = f"{request.number} was submitted by {request.submitted_by}; another person decides on it."
        raise Refusal(Refused(Code.FORBIDDEN, message, ("changeRequestId",)))

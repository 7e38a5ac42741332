"""Every statement on change requests themselves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Text,
    Uuid,
    bindparam,
    func,
    select,
    update,
)

from authz.actor import Actor
from kernel.db import among
from kernel.lock_order import LockRank
from kernel.opening import Driver
from kernel.operation import Operation
from kernel.rows import Row
from kernel.statements import fetch
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.model import ChangeRequest

OPEN_STATUSES = (
    ChangeRequestStatus.SUBMITTED,
    ChangeRequestStatus.IN_REVIEW,
    ChangeRequestStatus.APPROVED,
    ChangeRequestStatus.SCHEDULED,
    ChangeRequestStatus.FAILED,
    ChangeRequestStatus.RETURNED,
)


OF_REQUEST = bindparam("request", type_=Uuid())


_REQUEST = ChangeRequest.__table__


_FIND_REQUEST = select(_REQUEST).where(_REQUEST.c.id == OF_REQUEST)


_LOCK_REQUEST = _FIND_REQUEST.with_for_update()


_MOVE = (
    update(ChangeRequest)
    .where(ChangeRequest.id == OF_REQUEST)
    .values(status=bindparam("new_status"), version=ChangeRequest.version + 1)
)


_BEGIN = update(ChangeRequest).where(ChangeRequest.id == OF_REQUEST).values(status=bindparam("new_status"))


_DECIDE = _MOVE.values(
    decided_by=bindparam("decider"),
    decided_by_person=bindparam("person"),
    decided_for=bindparam("acted_for"),
    decided_at=bindparam("instant"),
    decision_reason=bindparam("why"),
)


_RESUBMIT = _MOVE.values(
    title=bindparam("new_title"),
    reason=bindparam("new_reason"),
    source_system=bindparam("new_source_system"),
    submitted_by=bindparam("new_submitted_by"),
    submitted_by_person=bindparam("new_submitted_by_person"),
    submitted_for=bindparam("new_submitted_for"),
    submitted_at=bindparam("new_submitted_at"),
    decided_by=None,
    decided_by_person=None,
    decided_for=None,
    decided_at=None,
    decision_reason=None,
    failure=None,
)


_END = _MOVE.values(activated_at=bindparam("instant"), failure=bindparam("why"))


_FINISHED = select(func.count()).where(
    ChangeRequest.source_system.is_not_distinct_from(bindparam("system", type_=Text())),
    ChangeRequest.entity_id.is_not_distinct_from(bindparam("entity", type_=Uuid())),
    ~among(ChangeRequest.status, (ChangeRequestStatus.DRAFT, *OPEN_STATUSES)),
)


_STATUS = select(ChangeRequest.status, ChangeRequest.version).where(ChangeRequest.id == OF_REQUEST)


@dataclass(frozen=True)
class LineOutcome:
    """What became of one line of a change request."""

    line_number: int
    noun: str
    result: str
    object_id: UUID | None
    message: str | None


Request = Row


async def lock_request(op: Operation[Actor], request_id: UUID) -> Request | None:
    """The change request, locked; None when there is none."""
    op.lock(LockRank.CHANGE_REQUEST)
    return (await op.execute(_LOCK_REQUEST, {"request": request_id})).one_or_none()


async def gather_request(op: Operation[Actor], request_id: UUID) -> Request | None:
    """The change request as it is; None when there is none."""
    return (await op.execute(_FIND_REQUEST, {"request": request_id})).one_or_none()


async def apply_status(op: Operation[Actor], request_id: UUID, status: str) -> None:
    """Keeps how far the request is."""
    await op.change(_MOVE, {"request": request_id, "new_status": status}, rows=1)


async def apply_beginning(op: Operation[Actor], request_id: UUID, status: str) -> None:
    """Keeps where a submission begins; it is counted as one change of the request with what led to it."""
    await op.change(_BEGIN, {"request": request_id, "new_status": status}, rows=1)


async def apply_decision(op: Operation[Actor], request_id: UUID, status: str, reason: str | None) -> None:
    """Keeps who decided, when, what and why."""
    decision = {
        "request": request_id,
        "new_status": status,
        "decider": op.actor.subject,
        "person": op.actor.person,
        "acted_for": op.actor.acts_for_person,
        "instant": op.now,
        "why": reason,
    }
    await op.change(_DECIDE, decision, rows=1)


async def apply_resubmission(op: Operation[Actor], request_id: UUID, row: dict[str, Any]) -> None:
    """Keeps what a request that was returned says now."""
    given = {f"new_{name}": value for name, value in row.items()}
    await op.change(_RESUBMIT, {"request": request_id, **given}, rows=1)


async def apply_end(op: Operation[Actor], request_id: UUID, status: str, why: str | None = None) -> None:
    """Keeps that the request is active, or why it is not."""
    instant = op.now if status == ChangeRequestStatus.ACTIVE else None
    await op.change(_END, {"request": request_id, "new_status": status, "instant": instant, "why": why}, rows=1)


async def gather_status(driver: Driver, request_id: UUID) -> Row | None:
    """How far the change request is: its status and version; None when there is none."""
    return (await fetch(driver, _STATUS, {"request": request_id})).one_or_none()


async def count_finished(driver: Driver, *, system: str | None, entity_id: UUID | None) -> int:
    """How many change requests of a system for an entity were activated."""
    return int((await fetch(driver, _FINISHED, {"system": system, "entity": entity_id})).scalar_one())

"""Every statement of governance on its own tables: change requests, their lines, external keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, func, select, update

from authz.actor import Actor
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.opening import Driver
from kernel.operation import Operation
from kernel.rows import Row
from kernel.statements import fetch
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.model import ChangeRequest, ChangeRequestLine, KeyMapping

_TURN_KEY = 0x474F5645524E  # any constant; nobody else takes advisory locks with it

_REQUEST = ChangeRequest.__table__
_FIND_REQUEST = select(_REQUEST).where(_REQUEST.c.id == bindparam("request", type_=Uuid()))
_LOCK_REQUEST = select(_REQUEST).where(_REQUEST.c.id == bindparam("request", type_=Uuid())).with_for_update()
# Row security asks a line for its own legal entity: one that is not the request's is none of its lines.
_OWN_LINES = and_(
    ChangeRequestLine.change_request_id == bindparam("request", type_=Uuid()),
    ChangeRequest.id == ChangeRequestLine.change_request_id,
    ChangeRequest.entity_id.is_not_distinct_from(ChangeRequestLine.entity_id),
)
_NOUNS = select(ChangeRequestLine.noun).where(_OWN_LINES).distinct()
_DECIDE = (
    update(ChangeRequest)
    .where(ChangeRequest.id == bindparam("request", type_=Uuid()))
    .values(
        status=bindparam("new_status"),
        decided_by=bindparam("decider"),
        decided_by_person=bindparam("person"),
        decided_for=bindparam("acted_for"),
        decided_at=bindparam("instant"),
        version=ChangeRequest.version + 1,
    )
)
_ACTIVATED = (
    update(ChangeRequest)
    .where(ChangeRequest.id == bindparam("request", type_=Uuid()))
    .values(status=bindparam("new_status"), activated_at=bindparam("instant"), version=ChangeRequest.version + 1)
)
_LINES = (
    select(
        ChangeRequestLine.id,
        ChangeRequestLine.line_number,
        ChangeRequestLine.noun,
        ChangeRequestLine.external_key,
        ChangeRequestLine.values.label("proposed"),
        ChangeRequestLine.object_id,
    )
    .where(_OWN_LINES)
    .order_by(ChangeRequestLine.line_number)
)
_RESULT = GivenRows("outcome", line_id=Uuid(), result=Text(), object_id=Uuid(), message=Text())
_KEEP_RESULTS = (
    update(ChangeRequestLine)
    .where(ChangeRequestLine.id == _RESULT.c.line_id)
    .values(result=_RESULT.c.result, object_id=_RESULT.c.object_id, message=_RESULT.c.message)
)
_RESULTS = (
    select(
        ChangeRequestLine.line_number,
        ChangeRequestLine.noun,
        ChangeRequestLine.result,
        ChangeRequestLine.object_id,
        ChangeRequestLine.message,
    )
    .where(ChangeRequestLine.change_request_id == bindparam("request", type_=Uuid()))
    .order_by(ChangeRequestLine.line_number)
)
_MAPPED = select(KeyMapping.external_key, KeyMapping.object_id).where(
    KeyMapping.source_system == bindparam("system", type_=Text()),
    KeyMapping.noun == bindparam("of_noun", type_=Text()),
    any_of(KeyMapping.external_key, "keys", Text()),
)
_FINISHED = select(func.count()).where(
    ChangeRequest.source_system.is_not_distinct_from(bindparam("system", type_=Text())),
    ChangeRequest.entity_id.is_not_distinct_from(bindparam("entity", type_=Uuid())),
    ChangeRequest.activated_at.is_not(None),
)
_STATUS = select(ChangeRequest.status).where(ChangeRequest.id == bindparam("request", type_=Uuid()))
_TAKE_TURN = select(func.pg_advisory_xact_lock(bindparam("turn")))


@dataclass(frozen=True)
class LineOutcome:
    """What became of one line of a change request."""

    line_number: int
    noun: str
    result: str
    object_id: UUID | None
    message: str | None


async def lock_request(op: Operation[Actor], request_id: UUID) -> Row | None:
    """The change request, locked; None when there is none."""
    op.lock(LockRank.CHANGE_REQUEST)
    return (await op.execute(_LOCK_REQUEST, {"request": request_id})).one_or_none()


async def gather_request(op: Operation[Actor], request_id: UUID) -> Row | None:
    """The change request as it is; None when there is none."""
    return (await op.execute(_FIND_REQUEST, {"request": request_id})).one_or_none()


async def gather_nouns(op: Operation[Actor], request_id: UUID) -> set[str]:
    """The kinds of objects that the request changes."""
    return set((await op.execute(_NOUNS, {"request": request_id})).scalars())


async def apply_decision(op: Operation[Actor], request_id: UUID, status: str) -> None:
    """Keeps who decided, when, and what."""
    decision = {
        "request": request_id,
        "new_status": status,
        "decider": op.actor.subject,
        "person": op.actor.person,
        "acted_for": op.actor.acts_for_person,
        "instant": op.now,
    }
    await op.change(_DECIDE, decision, rows=1)


async def gather_lines(op: Operation[Actor], request_id: UUID) -> Sequence[Row]:
    """The lines in their order."""
    return (await op.execute(_LINES, {"request": request_id})).all()


async def take_turn(op: Operation[Actor]) -> None:
    """Waits until no other activation runs: who an object is must be decided by one at a time.

    Orders and all other work that only refers to master data are not held up.
    """
    op.lock(LockRank.MASTER)
    await op.execute(_TAKE_TURN, {"turn": _TURN_KEY})


async def apply_activation(op: Operation[Actor], request_id: UUID, status: str) -> None:
    """Marks the request as active, or as failed."""
    instant = op.now if status == ChangeRequestStatus.ACTIVE else None
    await op.change(_ACTIVATED, {"request": request_id, "new_status": status, "instant": instant}, rows=1)


async def apply_results(op: Operation[Actor], results: Collection[tuple[UUID, str, UUID | None, str | None]]) -> None:
    """Keeps what became of each line: (line, result, object, message)."""
    await op.change(_KEEP_RESULTS, _RESULT.parameters(results), rows=len(results))


async def apply_keys(op: Operation[Actor], rows: list[dict[str, Any]]) -> None:
    """Writes keys of external systems."""
    await op.insert(KeyMapping, rows)


async def gather_mapped(
    op: Operation[Actor], *, system: str | None, noun: str, keys: Collection[str]
) -> dict[str, UUID]:
    """The objects that have these keys in an external system."""
    if system is None or not keys:
        return {}
    rows = await op.execute(_MAPPED, {"system": system, "of_noun": noun, "keys": sorted(keys)})
    return {row.external_key: row.object_id for row in rows}


async def gather_results(driver: Driver, request_id: UUID) -> list[LineOutcome]:
    """What became of the lines, in their order."""
    return [LineOutcome(**row) for row in (await fetch(driver, _RESULTS, {"request": request_id})).mappings()]


async def gather_status(driver: Driver, request_id: UUID) -> str:
    """How far the change request is."""
    return str((await fetch(driver, _STATUS, {"request": request_id})).scalar_one())


async def count_finished(driver: Driver, *, system: str | None, entity_id: UUID | None) -> int:
    """How many change requests of a system for an entity were activated."""
    return int((await fetch(driver, _FINISHED, {"system": system, "entity": entity_id})).scalar_one())

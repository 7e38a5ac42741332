"""Every statement of governance on its own tables: change requests, their lines and fields, external keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Row,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from authz.actor import Actor
from kernel.db import GivenRows, among, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from masterdata.governance.fields import EXTERNAL_KEY
from masterdata.governance.lifecycle import ChangeRequestStatus, FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine, KeyMapping

_OPEN_STATUSES = (
    ChangeRequestStatus.SUBMITTED,
    ChangeRequestStatus.IN_REVIEW,
    ChangeRequestStatus.APPROVED,
    ChangeRequestStatus.SCHEDULED,
    ChangeRequestStatus.FAILED,
    ChangeRequestStatus.RETURNED,
)

_OF_REQUEST = bindparam("request", type_=Uuid())
_REQUEST = ChangeRequest.__table__
_FIND_REQUEST = select(_REQUEST).where(_REQUEST.c.id == _OF_REQUEST)
_LOCK_REQUEST = _FIND_REQUEST.with_for_update()
# Row security asks a line for its own legal entity: one that is not the request's is none of its lines. A request of
# the group may have lines of several; that none is smuggled in is for the hash of what was decided on.
OWN_LINES = and_(
    ChangeRequestLine.change_request_id == _OF_REQUEST,
    ChangeRequestLine.replaced_at.is_(None),
    ChangeRequest.id == ChangeRequestLine.change_request_id,
    or_(ChangeRequest.entity_id.is_(None), ChangeRequest.entity_id == ChangeRequestLine.entity_id),
)
_NOUNS = select(ChangeRequestLine.noun, ChangeRequestLine.entity_id).where(OWN_LINES).distinct()
_MOVE = (
    update(ChangeRequest)
    .where(ChangeRequest.id == _OF_REQUEST)
    .values(status=bindparam("new_status"), version=ChangeRequest.version + 1)
)
_BEGIN = update(ChangeRequest).where(ChangeRequest.id == _OF_REQUEST).values(status=bindparam("new_status"))
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
    effective_at=bindparam("new_effective_at"),
    expires_at=bindparam("new_expires_at"),
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
_DISCARD = (
    update(ChangeRequestLine)
    .where(ChangeRequestLine.change_request_id == _OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
    .values(replaced_at=bindparam("instant"))
)
_LINES = (
    select(
        ChangeRequestLine.id,
        ChangeRequestLine.entity_id,
        ChangeRequestLine.line_number,
        ChangeRequestLine.noun,
        ChangeRequestLine.external_key,
        ChangeRequestLine.values.label("proposed"),
        ChangeRequestLine.object_id,
        ChangeRequestLine.result,
    )
    .where(OWN_LINES)
    .order_by(ChangeRequestLine.line_number)
)
_PENDING_FIELDS = and_(
    OWN_LINES,
    ChangeRequestField.line_id == ChangeRequestLine.id,
    ChangeRequestLine.result == LineResult.PENDING,
)
_TOLD = func.concat_ws(
    "|",
    ChangeRequestLine.line_number,
    ChangeRequestLine.operation,
    # A new object has another id each time that it is submitted.
    case((ChangeRequestLine.operation != LineOperation.CREATE, ChangeRequestLine.object_id)),
    ChangeRequestField.name,
    ChangeRequestField.proposed,
)
_SCOPES = (
    select(
        ChangeRequestLine.noun,
        ChangeRequestField.field_group,
        ChangeRequestLine.entity_id,
        func.encode(
            func.sha256(
                func.convert_to(
                    func.string_agg(
                        cast(_TOLD, Text()),
                        aggregate_order_by(
                            literal("\n", Text()), ChangeRequestLine.line_number, ChangeRequestField.name
                        ),
                    ),
                    "UTF8",
                )
            ),
            "hex",
        ).label("content_hash"),
        func.bool_or(ChangeRequestField.decision == FieldDecision.ACCEPTED).label("has_accepted"),
        func.bool_or(ChangeRequestField.decision == FieldDecision.PENDING).label("has_pending"),
    )
    .where(_PENDING_FIELDS)
    .group_by(ChangeRequestLine.noun, ChangeRequestField.field_group, ChangeRequestLine.entity_id)
    .order_by(ChangeRequestLine.noun, ChangeRequestField.field_group, ChangeRequestLine.entity_id)
)
_SCOPE = GivenRows("scope", noun=Text(), field_group=Text(), entity_id=Uuid())
_IN_SCOPE = and_(
    _PENDING_FIELDS,
    ChangeRequestLine.noun == _SCOPE.c.noun,
    ChangeRequestField.field_group == _SCOPE.c.field_group,
    or_(_SCOPE.c.entity_id.is_(None), ChangeRequestLine.entity_id == _SCOPE.c.entity_id),
)
_CHOSEN = GivenRows("chosen", line_number=Integer(), field=Text(), why=Text(), place=Integer())
_CHOOSE = (
    select(
        _CHOSEN.c.place,
        _CHOSEN.c.why,
        ChangeRequestField.id,
        ChangeRequestField.name,
        ChangeRequestField.column_name,
        ChangeRequestField.part,
        ChangeRequestField.field_group,
        ChangeRequestLine.noun,
        ChangeRequestLine.operation,
        ChangeRequestLine.line_number,
        ChangeRequestLine.id.label("line_id"),
    )
    .select_from(_CHOSEN.rows)
    .join(ChangeRequestLine, ChangeRequestLine.line_number == _CHOSEN.c.line_number)
    .join(ChangeRequest, ChangeRequest.id == ChangeRequestLine.change_request_id)
    .join(ChangeRequestField, ChangeRequestField.line_id == ChangeRequestLine.id)
    .join(_SCOPE.rows, true())
    .where(_IN_SCOPE, or_(_CHOSEN.c.field.is_(None), ChangeRequestField.name == _CHOSEN.c.field))
    .order_by(ChangeRequestLine.line_number, ChangeRequestField.name)
)
_REFUSED = GivenRows("refused", field_id=Uuid(), why=Text())
_REFUSE = (
    update(ChangeRequestField)
    .where(ChangeRequestField.id == _REFUSED.c.field_id)
    .values(decision=FieldDecision.REFUSED, decided_by=bindparam("decider"), reason=_REFUSED.c.why)
)
_ACCEPT = (
    update(ChangeRequestField)
    .where(_IN_SCOPE, ChangeRequestField.decision == FieldDecision.PENDING)
    # Who agrees although it has become something else meanwhile agrees to put it in that one's place.
    .values(
        decision=FieldDecision.ACCEPTED,
        decided_by=bindparam("decider"),
        base=case((ChangeRequestField.is_outdated, ChangeRequestField.current), else_=ChangeRequestField.base),
        is_outdated=False,
    )
)
_LOST_LINES = (
    update(ChangeRequestLine)
    .where(
        OWN_LINES,
        ChangeRequestLine.result == LineResult.PENDING,
        ~exists(
            select(ChangeRequestField.id).where(
                ChangeRequestField.line_id == ChangeRequestLine.id,
                ChangeRequestField.decision != FieldDecision.REFUSED,
            )
        ),
    )
    .values(result=LineResult.REFUSED, message=bindparam("told"))
)
_NEEDED = ChangeRequestLine.__table__.alias("needed")
_ORPHANS = (
    select(ChangeRequestLine.line_number, _NEEDED.c.line_number.label("needed"))
    .select_from(ChangeRequestLine)
    .join(ChangeRequest, ChangeRequest.id == ChangeRequestLine.change_request_id)
    .join(
        _NEEDED,
        and_(
            _NEEDED.c.change_request_id == ChangeRequestLine.change_request_id,
            _NEEDED.c.replaced_at.is_(None),
            _NEEDED.c.line_number == func.any(ChangeRequestLine.needs),
            _NEEDED.c.result == LineResult.REFUSED,
        ),
    )
    .where(OWN_LINES, ChangeRequestLine.result == LineResult.PENDING)
    .order_by(ChangeRequestLine.line_number)
)
_EARLIER_LINE = ChangeRequestLine.__table__.alias("earlier_line")
_EARLIER = ChangeRequestField.__table__.alias("earlier")
_CARRY = (
    update(ChangeRequestField)
    .where(
        _IN_SCOPE,
        _EARLIER_LINE.c.change_request_id == ChangeRequestLine.change_request_id,
        _EARLIER_LINE.c.replaced_at == bindparam("instant"),
        _EARLIER_LINE.c.line_number == ChangeRequestLine.line_number,
        _EARLIER.c.line_id == _EARLIER_LINE.c.id,
        _EARLIER.c.name == ChangeRequestField.name,
    )
    .values(decision=_EARLIER.c.decision, decided_by=_EARLIER.c.decided_by, reason=_EARLIER.c.reason)
)
_FOLLOWED = GivenRows("followed", field_id=Uuid(), now=JSONB())
_FOLLOW = (
    update(ChangeRequestField)
    .where(ChangeRequestField.id == _FOLLOWED.c.field_id)
    .values(current=_FOLLOWED.c.now, base=_FOLLOWED.c.now)
)
_OUTDATE = (
    update(ChangeRequestField)
    .where(ChangeRequestField.id == _FOLLOWED.c.field_id)
    .values(
        current=_FOLLOWED.c.now,
        is_outdated=True,
        decision=FieldDecision.PENDING,
        decided_by=None,
        reason=None,
    )
)
_REOPEN = (
    update(ChangeRequestField)
    .where(_IN_SCOPE, ChangeRequestField.decision == FieldDecision.ACCEPTED)
    .values(decision=FieldDecision.PENDING, decided_by=None)
)
_SETTLE_SAME = (
    update(ChangeRequestLine)
    .where(
        OWN_LINES,
        ChangeRequestLine.result == LineResult.PENDING,
        any_of(ChangeRequestLine.id, "lines"),
        ~exists(
            select(ChangeRequestField.id).where(
                ChangeRequestField.line_id == ChangeRequestLine.id,
                ChangeRequestField.decision == FieldDecision.ACCEPTED,
                ChangeRequestField.proposed.is_distinct_from(ChangeRequestField.base),
            )
        ),
    )
    .values(result=LineResult.UNCHANGED)
)
_SETTLE = (
    update(ChangeRequestLine)
    .where(OWN_LINES, ChangeRequestLine.result == LineResult.PENDING)
    .values(
        result=case((ChangeRequestLine.operation == LineOperation.CREATE, LineResult.CREATED), else_=LineResult.UPDATED)
    )
)
_COUNTS = (
    select(ChangeRequestLine.result, func.count().label("lines")).where(OWN_LINES).group_by(ChangeRequestLine.result)
)
_MAP = insert(KeyMapping).from_select(
    ["id", "source_system", "noun", "external_key", "object_id"],
    select(
        func.uuidv7(),
        ChangeRequest.source_system,
        ChangeRequestLine.noun,
        ChangeRequestLine.external_key,
        ChangeRequestLine.object_id,
    ).where(
        OWN_LINES,
        ChangeRequestLine.result == LineResult.PENDING,
        ChangeRequestField.line_id == ChangeRequestLine.id,
        ChangeRequestField.column_name == EXTERNAL_KEY,
        ChangeRequestField.decision == FieldDecision.ACCEPTED,
    ),
    include_defaults=False,
)
_MAPPED_MEANWHILE = (
    select(ChangeRequestLine.line_number, KeyMapping.object_id)
    .where(
        OWN_LINES,
        ChangeRequestLine.result == LineResult.PENDING,
        ChangeRequestField.line_id == ChangeRequestLine.id,
        ChangeRequestField.column_name == EXTERNAL_KEY,
        ChangeRequestField.decision == FieldDecision.ACCEPTED,
        KeyMapping.source_system == ChangeRequest.source_system,
        KeyMapping.noun == ChangeRequestLine.noun,
        KeyMapping.external_key == ChangeRequestLine.external_key,
    )
    .order_by(ChangeRequestLine.line_number)
)
_END = _MOVE.values(activated_at=bindparam("instant"), failure=bindparam("why"))
_TAKE_TURN = select(func.pg_advisory_xact_lock(bindparam("turn")))
_TURN_KEY = 0x474F5645524E  # any constant; nobody else takes advisory locks with it
_OTHER_REQUEST = ChangeRequest.__table__.alias("other_request")
_OTHER_LINE = ChangeRequestLine.__table__.alias("other_line")
_OTHER_FIELD = ChangeRequestField.__table__.alias("other_field")
_OVERLAPS = (
    select(
        _OTHER_REQUEST.c.number, _OTHER_REQUEST.c.status, _OTHER_LINE.c.noun, _OTHER_LINE.c.label, _OTHER_FIELD.c.name
    )
    .select_from(ChangeRequestLine)
    .join(
        _OTHER_LINE,
        and_(
            _OTHER_LINE.c.object_id == ChangeRequestLine.object_id,
            _OTHER_LINE.c.result == LineResult.PENDING,
            _OTHER_LINE.c.replaced_at.is_(None),
            _OTHER_LINE.c.change_request_id != ChangeRequestLine.change_request_id,
        ),
    )
    .join(ChangeRequestField, ChangeRequestField.line_id == ChangeRequestLine.id)
    .join(
        _OTHER_FIELD,
        and_(_OTHER_FIELD.c.line_id == _OTHER_LINE.c.id, _OTHER_FIELD.c.name == ChangeRequestField.name),
    )
    .join(
        _OTHER_REQUEST,
        and_(_OTHER_REQUEST.c.id == _OTHER_LINE.c.change_request_id, among(_OTHER_REQUEST.c.status, _OPEN_STATUSES)),
    )
    .where(ChangeRequestLine.change_request_id == _OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
    .order_by(_OTHER_REQUEST.c.number, _OTHER_LINE.c.line_number, _OTHER_FIELD.c.name)
    .limit(bindparam("at_most"))
)
_RESULTS = (
    select(
        ChangeRequestLine.line_number,
        ChangeRequestLine.noun,
        ChangeRequestLine.result,
        ChangeRequestLine.object_id,
        ChangeRequestLine.message,
    )
    .where(ChangeRequestLine.change_request_id == _OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
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
    ~among(ChangeRequest.status, (ChangeRequestStatus.DRAFT, *_OPEN_STATUSES)),
)
_STATUS = select(ChangeRequest.status).where(ChangeRequest.id == _OF_REQUEST)


@dataclass(frozen=True)
class LineOutcome:
    """What became of one line of a change request."""

    line_number: int
    noun: str
    result: str
    object_id: UUID | None
    message: str | None


Request = Row[*tuple[Any, ...]]


async def lock_request(op: Operation[Actor], request_id: UUID) -> Request | None:
    """The change request, locked; None when there is none."""
    op.lock(LockRank.CHANGE_REQUEST)
    return (await op.execute(_LOCK_REQUEST, {"request": request_id})).one_or_none()


async def gather_request(op: Operation[Actor], request_id: UUID) -> Request | None:
    """The change request as it is; None when there is none."""
    return (await op.execute(_FIND_REQUEST, {"request": request_id})).one_or_none()


async def gather_nouns(op: Operation[Actor], request_id: UUID) -> set[tuple[str, UUID | None]]:
    """The kinds of objects that the request changes, and of which legal entities, as far as the actor sees them."""
    return {(row.noun, row.entity_id) for row in await op.execute(_NOUNS, {"request": request_id})}


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


async def apply_discard(op: Operation[Actor], request_id: UUID) -> None:
    """Has the lines of the request count no longer; they stay to be seen."""
    await op.write(_DISCARD, {"request": request_id, "instant": op.now})


async def gather_lines(op: Operation[Actor], request_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The lines that count, in their order."""
    return (await op.execute(_LINES, {"request": request_id})).all()


async def gather_scopes(op: Operation[Actor], request_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """What the request is about: the groups of fields by kind of object and legal entity, each with its hash."""
    return (await op.execute(_SCOPES, {"request": request_id})).all()


Scopes = Collection[tuple[str, str, UUID | None]]
"""Groups of fields: kind of object, group, and legal entity; empty for objects of the group."""


async def gather_chosen(
    op: Operation[Actor], request_id: UUID, scopes: Scopes, chosen: Collection[tuple[int, str | None, str | None, int]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The fields of these groups that were chosen: (line, field or None for all of the line, why, place)."""
    given = {**_SCOPE.parameters(scopes), **_CHOSEN.parameters(chosen)}
    return (await op.execute(_CHOOSE, {"request": request_id, **given})).all()


async def apply_refusals(op: Operation[Actor], refused: Collection[tuple[UUID, str | None]]) -> None:
    """Refuses fields: (field, why)."""
    given = {"decider": op.actor.subject, **_REFUSED.parameters(refused)}
    await op.change(_REFUSE, given, rows=len(refused))


async def apply_acceptance(op: Operation[Actor], request_id: UUID, scopes: Scopes) -> None:
    """Accepts all fields of these groups on which nobody has decided."""
    await op.write(_ACCEPT, {"request": request_id, "decider": op.actor.subject, **_SCOPE.parameters(scopes)})


async def apply_losses(op: Operation[Actor], request_id: UUID, told: str) -> None:
    """Refuses the lines of which nothing is left."""
    await op.write(_LOST_LINES, {"request": request_id, "told": told})


async def gather_orphans(op: Operation[Actor], request_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """Lines that name objects which refused lines would have made."""
    return (await op.execute(_ORPHANS, {"request": request_id})).all()


async def apply_carried(op: Operation[Actor], request_id: UUID, scopes: Scopes) -> None:
    """Has decisions on the same content stand, of the lines that were replaced just now."""
    await op.write(_CARRY, {"request": request_id, "instant": op.now, **_SCOPE.parameters(scopes)})


async def take_turn(op: Operation[Actor]) -> None:
    """Waits until no other activation runs: who an object is must be decided by one at a time.

    Orders and all other work that only refers to master data are not held up.
    """
    op.lock(LockRank.MASTER)
    await op.execute(_TAKE_TURN, {"turn": _TURN_KEY})


async def apply_following(op: Operation[Actor], done: Collection[tuple[UUID, Any]], lines: Collection[UUID]) -> None:
    """Keeps that others made the same changes meanwhile: (field, what it is). Lines with no other are unchanged."""
    await op.change(_FOLLOW, _FOLLOWED.parameters(done), rows=len(done))
    await op.write(_SETTLE_SAME, {"lines": sorted(lines)})


async def apply_outdating(
    op: Operation[Actor], request_id: UUID, outdated: Collection[tuple[UUID, Any]], scopes: Scopes
) -> None:
    """Opens these groups of fields again, because of some that others changed meanwhile: (field, what it is)."""
    await op.change(_OUTDATE, _FOLLOWED.parameters(outdated), rows=len(outdated))
    await op.write(_REOPEN, {"request": request_id, **_SCOPE.parameters(scopes)})


async def gather_mapped_meanwhile(op: Operation[Actor], request_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
    """The lines whose external key has an object by now."""
    return (await op.execute(_MAPPED_MEANWHILE, {"request": request_id})).all()


async def apply_keys(op: Operation[Actor], request_id: UUID) -> None:
    """Writes the keys of external systems that were accepted."""
    await op.write(_MAP, {"request": request_id})


async def apply_results(op: Operation[Actor], request_id: UUID) -> dict[str, int]:
    """Marks the lines that were taken; answers how many lines came to what."""
    await op.write(_SETTLE, {"request": request_id})
    return {row.result: row.lines for row in await op.execute(_COUNTS, {"request": request_id})}


async def apply_end(op: Operation[Actor], request_id: UUID, status: str, why: str | None = None) -> None:
    """Keeps that the request is active, or why it is not."""
    instant = op.now if status == ChangeRequestStatus.ACTIVE else None
    await op.change(_END, {"request": request_id, "new_status": status, "instant": instant, "why": why}, rows=1)


async def gather_overlaps(op: Operation[Actor], request_id: UUID, *, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Fields that other open requests would change as well."""
    return (await op.execute(_OVERLAPS, {"request": request_id, "at_most": limit})).all()


async def gather_mapped(
    connection: AsyncConnection, *, system: str | None, noun: str, keys: Collection[str]
) -> dict[str, UUID]:
    """The objects that have these keys in an external system."""
    if system is None or not keys:
        return {}
    rows = await connection.execute(_MAPPED, {"system": system, "of_noun": noun, "keys": sorted(keys)})
    return {row.external_key: row.object_id for row in rows}


async def gather_results(connection: AsyncConnection, request_id: UUID) -> list[LineOutcome]:
    """What became of the lines, in their order."""
    return [LineOutcome(*row) for row in await connection.execute(_RESULTS, {"request": request_id})]


async def gather_status(connection: AsyncConnection, request_id: UUID) -> str:
    """How far the change request is."""
    return str((await connection.execute(_STATUS, {"request": request_id})).scalar_one())


async def count_finished(connection: AsyncConnection, *, system: str | None, entity_id: UUID | None) -> int:
    """How many change requests of a system for an entity were activated."""
    return int((await connection.execute(_FINISHED, {"system": system, "entity": entity_id})).scalar_one())

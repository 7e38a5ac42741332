"""Every statement on single proposed values: groups of them are decided on together."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from authz.actor import Actor
from kernel.db import GivenRows, any_of
from kernel.operation import Operation
from kernel.rows import Row
from masterdata.governance.lifecycle import FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine
from masterdata.governance.queries.lines import OWN_LINES

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
        func.bool_or(
            and_(
                ChangeRequestLine.result == LineResult.PENDING,
                ChangeRequestField.decision == FieldDecision.ACCEPTED,
            )
        ).label("has_accepted"),
    )
    # A line that was refused since is part of what was decided on.
    .where(OWN_LINES, ChangeRequestField.line_id == ChangeRequestLine.id)
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


async def gather_scopes(op: Operation[Actor], request_id: UUID) -> Sequence[Row]:
    """What the request is about: the groups of fields by kind of object and legal entity, each with its hash."""
    return (await op.execute(_SCOPES, {"request": request_id})).all()


Scopes = Collection[tuple[str, str, UUID | None]]
"""Groups of fields: kind of object, group, and legal entity; empty for objects of the group."""


async def gather_chosen(
    op: Operation[Actor], request_id: UUID, scopes: Scopes, chosen: Collection[tuple[int, str | None, str | None, int]]
) -> Sequence[Row]:
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


async def apply_carried(op: Operation[Actor], request_id: UUID, scopes: Scopes) -> None:
    """Has decisions on the same content stand, of the lines that were replaced just now."""
    await op.write(_CARRY, {"request": request_id, "instant": op.now, **_SCOPE.parameters(scopes)})


async def apply_following(
    op: Operation[Actor], request_id: UUID, done: Collection[tuple[UUID, Any]], lines: Collection[UUID]
) -> None:
    """Keeps that others made the same changes meanwhile: (field, what it is). Lines with no other are unchanged."""
    await op.change(_FOLLOW, _FOLLOWED.parameters(done), rows=len(done))
    await op.write(_SETTLE_SAME, {"request": request_id, "lines": sorted(lines)})


async def apply_outdating(
    op: Operation[Actor], request_id: UUID, outdated: Collection[tuple[UUID, Any]], scopes: Scopes
) -> None:
    """Opens these groups of fields again, because of some that others changed meanwhile: (field, what it is)."""
    await op.change(_OUTDATE, _FOLLOWED.parameters(outdated), rows=len(outdated))
    await op.write(_REOPEN, {"request": request_id, **_SCOPE.parameters(scopes)})

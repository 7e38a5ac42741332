"""Every statement on the lines of change requests, and on keys of external systems."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from authz.actor import Actor
from kernel.db import among, any_of
from kernel.lock_order import LockRank
from kernel.opening import Driver
from kernel.operation import Operation
from kernel.rows import Row
from kernel.statements import fetch
from masterdata.governance.fields import EXTERNAL_KEY
from masterdata.governance.lifecycle import FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine, KeyMapping
from masterdata.governance.queries.requests import OF_REQUEST, OPEN_STATUSES, LineOutcome

# Row security asks a line for its own legal entity: one that is not the request's is none of its lines. A request of
# the group may have lines of several; that none is smuggled in is for the hash of what was decided on.
OWN_LINES = and_(
    ChangeRequestLine.change_request_id == OF_REQUEST,
    ChangeRequestLine.replaced_at.is_(None),
    ChangeRequest.id == ChangeRequestLine.change_request_id,
    or_(ChangeRequest.entity_id.is_(None), ChangeRequest.entity_id == ChangeRequestLine.entity_id),
)


_NOUNS = select(ChangeRequestLine.noun, ChangeRequestLine.entity_id).where(OWN_LINES).distinct()


_DISCARD = (
    update(ChangeRequestLine)
    .where(ChangeRequestLine.change_request_id == OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
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
        ChangeRequestLine.message,
    )
    .where(OWN_LINES)
    .order_by(ChangeRequestLine.line_number)
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
        and_(_OTHER_REQUEST.c.id == _OTHER_LINE.c.change_request_id, among(_OTHER_REQUEST.c.status, OPEN_STATUSES)),
    )
    .where(ChangeRequestLine.change_request_id == OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
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
    .where(ChangeRequestLine.change_request_id == OF_REQUEST, ChangeRequestLine.replaced_at.is_(None))
    .order_by(ChangeRequestLine.line_number)
)


_MAPPED = select(KeyMapping.external_key, KeyMapping.object_id).where(
    KeyMapping.source_system == bindparam("system", type_=Text()),
    KeyMapping.noun == bindparam("of_noun", type_=Text()),
    any_of(KeyMapping.external_key, "keys", Text()),
)


async def gather_nouns(op: Operation[Actor], request_id: UUID) -> set[tuple[str, UUID | None]]:
    """The kinds of objects that the request changes, and of which legal entities, as far as the actor sees them."""
    return {(row.noun, row.entity_id) for row in await op.execute(_NOUNS, {"request": request_id})}


async def apply_discard(op: Operation[Actor], request_id: UUID) -> None:
    """Has the lines of the request count no longer; they stay to be seen."""
    await op.write(_DISCARD, {"request": request_id, "instant": op.now})


async def gather_lines(op: Operation[Actor], request_id: UUID) -> Sequence[Row]:
    """The lines that count, in their order."""
    return (await op.execute(_LINES, {"request": request_id})).all()


async def apply_losses(op: Operation[Actor], request_id: UUID, told: str) -> None:
    """Refuses the lines of which nothing is left."""
    await op.write(_LOST_LINES, {"request": request_id, "told": told})


async def gather_orphans(op: Operation[Actor], request_id: UUID) -> Sequence[Row]:
    """Lines that name objects which refused lines would have made."""
    return (await op.execute(_ORPHANS, {"request": request_id})).all()


async def take_turn(op: Operation[Actor]) -> None:
    """Waits until no other activation runs: who an object is must be decided by one at a time.

    Orders and all other work that only refers to master data are not held up.
    """
    op.lock(LockRank.MASTER)
    await op.execute(_TAKE_TURN, {"turn": _TURN_KEY})


async def gather_mapped_meanwhile(op: Operation[Actor], request_id: UUID) -> Sequence[Row]:
    """The lines whose external key has an object by now."""
    return (await op.execute(_MAPPED_MEANWHILE, {"request": request_id})).all()


async def apply_keys(op: Operation[Actor], request_id: UUID) -> None:
    """Writes the keys of external systems that were accepted."""
    await op.write(_MAP, {"request": request_id})


async def apply_results(op: Operation[Actor], request_id: UUID) -> dict[str, int]:
    """Marks the lines that were taken; answers how many lines came to what."""
    await op.write(_SETTLE, {"request": request_id})
    return {row.result: row.lines for row in await op.execute(_COUNTS, {"request": request_id})}


async def gather_overlaps(op: Operation[Actor], request_id: UUID, *, limit: int) -> Sequence[Row]:
    """Fields that other open requests would change as well."""
    return (await op.execute(_OVERLAPS, {"request": request_id, "at_most": limit})).all()


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

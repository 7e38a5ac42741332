"""Every statement of an activation that locks and writes objects, for whatever noun, set by set.

Statements are built once for each table and the columns that change, and kept.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Text,
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
from sqlalchemy.dialects.postgresql import JSONB

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.fields import EXTERNAL_KEY
from masterdata.governance.lifecycle import FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequestField, ChangeRequestLine
from masterdata.governance.queries.lines import OWN_LINES
from masterdata.governance.shapes import Shape, accepted_rows, given_to, is_owned, record_of, same_row
from masterdata.noun import Noun


async def lock_targets(op: Operation[Actor], shape: Shape, request_id: UUID) -> None:
    """Locks the rows that are to change, in the order of their ids, no harder than an UPDATE does.

    Those that are to be blocked or retired are locked against whoever refers to them as well.
    """
    given = given_to(shape, request_id)
    if shape.part is None:
        await op.execute(_lock(shape, is_hard=True), given)
    await op.execute(_lock(shape, is_hard=False), given)


async def apply_changes(op: Operation[Actor], shape: Shape, request_id: UUID, columns: tuple[str, ...]) -> int:
    """Changes the rows that exist and counts their versions up; answers how many."""
    return await op.write(_change(shape, columns), given_to(shape, request_id)) if columns else 0


async def apply_creation(op: Operation[Actor], shape: Shape, request_id: UUID) -> int:
    """Makes the new rows; answers how many."""
    return await op.write(_create(shape), given_to(shape, request_id))


async def apply_counting(op: Operation[Actor], noun: Noun, request_id: UUID) -> None:
    """Counts up the versions of objects of which only parts change."""
    if noun.parts and "version" in noun.table.c:
        await op.write(_count(noun), given_to(Shape(noun, None), request_id))


@lru_cache(maxsize=512)
def _lock(shape: Shape, *, is_hard: bool) -> Executable:
    accepted, row = accepted_rows(shape), shape.table.alias("object")
    forbids = or_(*(accepted.c.operation == each for each in (LineOperation.BLOCK, LineOperation.RETIRE)))
    chosen = forbids if is_hard else ~forbids
    locked = (
        select(row.c.id)
        .join(accepted, and_(same_row(shape, row, accepted), chosen))
        .order_by(row.c.id)
        .with_for_update(of=row, key_share=not is_hard)
        .subquery("locked")
    )
    return select(func.count()).select_from(locked)


@lru_cache(maxsize=1024)
def _change(shape: Shape, columns: tuple[str, ...]) -> Executable:
    table, accepted = shape.table, accepted_rows(shape)
    made = record_of(shape, accepted.c.proposed)
    values: dict[str, Any] = {
        name: case((accepted.c.proposed.has_key(name), made.c[name]), else_=table.c[name]) for name in columns
    }
    if "version" in table.c:
        values["version"] = table.c.version + 1
    return update(table).where(same_row(shape, table, accepted), _differs(columns, accepted)).values(values)


def _differs(columns: tuple[str, ...], accepted: CTE) -> ColumnElement[bool]:
    """Lines that give their object nothing but a key elsewhere leave the object as it is."""
    return or_(*(accepted.c.proposed.has_key(name) for name in columns))


@lru_cache(maxsize=512)
def _create(shape: Shape) -> Executable:
    table, accepted = shape.table, accepted_rows(shape)
    made = record_of(shape, cast(literal(shape.defaults, Text()), JSONB()).op("||")(accepted.c.proposed))
    names: list[str] = ["id"]
    values: list[Any] = [accepted.c.target_id]
    source: Any = accepted.join(made, true())
    if is_owned(shape):
        names.append("entity_id")
        values.append(accepted.c.entity_id)
    if shape.part is not None:
        owner = shape.noun.table.alias("owner")
        source = source.join(owner, owner.c.id == accepted.c.owner_id)
        names += [shape.part.owner, *shape.part.follows]
        values += [owner.c.id, *(owner.c[name] for name in shape.part.follows)]
    names += shape.columns
    values += [made.c[name] for name in shape.columns]
    there = table.alias("there")
    is_new = (
        accepted.c.operation == LineOperation.CREATE
        if shape.part is None
        else ~exists(select(there.c.id).where(there.c.id == accepted.c.target_id))
    )
    return insert(table).from_select(names, select(*values).select_from(source).where(is_new), include_defaults=False)


@lru_cache(maxsize=256)
def _count(noun: Noun) -> Executable:
    of_object = (
        select(ChangeRequestLine.object_id)
        .where(
            OWN_LINES,
            ChangeRequestLine.noun == bindparam("of_noun", type_=Text()),
            ChangeRequestLine.result == LineResult.PENDING,
            ChangeRequestLine.operation != LineOperation.CREATE,
            ChangeRequestField.line_id == ChangeRequestLine.id,
            ChangeRequestField.decision == FieldDecision.ACCEPTED,
            ChangeRequestField.column_name != EXTERNAL_KEY,
        )
        .group_by(ChangeRequestLine.object_id)
        .having(func.bool_and(ChangeRequestField.part.is_not(None)))
    )
    table = noun.table
    return update(table).where(table.c.id.in_(of_object)).values(version=table.c.version + 1)

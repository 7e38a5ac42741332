"""Every statement of an activation that looks before it writes: what has changed, what is taken, what would be.

Statements are built once for each table, and kept.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Executable,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from authz.actor import Actor
from kernel.operation import Operation
from kernel.rows import Row
from masterdata.governance.fields import EXTERNAL_KEY
from masterdata.governance.lifecycle import FieldDecision, LineOperation
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine
from masterdata.governance.objects import plain_row
from masterdata.governance.shapes import (
    ACCEPTED,
    NOT_REFUSED,
    Shape,
    accepted_rows,
    fields_of,
    given_to,
    is_owned,
    merged_with,
    record_of,
    same_row,
    target_of,
)
from masterdata.noun import Noun

Moved = Row


async def gather_moved(op: Operation[Actor], shape: Shape, request_id: UUID) -> Sequence[Moved]:
    """The accepted fields of rows that have another value by now than the one on which was decided."""
    return (await op.execute(_moved(shape), given_to(shape, request_id))).all()


async def gather_taken(op: Operation[Actor], noun: Noun, request_id: UUID) -> Sequence[tuple[int, str]]:
    """The lines whose object would have the key of another by now, or another of its identifiers: (line, which)."""
    found = []
    for names in (noun.key, *noun.identifiers):
        if names:
            rows = await op.execute(_taken(noun, names), given_to(Shape(noun, None), request_id))
            found += [(row.line_number, ", ".join(names)) for row in rows]
    return found


async def gather_foreseen(
    op: Operation[Actor], noun: Noun, request_id: UUID, *, is_decided: bool = True
) -> list[dict[str, Any]]:
    """The rows of a noun as they would be, each with its line's number.

    `is_decided` counts accepted values alone; otherwise those on which nobody has decided count as accepted.
    """
    decisions = ACCEPTED if is_decided else NOT_REFUSED
    rows = await op.execute(_foreseen(noun, decisions), given_to(Shape(noun, None), request_id))
    return [dict(plain_row(noun.table, row)) for row in rows.mappings()]


async def gather_columns(op: Operation[Actor], shape: Shape, request_id: UUID) -> tuple[str, ...]:
    """The columns of rows that exist which the request changes."""
    names = set((await op.execute(_columns(shape), given_to(shape, request_id))).scalars())
    return tuple(name for name in shape.columns if name in names)


@lru_cache(maxsize=512)
def _moved(shape: Shape) -> Executable:
    row = shape.table.alias("object")
    target = target_of(shape)
    same = row.c.id == target
    if is_owned(shape):
        same = and_(row.c.entity_id == ChangeRequestLine.entity_id, same)
    whole = cast(func.to_jsonb(literal_column("object")), JSONB())
    now = func.nullif(whole.op("->")(ChangeRequestField.column_name), literal_column("'null'::jsonb"), type_=JSONB())
    return (
        select(
            ChangeRequestField.id,
            ChangeRequestField.line_id,
            ChangeRequestLine.line_number,
            ChangeRequestLine.label,
            ChangeRequestField.name,
            ChangeRequestField.field_group,
            ChangeRequestLine.entity_id,
            now.label("current"),
            now.is_not_distinct_from(ChangeRequestField.proposed).label("is_done"),
        )
        .select_from(ChangeRequestField)
        .join(ChangeRequestLine, ChangeRequestLine.id == ChangeRequestField.line_id)
        .join(ChangeRequest, ChangeRequest.id == ChangeRequestLine.change_request_id)
        .join(row, same)
        .where(
            fields_of(shape),
            ChangeRequestField.column_name != EXTERNAL_KEY,
            now.is_distinct_from(ChangeRequestField.base),
        )
    )


@lru_cache(maxsize=512)
def _taken(noun: Noun, names: tuple[str, ...]) -> Executable:
    shape = Shape(noun, None)
    accepted, now, other = accepted_rows(shape), noun.table.alias("now"), noun.table.alias("other")
    made = record_of(shape, merged_with(shape, accepted, now))
    last = names[-1]
    # Where there is nothing last, there is no identifier; a key may have empty columns.
    exact = [last] if names != noun.key or not noun.table.c[last].nullable else []
    same = [other.c[name] == made.c[name] for name in exact]
    same += [other.c[name].is_not_distinct_from(made.c[name]) for name in names if name not in exact]
    owner = (other.c.entity_id == accepted.c.entity_id,) if is_owned(shape) else ()
    names_key = or_(*(accepted.c.proposed.has_key(name) for name in names))
    return (
        select(accepted.c.line_number)
        .select_from(accepted)
        .outerjoin(now, same_row(shape, now, accepted))
        .join(made, true())
        .join(other, and_(*owner, *same, other.c.id != accepted.c.target_id))
        .where(names_key)
        .order_by(accepted.c.line_number)
    )


@lru_cache(maxsize=256)
def _foreseen(noun: Noun, decisions: tuple[FieldDecision, ...]) -> Executable:
    shape = Shape(noun, None)
    accepted, now = accepted_rows(shape, decisions), noun.table.alias("now")
    made = record_of(shape, merged_with(shape, accepted, now))
    own = (column_.label(column_.name) for column_ in made.c if column_.name not in ("id", "entity_id", "version"))
    owner = (accepted.c.entity_id,) if is_owned(shape) else ((made.c.entity_id,) if "entity_id" in made.c else ())
    return (
        select(accepted.c.line_number, accepted.c.target_id.label("id"), *owner, *own)
        .select_from(accepted)
        .outerjoin(now, same_row(shape, now, accepted))
        .join(made, true())
        .order_by(accepted.c.line_number)
    )


@lru_cache(maxsize=512)
def _columns(shape: Shape) -> Executable:
    fields = select(ChangeRequestField.column_name).where(fields_of(shape)).distinct()
    if shape.part is None:
        return fields.where(ChangeRequestLine.operation != LineOperation.CREATE)
    return fields

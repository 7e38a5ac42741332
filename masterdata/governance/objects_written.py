"""Every statement of an activation on the objects themselves, for whatever noun: set-based, from the accepted fields.

PostgreSQL makes rows of the accepted values (`jsonb_populate_record`), so that no line travels to the process and back:
a request of 100,000 lines takes as many statements as one of a single line. Statements are built once for each table
and the columns that change, and kept.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    ColumnElement,
    Executable,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import Table

from authz.actor import Actor
from kernel.operation import Operation
from kernel.rows import Row
from masterdata.governance.fields import EXTERNAL_KEY, as_json
from masterdata.governance.lifecycle import FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine
from masterdata.governance.objects import plain_row
from masterdata.governance.queries.lines import OWN_LINES
from masterdata.noun import Noun, Part

Moved = Row


class Shape(NamedTuple):
    """The rows of a noun, or those of one of its parts."""

    noun: Noun
    part: Part | None

    @property
    def table(self) -> Table:
        """The table that holds them."""
        return self.part.table if self.part else self.noun.table

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a change request may fill."""
        return self.part.columns if self.part else self.noun.columns

    @property
    def defaults(self) -> str:
        """What a new row has where nothing is proposed, as JSON."""
        of = self.part or self.noun
        return orjson.dumps({name: as_json(of.default_of(name)) for name in self.columns}).decode()


def shapes_of(noun: Noun) -> tuple[Shape, ...]:
    """The noun's own rows, and then those of its parts."""
    return (Shape(noun, None), *(Shape(noun, part) for part in noun.parts))


async def lock_targets(op: Operation[Actor], shape: Shape, request_id: UUID) -> None:
    """Locks the rows that are to change, in the order of their ids, no harder than an UPDATE does.

    Those that are to be blocked or retired are locked against whoever refers to them as well.
    """
    given = _given(shape, request_id)
    if shape.part is None:
        await op.execute(_lock(shape, is_hard=True), given)
    await op.execute(_lock(shape, is_hard=False), given)


async def gather_moved(op: Operation[Actor], shape: Shape, request_id: UUID) -> Sequence[Moved]:
    """The accepted fields of rows that have another value by now than the one on which was decided."""
    return (await op.execute(_moved(shape), _given(shape, request_id))).all()


async def gather_taken(op: Operation[Actor], noun: Noun, request_id: UUID) -> Sequence[Row]:
    """The lines whose object would have the natural key of another by now."""
    if not noun.key:
        return ()
    return (await op.execute(_taken(noun), _given(Shape(noun, None), request_id))).all()


async def gather_foreseen(
    op: Operation[Actor], noun: Noun, request_id: UUID, *, is_decided: bool = True
) -> list[dict[str, Any]]:
    """The rows of a noun as they would be, each with its line's number.

    `is_decided` counts accepted values alone; otherwise those on which nobody has decided count as accepted.
    """
    decisions = _ACCEPTED if is_decided else _NOT_REFUSED
    rows = await op.execute(_foreseen(noun, decisions), _given(Shape(noun, None), request_id))
    return [dict(plain_row(noun.table, row)) for row in rows.mappings()]


async def gather_columns(op: Operation[Actor], shape: Shape, request_id: UUID) -> tuple[str, ...]:
    """The columns of rows that exist which the request changes."""
    names = set((await op.execute(_columns(shape), _given(shape, request_id))).scalars())
    return tuple(name for name in shape.columns if name in names)


async def apply_changes(op: Operation[Actor], shape: Shape, request_id: UUID, columns: tuple[str, ...]) -> int:
    """Changes the rows that exist and counts their versions up; answers how many."""
    return await op.write(_change(shape, columns), _given(shape, request_id)) if columns else 0


async def apply_creation(op: Operation[Actor], shape: Shape, request_id: UUID) -> int:
    """Makes the new rows; answers how many."""
    return await op.write(_create(shape), _given(shape, request_id))


async def apply_counting(op: Operation[Actor], noun: Noun, request_id: UUID) -> None:
    """Counts up the versions of objects of which only parts change."""
    if noun.parts and "version" in noun.table.c:
        await op.write(_count(noun), _given(Shape(noun, None), request_id))


def _given(shape: Shape, request_id: UUID) -> dict[str, Any]:
    return {"request": request_id, "of_noun": shape.noun.name}


_ACCEPTED = (FieldDecision.ACCEPTED,)
_NOT_REFUSED = (FieldDecision.ACCEPTED, FieldDecision.PENDING)


def _fields(shape: Shape, decisions: Collection[FieldDecision] = _ACCEPTED) -> ColumnElement[bool]:
    """The fields of a shape that are to become active."""
    decided = or_(*(ChangeRequestField.decision == each for each in decisions))
    part = ChangeRequestField.part
    return and_(
        OWN_LINES,
        ChangeRequestLine.noun == bindparam("of_noun", type_=Text()),
        ChangeRequestLine.result == LineResult.PENDING,
        ChangeRequestField.line_id == ChangeRequestLine.id,
        part.is_(None) if shape.part is None else part == shape.part.name,
        decided,
    )


def _target(shape: Shape) -> Any:
    return ChangeRequestLine.object_id if shape.part is None else ChangeRequestField.part_id


def _accepted(shape: Shape, decisions: Collection[FieldDecision] = _ACCEPTED) -> CTE:
    """One row for each object or part: its accepted values by column."""
    target = _target(shape)
    values = func.jsonb_object_agg(ChangeRequestField.column_name, ChangeRequestField.proposed, type_=JSONB())
    return (
        select(
            ChangeRequestLine.line_number,
            ChangeRequestLine.operation,
            ChangeRequestLine.object_id.label("owner_id"),
            ChangeRequestLine.entity_id,
            target.label("target_id"),
            values.label("proposed"),
        )
        .where(_fields(shape, decisions))
        .group_by(ChangeRequestLine.id, target)
        .cte("accepted")
    )


def _same(shape: Shape, row: Any, accepted: CTE) -> ColumnElement[bool]:
    """The row of a line. The legal entity stands before the id in keys of what is owned by one."""
    own = row.c.id == accepted.c.target_id
    return and_(row.c.entity_id == accepted.c.entity_id, own) if _is_owned(shape) else own


def _is_owned(shape: Shape) -> bool:
    return "entity_id" in shape.table.primary_key.columns


def _record(shape: Shape, values: Any) -> Any:
    """A row of the table, made of JSON."""
    typed = (column(each.name, each.type) for each in shape.table.c if each.computed is None)
    made = func.jsonb_populate_record(literal_column(f'NULL::"{shape.table.name}"'), values)
    return made.table_valued(*typed).lateral("made")


@lru_cache(maxsize=512)
def _lock(shape: Shape, *, is_hard: bool) -> Executable:
    accepted, row = _accepted(shape), shape.table.alias("object")
    forbids = or_(*(accepted.c.operation == each for each in (LineOperation.BLOCK, LineOperation.RETIRE)))
    chosen = forbids if is_hard else ~forbids
    locked = (
        select(row.c.id)
        .join(accepted, and_(_same(shape, row, accepted), chosen))
        .order_by(row.c.id)
        .with_for_update(of=row, key_share=not is_hard)
        .subquery("locked")
    )
    return select(func.count()).select_from(locked)


@lru_cache(maxsize=512)
def _moved(shape: Shape) -> Executable:
    row = shape.table.alias("object")
    target = _target(shape)
    same = row.c.id == target
    if _is_owned(shape):
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
            _fields(shape),
            ChangeRequestField.column_name != EXTERNAL_KEY,
            now.is_distinct_from(ChangeRequestField.base),
        )
    )


def _merged(shape: Shape, accepted: CTE, now: Any) -> Any:
    """The whole row as it would be: what is there, or the defaults, under what was accepted."""
    defaults = cast(literal(shape.defaults, Text()), JSONB())
    there = func.coalesce(case((now.c.id.is_not(None), func.to_jsonb(literal_column("now")))), defaults, type_=JSONB())
    return there.op("||")(accepted.c.proposed)


@lru_cache(maxsize=256)
def _taken(noun: Noun) -> Executable:
    shape = Shape(noun, None)
    accepted, now, other = _accepted(shape), noun.table.alias("now"), noun.table.alias("other")
    made = _record(shape, _merged(shape, accepted, now))
    same_key = (
        other.c[name].is_not_distinct_from(made.c[name])
        if noun.table.c[name].nullable
        else other.c[name] == made.c[name]
        for name in noun.key
    )
    owner = (other.c.entity_id == accepted.c.entity_id,) if _is_owned(shape) else ()
    names_key = or_(*(accepted.c.proposed.has_key(name) for name in noun.key))
    return (
        select(accepted.c.line_number, other.c.id)
        .select_from(accepted)
        .outerjoin(now, _same(shape, now, accepted))
        .join(made, true())
        .join(other, and_(*owner, *same_key, other.c.id != accepted.c.target_id))
        .where(names_key)
        .order_by(accepted.c.line_number)
    )


@lru_cache(maxsize=256)
def _foreseen(noun: Noun, decisions: tuple[FieldDecision, ...]) -> Executable:
    shape = Shape(noun, None)
    accepted, now = _accepted(shape, decisions), noun.table.alias("now")
    made = _record(shape, _merged(shape, accepted, now))
    own = (column_.label(column_.name) for column_ in made.c if column_.name not in ("id", "entity_id", "version"))
    owner = (accepted.c.entity_id,) if _is_owned(shape) else ((made.c.entity_id,) if "entity_id" in made.c else ())
    return (
        select(accepted.c.line_number, accepted.c.target_id.label("id"), *owner, *own)
        .select_from(accepted)
        .outerjoin(now, _same(shape, now, accepted))
        .join(made, true())
        .order_by(accepted.c.line_number)
    )


@lru_cache(maxsize=512)
def _columns(shape: Shape) -> Executable:
    fields = select(ChangeRequestField.column_name).where(_fields(shape)).distinct()
    if shape.part is None:
        return fields.where(ChangeRequestLine.operation != LineOperation.CREATE)
    return fields


@lru_cache(maxsize=1024)
def _change(shape: Shape, columns: tuple[str, ...]) -> Executable:
    table, accepted = shape.table, _accepted(shape)
    made = _record(shape, accepted.c.proposed)
    values: dict[str, Any] = {
        name: case((accepted.c.proposed.has_key(name), made.c[name]), else_=table.c[name]) for name in columns
    }
    if "version" in table.c:
        values["version"] = table.c.version + 1
    return update(table).where(_same(shape, table, accepted), _differs(columns, accepted)).values(values)


def _differs(columns: tuple[str, ...], accepted: CTE) -> ColumnElement[bool]:
    """Lines that give their object nothing but a key elsewhere leave the object as it is."""
    return or_(*(accepted.c.proposed.has_key(name) for name in columns))


@lru_cache(maxsize=512)
def _create(shape: Shape) -> Executable:
    table, accepted = shape.table, _accepted(shape)
    made = _record(shape, cast(literal(shape.defaults, Text()), JSONB()).op("||")(accepted.c.proposed))
    names: list[str] = ["id"]
    values: list[Any] = [accepted.c.target_id]
    source: Any = accepted.join(made, true())
    if _is_owned(shape):
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

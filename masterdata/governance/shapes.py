"""The rows of a noun and of its parts, as change requests speak of them: accepted values, by object, as rows.

PostgreSQL makes rows of the accepted values (`jsonb_populate_record`), so that no line travels to the process and back:
a request of 100,000 lines takes as many statements as one of a single line.
"""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import Table

from masterdata.governance.fields import as_json
from masterdata.governance.lifecycle import FieldDecision, LineResult
from masterdata.governance.model import ChangeRequestField, ChangeRequestLine
from masterdata.governance.queries.lines import OWN_LINES
from masterdata.noun import Noun, Part


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


def given_to(shape: Shape, request_id: UUID) -> dict[str, Any]:
    return {"request": request_id, "of_noun": shape.noun.name}


ACCEPTED = (FieldDecision.ACCEPTED,)


NOT_REFUSED = (FieldDecision.ACCEPTED, FieldDecision.PENDING)


def fields_of(shape: Shape, decisions: Collection[FieldDecision] = ACCEPTED) -> ColumnElement[bool]:
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


def target_of(shape: Shape) -> Any:
    return ChangeRequestLine.object_id if shape.part is None else ChangeRequestField.part_id


def accepted_rows(shape: Shape, decisions: Collection[FieldDecision] = ACCEPTED) -> CTE:
    """One row for each object or part: its accepted values by column."""
    target = target_of(shape)
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
        .where(fields_of(shape, decisions))
        .group_by(ChangeRequestLine.id, target)
        .cte("accepted")
    )


def same_row(shape: Shape, row: Any, accepted: CTE) -> ColumnElement[bool]:
    """The row of a line. The legal entity stands before the id in keys of what is owned by one."""
    own = row.c.id == accepted.c.target_id
    return and_(row.c.entity_id == accepted.c.entity_id, own) if is_owned(shape) else own


def is_owned(shape: Shape) -> bool:
    return "entity_id" in shape.table.primary_key.columns


def record_of(shape: Shape, values: Any) -> Any:
    """A row of the table, made of JSON."""
    typed = (column(each.name, each.type) for each in shape.table.c if each.computed is None)
    made = func.jsonb_populate_record(literal_column(f'NULL::"{shape.table.name}"'), values)
    return made.table_valued(*typed).lateral("made")


def merged_with(shape: Shape, accepted: CTE, now: Any) -> Any:
    """The whole row as it would be: what is there, or the defaults, under what was accepted."""
    defaults = cast(literal(shape.defaults, Text()), JSONB())
    there = func.coalesce(case((now.c.id.is_not(None), func.to_jsonb(literal_column("now")))), defaults, type_=JSONB())
    return there.op("||")(accepted.c.proposed)

"""The rows of change requests: what each line proposes, field by field, as JSON that equals PostgreSQL's own."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from kernel.ids import new_id
from masterdata.governance.lifecycle import LineOperation, LineResult
from masterdata.governance.plan import Line, PartChange
from masterdata.noun import GENERAL, Field, Noun, Part

Row = dict[str, Any]
EXTERNAL_KEY = "external_key"
"""What stands in a row's column where a line gives its object a key in the source system: it is decided on as well."""


def as_json(value: Any) -> Any:
    """A value of a column as `to_jsonb` writes it, so that both can be compared."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    if isinstance(value, datetime):
        text = value.isoformat()
        return (
            text.replace(f".{value.microsecond:06d}", f".{value.microsecond:06d}".rstrip("0")) if "." in text else text
        )
    if isinstance(value, date | UUID):
        return str(value)
    return value


def operation_of(noun: Noun, line: Line) -> LineOperation:
    """What the line does to its object."""
    if line.current is None and line.result is not LineResult.UNCHANGED:
        return LineOperation.CREATE
    statuses = {each.column for each in noun.fields if each.lifecycle}
    became = {str(line.changed[column]) for column in statuses & line.changed.keys()}
    known = {"blocked": LineOperation.BLOCK, "retired": LineOperation.RETIRE}
    return next((known[status] for status in became if status in known), LineOperation.UPDATE)


def label_of(noun: Noun, line: Line) -> str | None:
    """The object's natural key, as far as it is told by codes and names; ids tell people nothing."""
    row = {**(line.current or {}), **line.values}
    told = [row.get(column) for column in noun.key]
    return " / ".join(str(each) for each in told if each is not None and not isinstance(each, UUID)) or None


def field_rows(request_id: UUID, noun: Noun, line: Line, entity_id: UUID | None) -> Iterable[Row]:
    """One row for each value that the line would change."""
    identity = {"change_request_id": request_id, "line_id": line.id, "entity_id": entity_id, "noun": noun.name}
    # What is not named of a new object takes its default, as it will be then.
    values = line.values if line.current is None else line.changed
    for declared in noun.fields:
        if declared.column in values:
            change = _changed(declared, values, line.current)
            whole = {"name": declared.name, "part": None, "part_id": None, "field_group": declared.group}
            yield {"id": new_id(), **identity, **whole, **change}
    if line.is_named_anew:
        named = {"name": "externalKey", "column_name": EXTERNAL_KEY, "part": None, "part_id": None}
        given = {"field_group": GENERAL, "base": None, "proposed": line.external_key}
        yield {"id": new_id(), **identity, **named, **given}
    for part_change in line.parts:
        for declared in part_change.part.fields:
            if declared.column in part_change.values:
                change = _changed(declared, part_change.values, part_change.current)
                yield {"id": new_id(), **identity, **_of_part(part_change, declared), **change}


def _changed(declared: Field, values: Mapping[str, Any], current: Mapping[Any, Any] | None) -> Row:
    return {
        "column_name": declared.column,
        "base": None if current is None else as_json(current[declared.column]),
        "proposed": as_json(values[declared.column]),
    }


def _of_part(change: PartChange, declared: Field) -> Row:
    part: Part = change.part
    name = f"{part.name}.{change.key}.{declared.name}"
    return {"name": name, "part": part.name, "part_id": change.id, "field_group": part.group}

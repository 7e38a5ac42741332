"""Parts of objects, such as the units of an item: added or changed with their object, never taken away by silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from authz.actor import Actor
from kernel.ids import new_id
from kernel.operation import Operation
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import apply_changes, gather_followed, gather_parts
from masterdata.governance.plan import Line, living
from masterdata.governance.values import Reading
from masterdata.noun import Part


@dataclass
class PartChanges:
    """What becomes of the parts of one kind."""

    made: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    current: dict[UUID, Any] = field(default_factory=dict)


async def plan_parts(op: Operation[Actor], part: Part, lines: Sequence[Line]) -> PartChanges:
    """Decides the parts of all lines. A line whose parts alone change counts as updated."""
    owners = {line.target for line in living(lines) if line.reading.parts.get(part.name)}
    existing = await gather_parts(op, part, owners) if owners else {}
    changes = PartChanges(current={row["id"]: row for row in existing.values()})
    for line in living(lines):
        proposed = _proposed(part, line)
        touched = [_plan_one(part, line.target, values, existing, changes) for values in proposed]
        if any(touched) and line.result is LineResult.UNCHANGED:
            line.result = LineResult.UPDATED
    return changes


async def apply_parts(op: Operation[Actor], part: Part, changes: PartChanges) -> None:
    """Writes what was planned."""
    followed = await gather_followed(op, part, {row[part.owner] for row in changes.made})
    await op.insert(part.model, [{**row, **followed.get(row[part.owner], {})} for row in changes.made])
    await apply_changes(op, part.table, changes.changed, changes.current)


def _proposed(part: Part, line: Line) -> list[dict[str, Any]]:
    """The parts of a line, each key once: of two with the same key the later counts."""
    readings = line.reading.parts.get(part.name, [])
    by_key = {reading.values[part.key]: _values(part, reading) for reading in readings}
    return list(by_key.values())


def _values(part: Part, reading: Reading) -> dict[str, Any]:
    return {each.column: reading.values[each.column] for each in part.fields if each.column in reading.values}


def _plan_one(
    part: Part,
    owner: UUID,
    values: dict[str, Any],
    existing: Mapping[tuple[UUID, Any], Mapping[Any, Any]],
    changes: PartChanges,
) -> bool:
    current = existing.get((owner, values[part.key]))
    if current is None:
        whole = {column: values.get(column, part.default_of(column)) for column in part.columns}
        changes.made.append({"id": new_id(), part.owner: owner, **whole})
        return True
    changed = {column: value for column, value in values.items() if current[column] != value}
    if changed:
        changes.changed[current["id"]] = changed
    return bool(changed)

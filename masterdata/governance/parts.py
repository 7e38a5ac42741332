"""Parts of objects, such as the units of an item: added or changed with their object, never taken away by silence."""

from collections.abc import Mapping, Sequence
from typing import Any

from authz.actor import Actor
from kernel.ids import new_id
from kernel.operation import Operation
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import gather_parts
from masterdata.governance.plan import Line, PartChange, living
from masterdata.governance.values import Reading
from masterdata.noun import Part


async def plan_parts(op: Operation[Actor], part: Part, lines: Sequence[Line]) -> None:
    """Decides the parts of all lines. A line whose parts alone change counts as updated."""
    owners = {line.target for line in living(lines) if line.reading.parts.get(part.name)}
    existing = await gather_parts(op, part, owners) if owners else {}
    for line in living(lines):
        for key, values in _proposed(part, line).items():
            change = _change(part, key, values, existing.get((line.target, key)))
            if change.values:
                line.parts.append(change)
        if line.parts and line.result is LineResult.UNCHANGED:
            line.result = LineResult.UPDATED


def _proposed(part: Part, line: Line) -> Mapping[Any, dict[str, Any]]:
    """The parts of a line, each key once: of two with the same key the later counts."""
    readings = line.reading.parts.get(part.name, [])
    return {reading.values[part.key]: _values(part, reading) for reading in readings}


def _values(part: Part, reading: Reading) -> dict[str, Any]:
    return {each.column: reading.values[each.column] for each in part.fields if each.column in reading.values}


def _change(part: Part, key: Any, values: dict[str, Any], current: Mapping[Any, Any] | None) -> PartChange:
    if current is None:
        return PartChange(part, new_id(), key, values, None)
    changed = {column: value for column, value in values.items() if current[column] != value}
    return PartChange(part, current["id"], key, changed, current)

"""Identifiers that no two objects share, beside their keys: a second item with the same GTIN is refused, in words.

A unique index holds the same, whatever is activated; it cannot say which line is to blame, and would end all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.objects import Found, gather_holders
from masterdata.governance.plan import Line, living
from masterdata.noun import Noun

Values = tuple[Any, ...]


async def refuse_shared(op: Operation[Actor], noun: Noun, lines: Sequence[Line], current: Found) -> None:
    """Refuses lines by which two objects would have the same identifier.

    An identifier that another object gives up in the same request is free in the next one.
    """
    for columns in noun.identifiers:
        wanted = {line.number: values for line in living(lines) if (values := _set(line, columns, current))}
        if not wanted:
            continue
        holders = await gather_holders(op, noun, columns, wanted)
        first: dict[Values, int] = {}
        for line in living(lines):
            if line.number not in wanted:
                continue
            values = wanted[line.number]
            if holders.get(line.number, line.target) != line.target:
                line.refuse(f"{columns[-1]}: another {noun.title} has {values[-1]} already")
            elif (earlier := first.setdefault(values, line.number)) != line.number:
                line.refuse(f"{columns[-1]}: line {earlier} gives {values[-1]} to another {noun.title}")


def _set(line: Line, columns: tuple[str, ...], current: Found) -> Values | None:
    """The identifier that the object would have, where the line sets it."""
    named = line.made or line.changed
    if not any(column in named for column in columns):
        return None
    row: Mapping[Any, Any] = {**current.get(line.target, {}), **named}
    return None if row[columns[-1]] is None else tuple(row[column] for column in columns)

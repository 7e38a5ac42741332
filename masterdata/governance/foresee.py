"""What an activation would make of the access policy: rows as they would be, with nothing locked and nothing written.

It decides every line as an activation does, noun by noun, for all nouns that say who may do what, and for those to
which their lines may refer: a grant in a legal entity that the same request makes is one in that entity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.dialects.postgresql import JSONB

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.activate_noun import decide_lines
from masterdata.governance.objects import Found, gather_objects
from masterdata.governance.plan import Line, living, refuse_dependents
from masterdata.governance.queries import gather_lines, gather_request
from masterdata.governance.references import Book
from masterdata.governance.values import read_line
from masterdata.governance.whole import problems_of_whole
from masterdata.noun import Noun, Nouns

LEGAL_ENTITY = "legal_entity"


@dataclass
class Foreseen:
    """The rows of each table that would be new or changed, those that are there in their place, and what is refused.

    The tables are those of access, and the legal entities, on which rights reach.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    replaced: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


async def foresee_access(op: Operation[Actor], request_id: UUID, nouns: Nouns) -> Foreseen | None:
    """What the request would change of the access policy; None if there is no such request."""
    request = await gather_request(op, request_id)
    if request is None:
        return None
    book, foreseen = Book(nouns, request.source_system, request.entity_id), Foreseen()
    proposed = await gather_lines(op, request_id)
    needed = nouns.needed_by(row.noun for row in proposed if nouns[row.noun].governs_access)
    for noun in (each for each in nouns if each.name in needed):
        lines = [
            Line(row.id, row.line_number, row.external_key, row.object_id, read_line(noun, row.proposed))
            for row in proposed
            if row.noun == noun.name
        ]
        if lines:
            current = await decide_lines(op, noun, lines, book, gather_objects)
            refuse_dependents(noun, lines, current)
            if noun.governs_access or noun.name == LEGAL_ENTITY:
                _keep(foreseen, noun, lines, current)
            book.register(noun, lines)
    whole = await problems_of_whole(op, nouns, [(row.noun, row.object_id, row.proposed) for row in proposed])
    foreseen.problems += [each.message for each in whole]
    return foreseen


def _keep(foreseen: Foreseen, noun: Noun, lines: Sequence[Line], current: Found) -> None:
    table = noun.table.name
    foreseen.problems += [f"Line {line.number}: {line.problem}" for line in lines if line.is_refused]
    for line in living(lines):
        before = current.get(line.target)
        if before is not None:
            foreseen.replaced.setdefault(table, []).append(_values(noun, before))
        row = line.made if before is None else {**_values(noun, before), **line.changed}
        foreseen.rows.setdefault(table, []).append(dict(row))


def _values(noun: Noun, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with JSON as values: the driver gives it as text."""
    kinds = noun.table.c
    return {
        name: orjson.loads(value) if isinstance(kinds[name].type, JSONB) and isinstance(value, str) else value
        for name, value in row.items()
    }

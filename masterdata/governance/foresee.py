"""What an activation would make of the access policy: rows as they would be, with nothing locked and nothing written.

A grant in a legal entity that the same request makes is one in that entity. What was refused of the request is left
out; what nobody has decided on yet counts as accepted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import gather_objects
from masterdata.governance.objects_seen import gather_foreseen
from masterdata.governance.queries.lines import gather_lines
from masterdata.governance.queries.requests import gather_request
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
    if await gather_request(op, request_id) is None:
        return None
    foreseen = Foreseen()
    lines = await gather_lines(op, request_id)
    names = {row.noun for row in lines}
    refused = [row for row in lines if row.result == LineResult.REFUSED and _concerns_access(nouns[row.noun])]
    foreseen.problems += [f"Line {row.line_number}: {row.message}" for row in refused]
    for noun in nouns:
        if noun.name in names and _concerns_access(noun):
            await _foresee(op, request_id, noun, foreseen)
    pending = [(row.noun, row.object_id, row.proposed) for row in lines if row.result == LineResult.PENDING]
    foreseen.problems += [each.message for each in await problems_of_whole(op, nouns, pending)]
    return foreseen


def _concerns_access(noun: Noun) -> bool:
    return noun.governs_access or noun.name == LEGAL_ENTITY


async def _foresee(op: Operation[Actor], request_id: UUID, noun: Noun, foreseen: Foreseen) -> None:
    rows = await gather_foreseen(op, noun, request_id, is_decided=False)
    current = await gather_objects(op, noun, {row["id"] for row in rows}, None)
    for row in rows:
        number = row.pop("line_number")
        foreseen.problems += [f"Line {number}: {why}" for check in noun.checks if (why := check(row))]
    foreseen.rows[noun.table.name] = rows
    foreseen.replaced[noun.table.name] = list(current.values())

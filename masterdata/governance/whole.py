"""What is asked of a change request as a whole, beyond its lines: what its author may propose, and what access allows.

It is asked when the request is submitted, so that nobody reads in vain, and again when it is to become active: what was
harmless when it was written may not be any more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.masking import may_with_field
from authz.vocabulary import FieldAction
from kernel.operation import Operation
from kernel.refusal import Code, Refused
from masterdata.governance.values import read_line
from masterdata.noun import Noun, Nouns, Proposal

Proposed = tuple[str, UUID | None, Mapping[str, Any]]
"""A line: noun, object, values."""


async def problems_of_whole(op: Operation[Actor], nouns: Nouns, lines: Iterable[Proposed]) -> list[Refused]:
    """Why the request cannot stand, if it cannot."""
    proposals = access_proposals(nouns, lines)
    return [*await nouns.check_whole(op, proposals)] if proposals and nouns.check_whole else []


def access_proposals(nouns: Nouns, lines: Iterable[Proposed]) -> list[Proposal]:
    """The lines that say who may do what."""
    return [
        _proposal(index, nouns[name], object_id, values)
        for index, (name, object_id, values) in enumerate(lines)
        if nouns[name].governs_access
    ]


def forbidden_fields(
    op: Operation[Actor], nouns: Nouns, lines: Sequence[Proposed], entity_ids: Sequence[UUID | None]
) -> Iterator[Refused]:
    """The fields that the author may not write, each in the legal entity of its line: what they may not see they do not
    set either."""
    access = op.actor.access
    for index, (name, _, values) in enumerate(lines):
        noun = nouns[name]
        where = entity_ids[index] if noun.is_of_an_entity else None
        for field in values.keys() & access.restricted.get(noun.right.resource, {}).keys():
            if not may_with_field(access, noun.right.resource, field, FieldAction.WRITE, where):
                message = f"None of your roles here allows you to write {field} of a {noun.title}."
                yield Refused(Code.FORBIDDEN, message, ("lines", index, "values", field))


def _proposal(index: int, noun: Noun, object_id: UUID | None, values: Mapping[str, Any]) -> Proposal:
    reading = read_line(noun, values)
    references = {column: named and f"{named.by}:{named.key}" for column, (_, named) in reading.references.items()}
    return Proposal(index, noun, object_id, {**references, **reading.values}, tuple(reading.problems))

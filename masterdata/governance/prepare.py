"""Preparing the lines of a change request: read, resolved, identified and checked, with nothing locked or written.

Nouns are taken in the registry's order, so that a line may name objects that other lines make; within one, everything
is done set by set. A line that cannot be taken is refused, and with it those that name its object.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.identifiers import refuse_shared
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import Found, gather_by_key, gather_objects
from masterdata.governance.parts import plan_parts
from masterdata.governance.plan import (
    Line,
    decide,
    has_key,
    identify,
    key_of,
    living,
    refuse_dependents,
    refuse_repeats,
    refuse_ungiven,
)
from masterdata.governance.references import Book, look_up, references_of, resolve_others, resolve_own
from masterdata.governance.values import By, Reference
from masterdata.noun import Noun, Nouns

OfNouns = Mapping[str, Sequence[Line]]
"""Lines by the names of their nouns."""


async def prepare_lines(op: Operation[Actor], nouns: Nouns, of_nouns: OfNouns, *, source_system: str | None) -> None:
    """Decides what each line makes of which object; the lines hold what was decided."""
    book = Book(nouns, source_system, None)
    for noun in nouns:
        for entity_id, lines in _by_entity(noun, of_nouns.get(noun.name, ())).items():
            await _prepare(op, noun, lines, book.of_entity(entity_id))


def _by_entity(noun: Noun, lines: Iterable[Line]) -> Mapping[UUID | None, list[Line]]:
    """Objects of the group are the same for all; those of legal entities are told apart within them."""
    grouped: dict[UUID | None, list[Line]] = {}
    for line in lines:
        grouped.setdefault(line.entity_id if noun.is_of_an_entity else None, []).append(line)
    return grouped


async def _prepare(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book) -> None:
    for line in lines:
        if line.reading.problems:
            line.refuse("; ".join(line.reading.problems))
    await look_up(op, book, _references(noun, lines, book))
    _require_entity(noun, lines, book)
    resolve_others(noun, lines, book)
    refuse_repeats(noun, lines)
    await _identify(op, noun, lines, book)
    resolve_own(noun, lines, book)
    current = await gather_objects(op, noun, {line.target for line in living(lines)}, book.entity_id)
    refuse_ungiven(noun, lines, current, book.entity_id)
    await _decide(op, noun, lines, current)
    for part in noun.parts:
        await plan_parts(op, part, lines)
    for line in living(lines):
        if line.is_named_anew and line.result is LineResult.UNCHANGED:
            line.result = LineResult.UPDATED
    book.register(noun, lines)


async def _decide(op: Operation[Actor], noun: Noun, lines: Sequence[Line], current: Found) -> None:
    for line in living(lines):
        decide(noun, line, current.get(line.target))
    await refuse_shared(op, noun, lines, current)
    refuse_dependents(noun, lines, current)


def _references(noun: Noun, lines: Sequence[Line], book: Book) -> list[Reference]:
    named = [reference for line in living(lines) for reference in references_of(noun, line)]
    return [*named, _entity(book)] if noun.is_entity_owned else named


def _entity(book: Book) -> Reference:
    return Reference("legal_entity", By.ID, str(book.entity_id))


def _require_entity(noun: Noun, lines: Sequence[Line], book: Book) -> None:
    if not noun.is_entity_owned:
        return
    maker = book.maker(_entity(book))
    for line in living(lines):
        if book.find(_entity(book)) is None:
            line.refuse(f"entity: {book.why_unknown(_entity(book))}")
        elif maker is not None:
            line.needs.add(maker)


async def _identify(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book) -> None:
    keys = {line.number: key_of(noun, line) for line in living(lines) if has_key(noun, line)}
    by_key = await gather_by_key(op, noun, keys, book.entity_id)
    for line in living(lines):
        mapped = book.find(Reference(noun.name, By.EXTERNAL, line.external_key or ""))
        line.is_named_anew = line.external_key is not None and mapped is None
        identify(
            noun,
            line,
            mapped=mapped,
            with_id=book.find(Reference(noun.name, By.ID, str(line.proposed_id))),
            same_key=by_key.get(line.number),
        )
    _refuse_shared_targets(noun, lines)


def _refuse_shared_targets(noun: Noun, lines: Sequence[Line]) -> None:
    """Two lines that name one object differently, by its key and by its id, are one too many."""
    first: dict[UUID, int] = {}
    for line in living(lines):
        earlier = first.setdefault(line.target, line.number)
        if earlier != line.number:
            line.refuse(f"{noun.title}: line {earlier} speaks of the same one")

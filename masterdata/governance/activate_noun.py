"""The step of an activation that takes all lines of one noun: resolve, identify, lock, decide, write."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from authz.actor import Actor
from kernel.ids import new_id
from kernel.operation import Operation
from masterdata.governance.identifiers import refuse_shared
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import Found, apply_changes, gather_by_key, lock_objects
from masterdata.governance.parts import apply_parts, plan_parts
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
from masterdata.governance.queries import apply_keys
from masterdata.governance.references import Book, look_up, references_of, resolve_others, resolve_own
from masterdata.governance.values import By, Reference
from masterdata.noun import Noun

Fetch = Callable[[Operation[Actor], Noun, Collection[UUID], UUID | None], Awaitable[Found]]
"""Finds the objects with these ids: under lock where they are to be written."""


async def activate_noun(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book) -> None:
    """Decides and writes the lines of one noun, and tells the book what became of them."""
    current = await decide_lines(op, noun, lines, book, lock_objects)
    refuse_dependents(noun, lines, current)
    changes = [await plan_parts(op, part, lines) for part in noun.parts]
    await _write(op, noun, lines, current, book)
    for part, change in zip(noun.parts, changes, strict=True):
        await apply_parts(op, part, change)
    await _map_keys(op, noun, lines, book)
    book.register(noun, lines)


async def decide_lines(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book, fetch: Fetch) -> Found:
    """Decides what each line makes of which object; answers the objects as they are."""
    for line in lines:
        if line.reading.problems:
            line.refuse("; ".join(line.reading.problems))
    await look_up(op, book, _references(noun, lines, book))
    _require_entity(noun, lines, book)
    resolve_others(noun, lines, book)
    refuse_repeats(noun, lines)
    await _identify(op, noun, lines, book)
    resolve_own(noun, lines, book)
    current = await fetch(op, noun, {line.target for line in living(lines)}, book.entity_id)
    refuse_ungiven(noun, lines, current, book.entity_id)
    for line in living(lines):
        decide(noun, line, current.get(line.target))
    await refuse_shared(op, noun, lines, current)
    return current


def _references(noun: Noun, lines: Sequence[Line], book: Book) -> list[Reference]:
    named = [reference for line in living(lines) for reference in references_of(noun, line)]
    return [*named, _entity(book)] if noun.is_entity_owned else named


def _entity(book: Book) -> Reference:
    return Reference("legal_entity", By.ID, str(book.entity_id))


def _require_entity(noun: Noun, lines: Sequence[Line], book: Book) -> None:
    if noun.is_entity_owned and _entity(book) not in book.found:
        for line in living(lines):
            line.refuse(f"entity: {book.why_unknown(_entity(book))}")


async def _identify(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book) -> None:
    keys = {line.number: key_of(noun, line) for line in living(lines) if has_key(noun, line)}
    by_key = await gather_by_key(op, noun, keys, book.entity_id)
    for line in living(lines):
        identify(
            noun,
            line,
            mapped=book.found.get(Reference(noun.name, By.EXTERNAL, line.external_key or "")),
            with_id=book.found.get(Reference(noun.name, By.ID, str(line.proposed_id))),
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


async def _write(op: Operation[Actor], noun: Noun, lines: Sequence[Line], current: Found, book: Book) -> None:
    owner: dict[str, Any] = {"entity_id": book.entity_id} if noun.is_entity_owned else {}
    await op.insert(noun.model, [{**owner, **line.made} for line in living(lines) if line.result is LineResult.CREATED])
    updated = {line.target: line.changed for line in living(lines) if line.result is LineResult.UPDATED}
    await apply_changes(op, noun.table, updated, current, book.entity_id)


async def _map_keys(op: Operation[Actor], noun: Noun, lines: Sequence[Line], book: Book) -> None:
    rows = [
        {
            "id": new_id(),
            "source_system": book.source_system,
            "noun": noun.name,
            "external_key": line.external_key,
            "object_id": line.target,
        }
        for line in living(lines)
        if line.external_key is not None and Reference(noun.name, By.EXTERNAL, line.external_key) not in book.found
    ]
    await apply_keys(op, rows)

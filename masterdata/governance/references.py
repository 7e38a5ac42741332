"""References between the lines of a change request and the objects there are, resolved set by set."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.objects import gather_by_column
from masterdata.governance.plan import Line, living
from masterdata.governance.queries import gather_mapped
from masterdata.governance.values import By, Reading, Reference
from masterdata.noun import Field, Holds, Noun, Nouns


@dataclass
class Book:
    """What the running activation knows of objects by their names."""

    nouns: Nouns
    source_system: str | None
    entity_id: UUID | None
    found: dict[Reference, UUID] = field(default_factory=dict)
    refused: dict[Reference, int] = field(default_factory=dict)
    """Names whose line was refused, with its number."""

    def register(self, noun: Noun, lines: Iterable[Line]) -> None:
        """Remembers what became of the lines of a noun, for those that come after it."""
        for line in lines:
            for name in line.names(noun):
                if not line.is_refused:
                    self.found[name] = line.target
                elif name not in self.found:
                    self.refused.setdefault(name, line.number)

    def why_unknown(self, reference: Reference) -> str:
        """Why a reference leads nowhere."""
        number = self.refused.get(reference)
        if number is not None:
            return f"the {reference} was refused in line {number}"
        return f"no {reference} is known"


async def look_up(op: Operation[Actor], book: Book, references: Iterable[Reference]) -> None:
    """Finds the objects that exist under these names: one statement for each noun and way of naming."""
    wanted: defaultdict[tuple[str, By], set[str]] = defaultdict(set)
    for reference in references:
        if reference not in book.found:
            wanted[reference.noun, reference.by].add(reference.key)
    for (name, by), keys in wanted.items():
        found = await _look_up(op, book, book.nouns[name], by, keys)
        book.found.update((Reference(name, by, str(key)), object_id) for key, object_id in found.items())


async def _look_up(
    op: Operation[Actor], book: Book, noun: Noun, by: By, keys: set[str]
) -> dict[str, UUID] | dict[UUID, UUID]:
    match by:
        case By.EXTERNAL:
            return await gather_mapped(op, system=book.source_system, noun=noun.name, keys=keys)
        case By.ID:
            return await gather_by_column(op, noun, "id", {UUID(key) for key in keys}, book.entity_id)
        case By.CODE:
            return await gather_by_column(op, noun, noun.code, keys, book.entity_id) if noun.code else {}


def references_of(noun: Noun, line: Line) -> Iterable[Reference]:
    """Everything that the line names, itself included."""
    if line.external_key is not None:
        yield Reference(noun.name, By.EXTERNAL, line.external_key)
    if line.proposed_id is not None:
        yield Reference(noun.name, By.ID, str(line.proposed_id))
    for reading in _readings(line.reading):
        yield from (reference for _, reference in reading.references.values() if reference)


def resolve_others(noun: Noun, lines: Iterable[Line], book: Book) -> None:
    """Puts the ids of objects of other nouns into the values of each line; refuses lines that name nothing known."""
    for line in living(lines):
        line.values.update(line.reading.values)
        for reading in _readings(line.reading):
            for column, (declared, reference) in reading.references.items():
                if reading is line.reading and noun.refers_to_itself(declared):
                    continue
                _resolve(line, reading, column, declared, reference, book)


def _resolve(
    line: Line, reading: Reading, column: str, declared: Field, reference: Reference | None, book: Book
) -> None:
    object_id = book.found.get(reference) if reference else None
    if reference is not None and object_id is None:
        line.refuse(f"{declared.name}: {book.why_unknown(reference)}")
    if declared.holds is Holds.ID and reading is line.reading:
        line.values[column] = object_id


def resolve_own(noun: Noun, lines: Iterable[Line], book: Book) -> None:
    """The same for objects of the noun itself, such as parents, which other lines of the request may be making."""
    if not any(map(noun.refers_to_itself, noun.fields)):
        return
    made = {name: line.target for line in living(lines) for name in line.names(noun)}
    lost = {name: line.number for line in lines if line.is_refused for name in line.names(noun)}
    for line in living(lines):
        for column, (declared, reference) in line.reading.references.items():
            if not noun.refers_to_itself(declared):
                continue
            line.values[column] = None if reference is None else made.get(reference, book.found.get(reference))
            if reference is not None and line.values[column] is None:
                book.refused.update({reference: lost[reference]} if reference in lost else {})
                line.refuse(f"{declared.name}: {book.why_unknown(reference)}")


def _readings(reading: Reading) -> Iterable[Reading]:
    yield reading
    for parts in reading.parts.values():
        yield from parts

"""References between the lines of a change request and the objects there are, resolved set by set."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.objects import gather_by_column
from masterdata.governance.plan import Line, living
from masterdata.governance.queries.lines import gather_mapped
from masterdata.governance.values import By, Reading, Reference
from masterdata.noun import Field, Holds, Noun, Nouns

Place = tuple[UUID | None, Reference]
"""A name where it means something: an entity's own objects are named within it, those of the group anywhere."""


@dataclass
class Book:
    """What is known of objects by their names, while the lines of a request are read. Each legal entity has a book,
    and all of a request share what they know."""

    nouns: Nouns
    source_system: str | None
    entity_id: UUID | None
    _found: dict[Place, UUID] = field(default_factory=dict)
    _refused: dict[Place, int] = field(default_factory=dict)
    """Names whose line was refused, with its number."""
    _made: dict[Place, int] = field(default_factory=dict)
    """Names of objects that a line makes, with its number."""

    def of_entity(self, entity_id: UUID | None) -> "Book":
        """The book of a legal entity, with all that this one knows."""
        return replace(self, entity_id=entity_id)

    def find(self, reference: Reference) -> UUID | None:
        """The object with this name, if there is one."""
        return self._found.get(self._place(reference))

    def maker(self, reference: Reference) -> int | None:
        """The line that makes the object with this name, if one does."""
        return self._made.get(self._place(reference))

    def learn(self, reference: Reference, object_id: UUID) -> None:
        """Remembers an object that exists."""
        self._found[self._place(reference)] = object_id

    def lose(self, reference: Reference, number: int) -> None:
        """Remembers that the line that would make an object was refused."""
        self._refused.setdefault(self._place(reference), number)

    def register(self, noun: Noun, lines: Iterable[Line]) -> None:
        """Remembers what is to become of the lines of a noun, for those that come after it."""
        for line in lines:
            for name in line.names(noun):
                if not line.is_refused:
                    self.learn(name, line.target)
                    if line.result is LineResult.CREATED:
                        self._made[self._place(name)] = line.number
                elif self.find(name) is None:
                    self.lose(name, line.number)

    def why_unknown(self, reference: Reference) -> str:
        """Why a reference leads nowhere."""
        number = self._refused.get(self._place(reference))
        if number is not None:
            return f"the {reference} was refused in line {number}"
        return f"no {reference} is known"

    def _place(self, reference: Reference) -> Place:
        return (self.entity_id if self.nouns[reference.noun].is_entity_owned else None, reference)


async def look_up(op: Operation[Actor], book: Book, references: Iterable[Reference]) -> None:
    """Finds the objects that exist under these names: one statement for each noun and way of naming."""
    wanted: defaultdict[tuple[str, By], set[str]] = defaultdict(set)
    for reference in references:
        if book.find(reference) is None:
            wanted[reference.noun, reference.by].add(reference.key)
    for (name, by), keys in wanted.items():
        found = await _look_up(op, book, book.nouns[name], by, keys)
        for key, object_id in found.items():
            book.learn(Reference(name, by, str(key)), object_id)


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
    object_id = book.find(reference) if reference else None
    if reference is not None and object_id is None:
        line.refuse(f"{declared.name}: {book.why_unknown(reference)}")
    if reference is not None and (maker := book.maker(reference)) is not None:
        line.needs.add(maker)
    if declared.holds is Holds.ID and reading is line.reading:
        line.values[column] = object_id


def resolve_own(noun: Noun, lines: Iterable[Line], book: Book) -> None:
    """The same for objects of the noun itself, such as parents, which other lines of the request may be making."""
    if not any(map(noun.refers_to_itself, noun.fields)):
        return
    made = {name: line for line in living(lines) for name in line.names(noun)}
    lost = {name: line.number for line in lines if line.is_refused for name in line.names(noun)}
    for line in living(lines):
        for column, (declared, reference) in line.reading.references.items():
            if not noun.refers_to_itself(declared):
                continue
            maker = made.get(reference) if reference else None
            line.values[column] = maker.target if maker else reference and book.find(reference)
            if maker is not None and maker is not line:
                line.needs.add(maker.number)
            if reference is not None and line.values[column] is None:
                if reference in lost:
                    book.lose(reference, lost[reference])
                line.refuse(f"{declared.name}: {book.why_unknown(reference)}")


def _readings(reading: Reading) -> Iterable[Reading]:
    yield reading
    for parts in reading.parts.values():
        yield from parts

"""What the lines of a change request make of the objects of one noun, decided line by line from rows as they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kernel.ids import new_id
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.values import By, Reading, Reference
from masterdata.noun import Field, Noun, Part


@dataclass(frozen=True)
class PartChange:
    """What a line makes of one part of its object."""

    part: Part
    id: UUID
    key: Any
    values: Mapping[str, Any]
    current: Mapping[Any, Any] | None


@dataclass
class Line:
    """One line on its way through an activation. A line that has a problem is refused and changes nothing."""

    id: UUID
    number: int
    external_key: str | None
    proposed_id: UUID | None
    reading: Reading
    object_id: UUID | None = None
    result: LineResult = LineResult.PENDING
    problem: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """The proposed values by column, references resolved."""
    made: dict[str, Any] = field(default_factory=dict)
    """The row of a new object, without its legal entity."""
    changed: dict[str, Any] = field(default_factory=dict)
    """The columns of an existing object that get another value."""
    needs: set[int] = field(default_factory=set)
    """The lines that make objects which this one names."""
    entity_id: UUID | None = None
    """The legal entity whose object it is."""
    parts: list["PartChange"] = field(default_factory=list)
    """What becomes of its parts."""
    current: Mapping[Any, Any] | None = None
    """The object as it is."""
    is_named_anew: bool = False
    """Whether the source system's key of the object was not known before."""

    @property
    def is_refused(self) -> bool:
        return self.problem is not None

    @property
    def target(self) -> UUID:
        """The object, once it is known."""
        assert self.object_id is not None, f"line {self.number} has no object yet"
        return self.object_id

    def refuse(self, problem: str) -> None:
        """Refuses the line; the first problem counts."""
        if self.problem is None:
            self.problem = problem
            self.result = LineResult.REFUSED

    def names(self, noun: Noun) -> Iterable[Reference]:
        """How other lines of the request may name the object."""
        if self.external_key is not None:
            yield Reference(noun.name, By.EXTERNAL, self.external_key)
        code = {**self.reading.values, **self.values}.get(noun.code) if noun.code else None
        if code is not None:
            yield Reference(noun.name, By.CODE, str(code))
        if self.object_id or self.proposed_id:
            yield Reference(noun.name, By.ID, str(self.object_id or self.proposed_id))


def living(lines: Iterable[Line]) -> list[Line]:
    """The lines that are not refused."""
    return [line for line in lines if not line.is_refused]


def key_of(noun: Noun, line: Line) -> tuple[Any, ...]:
    """The natural key that the line proposes."""
    return tuple(line.values.get(column, noun.default_of(column)) for column in noun.key)


def has_key(noun: Noun, line: Line) -> bool:
    """Whether the line proposes a whole natural key; one that only amends an object by id or external key need not."""
    return all(
        column in line.values or noun.default_of(column) is not None or noun.table.c[column].nullable
        for column in noun.key
    )


def refuse_repeats(noun: Noun, lines: Iterable[Line]) -> None:
    """Refuses a line that speaks of an object of which an earlier line of the request speaks."""
    seen: dict[Any, int] = {}
    for line in living(lines):
        marks: list[Any] = [("external key", line.external_key)] if line.external_key is not None else []
        marks += [("key", key_of(noun, line))] if has_key(noun, line) else []
        earlier = next((seen[mark] for mark in marks if mark in seen), None)
        if earlier is not None:
            line.refuse(f"{_key_fields(noun)}: line {earlier} already has this {noun.title}")
        seen.update((mark, line.number) for mark in marks if mark not in seen)


def identify(noun: Noun, line: Line, *, mapped: UUID | None, same_key: UUID | None, with_id: UUID | None) -> None:
    """Decides which object the line means: the one mapped to its external key, of its id, or with its natural key.

    Where they are different objects the line is refused; where there is none, a new one will be made.
    """
    meant = {each for each in (mapped, with_id, same_key) if each is not None}
    if len(meant) > 1:
        line.refuse(f"{_key_fields(noun)}: another {noun.title} has this key already")
        return
    line.object_id = next(iter(meant), None) or line.proposed_id or new_id()


def decide(noun: Noun, line: Line, current: Mapping[Any, Any] | None) -> None:
    """Decides whether the line creates, updates or leaves the object, or is refused by a check."""
    line.current = current
    if current is None:
        _decide_creation(noun, line)
    else:
        _decide_change(noun, line, current)


def _decide_creation(noun: Noun, line: Line) -> None:
    missing = [each.name for each in noun.fields if noun.is_required(each) and line.values.get(each.column) is None]
    if missing:
        line.refuse(f"{missing[0]}: is missing")
        return
    proposed = {column: line.values.get(column, noun.default_of(column)) for column in noun.columns}
    line.made = {"id": line.target, **proposed}
    _check_row(noun, line, line.made)
    if not line.is_refused:
        line.result = LineResult.CREATED


def _decide_change(noun: Noun, line: Line, now: Mapping[Any, Any]) -> None:
    line.changed = {column: value for column, value in line.values.items() if now[column] != value}
    for each in noun.fields:
        if each.column in line.changed and (why := _forbidden_change(each, now[each.column], line.changed)):
            line.refuse(f"{each.name}: {why}")
            return
    _check_row(noun, line, {**now, **line.changed})
    if not line.is_refused:
        line.result = LineResult.UPDATED if line.changed else LineResult.UNCHANGED


def _forbidden_change(declared: Field, before: Any, changed: Mapping[str, Any]) -> str | None:
    after = changed[declared.column]
    if declared.is_fixed:
        return f"{after!s} differs from what is fixed since the object was made"
    if declared.lifecycle and not declared.lifecycle.allows(before, after):
        return f"{before} cannot become {after}"
    return None


def _check_row(noun: Noun, line: Line, row: Mapping[str, Any]) -> None:
    for check in noun.checks:
        if why := check(row):
            line.refuse(why)


def refuse_ungiven(
    noun: Noun, lines: Iterable[Line], current: Mapping[UUID, Mapping[Any, Any]], entity_id: UUID | None
) -> None:
    """Refuses lines about what is another legal entity's to give. Whether such an object exists is not told."""
    if noun.given_by is None:
        return
    for line in living(lines):
        row = current.get(line.target, line.values)
        if row.get(noun.given_by) != entity_id:
            line.refuse(f"{noun.given_by.removesuffix('_id')}: it is not the legal entity of the change request")


def refuse_dependents(noun: Noun, lines: Iterable[Line], existing: Collection[UUID]) -> None:
    """Refuses lines that name an object of the same noun whose own line was refused before it ever existed."""
    pending = list(lines)
    lost = _never_made(pending, existing)
    while lost:
        pending = living(pending)
        for line in pending:
            for declared in filter(noun.refers_to_itself, noun.fields):
                if (number := lost.get(line.values.get(declared.column))) is not None and number != line.number:
                    line.refuse(f"{declared.name}: it is made by line {number}, which was refused")
        lost = _never_made(pending, existing)


def _never_made(lines: Iterable[Line], existing: Collection[UUID]) -> dict[UUID | None, int]:
    return {
        line.object_id: line.number
        for line in lines
        if line.is_refused and line.object_id is not None and line.object_id not in existing
    }


def _key_fields(noun: Noun) -> str:
    names = [each.name for each in noun.fields if each.column in noun.key]
    return ", ".join(names) or noun.title

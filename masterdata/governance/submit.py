"""Submit a change request: what master data is to become, for another person to approve."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.vocabulary import Action, Resource
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, Refused, invalid
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.model import ChangeRequest, ChangeRequestLine
from masterdata.governance.review import require
from masterdata.governance.values import check_text, unknown_fields
from masterdata.governance.whole import forbidden_fields, problems_of_whole
from masterdata.noun import Nouns, Right

LINES_MAX = 100_000
PROBLEMS_TOLD_MAX = 100


@dataclass(frozen=True)
class ProposedChange:
    """One object as it is to be: what is not named stays, or takes its default in a new object."""

    noun: str = argument("The kind of object, e.g. item.")
    values: Mapping[str, Any] = argument(
        "The values by field. A reference is an object with one of: external (the key in the source system), code, id."
    )
    external_key: str | None = argument("The object's key in the source system.", default=None)
    object_id: UUID | None = argument(
        "The object; it may also be the id that a new object is to have. Its key decides if left out.", default=None
    )


@dataclass(frozen=True)
class SubmitChangeRequest:
    """A set of changes that are to become active together."""

    title: str = argument("What it is about.")
    lines: tuple[ProposedChange, ...] = argument(f"What is to change: 1 to {LINES_MAX} objects, each once.")
    entity_id: UUID | None = argument(
        "The legal entity whose own data is changed too.", refers_to="LegalEntity", default=None
    )
    source_system: str | None = argument("The external system whose keys the lines carry.", default=None)


async def submit_change_request(op: Operation[Actor], command: SubmitChangeRequest, *, nouns: Nouns) -> Done:
    """Keeps the proposal. What it says of each object is checked line by line when it is activated.

    Refuses what no reviewer could read: unknown kinds of objects and fields, keys without a system, no lines.
    """
    require(op, Right(Resource.CHANGE_REQUEST, Action.SUBMIT), command.entity_id)
    problems = [*_problems(command), *_problems_of_lines(command, nouns)]
    if not problems:
        lines = [(line.noun, line.object_id, line.values) for line in command.lines]
        problems = [*forbidden_fields(op, nouns, lines, command.entity_id), *await problems_of_whole(op, nouns, lines)]
    if problems:
        raise Refusal(*problems[:PROBLEMS_TOLD_MAX])
    request_id = new_id()
    await op.insert(ChangeRequest, [_request_row(op, request_id, command)])
    await op.insert(
        ChangeRequestLine,
        [_line_row(command, request_id, number, line) for number, line in enumerate(command.lines, start=1)],
    )
    op.record(
        Event(
            type="ChangeRequestSubmitted",
            subject_type="ChangeRequest",
            subject_id=request_id,
            entity_id=command.entity_id,
            payload={"title": command.title, "lines": len(command.lines)},
        )
    )
    return Done({"change_request": (Ref("ChangeRequest", request_id, None, 1),)})


def _problems(command: SubmitChangeRequest) -> Iterable[Refused]:
    if not command.title.strip():
        yield invalid("Say what the change request is about.", "title")
    if not 1 <= len(command.lines) <= LINES_MAX:
        yield invalid(f"A change request has 1 to {LINES_MAX} lines; this one has {len(command.lines)}.", "lines")
    for name, text in (("title", command.title), ("sourceSystem", command.source_system)):
        if unfit := check_text(text, name):
            yield unfit


def _problems_of_lines(command: SubmitChangeRequest, nouns: Nouns) -> Iterable[Refused]:
    for index, line in enumerate(command.lines):
        path = ("lines", index)
        if line.noun not in nouns:
            yield invalid(f"There is no kind of object {line.noun!r}.", *path, "noun")
            continue
        noun = nouns[line.noun]
        if unknown := unknown_fields(noun, line.values):
            yield invalid(f"A {noun.title} has no field {unknown[0]!r}.", *path, "values", unknown[0])
        if noun.is_of_an_entity and command.entity_id is None:
            yield invalid(f"A {noun.title} belongs to a legal entity: name it.", "entityId")
        if line.external_key is not None and command.source_system is None:
            yield invalid("An external key needs a source system.", *path, "externalKey")
        if line.external_key is not None and noun.is_of_an_entity:
            yield invalid(f"A {noun.title} has no external key: it is known by its own in its entity.", *path)
        if unfit := check_text((line.external_key, line.values), *path, "values"):
            yield unfit


def _request_row(op: Operation[Actor], request_id: UUID, command: SubmitChangeRequest) -> dict[str, Any]:
    return {
        "id": request_id,
        "title": command.title,
        "status": ChangeRequestStatus.SUBMITTED,
        "entity_id": command.entity_id,
        "source_system": command.source_system,
        "submitted_by": op.actor.subject,
        "submitted_by_person": op.actor.person,
        "submitted_for": op.actor.acts_for_person,
        "submitted_at": op.now,
    }


def _line_row(command: SubmitChangeRequest, request_id: UUID, number: int, line: ProposedChange) -> dict[str, Any]:
    return {
        "id": new_id(),
        "change_request_id": request_id,
        "entity_id": command.entity_id,
        "line_number": number,
        "noun": line.noun,
        "external_key": line.external_key,
        "values": line.values,
        "object_id": line.object_id,
    }

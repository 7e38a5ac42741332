"""Submit a change request: what master data is to become, for others to decide on field by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.vocabulary import Action, Resource
from kernel.commands import ANYTHING, argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.refusal import Refusal, Refused, invalid
from masterdata.governance.fields import field_rows, label_of, operation_of
from masterdata.governance.lifecycle import ChangeRequestStatus, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine
from masterdata.governance.plan import Line
from masterdata.governance.prepare import prepare_lines
from masterdata.governance.queries.lines import apply_discard, gather_overlaps
from masterdata.governance.queries.requests import apply_resubmission
from masterdata.governance.review import open_steps_of, open_to_submitter, require
from masterdata.governance.values import check_text, check_words, read_line, unknown_fields
from masterdata.governance.whole import forbidden_fields, problems_of_whole
from masterdata.noun import Nouns, Right

LINES_MAX = 100_000
PROBLEMS_TOLD_MAX = 100
OVERLAPS_TOLD_MAX = 20
WRITTEN_AT_ONCE = 20_000


class ErrorPolicy(StrEnum):
    """What becomes of a request of which some lines cannot be taken."""

    REJECT_ALL = "reject_all"
    """It is refused as a whole."""
    REJECT_FAILED = "reject_failed"
    """These lines are refused, and say why; the others go on."""


@dataclass(frozen=True)
class ProposedChange:
    """One object as it is to be: what is not named stays, or takes its default in a new object."""

    noun: str = argument("The kind of object, e.g. item.")
    values: Mapping[str, Any] = argument(
        "The values by field. A reference is an object with one of: external (the key in the source system), code, id."
    )
    external_key: str | None = argument("The object's key in the source system.", default=None)
    object_id: UUID | None = argument(
        "The object; it may also be the id that a new object is to have. Its key decides if left out.",
        refers_to=ANYTHING,
        default=None,
    )
    entity_id: UUID | None = argument(
        "The legal entity whose object it is; that of the request if left out.", refers_to="LegalEntity", default=None
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
    reason: str | None = argument("Why the change is needed.", default=None)
    error_policy: ErrorPolicy = argument(
        "What becomes of it when some lines cannot be taken.", default=ErrorPolicy.REJECT_ALL
    )
    change_request_id: UUID | None = argument(
        "Your request that was returned to you, to submit it anew under its number.",
        refers_to="ChangeRequest",
        default=None,
    )
    expected_version: int | None = argument("The version that you saw of it.", default=None)


async def submit_change_request(op: Operation[Actor], command: SubmitChangeRequest, *, nouns: Nouns) -> Done:
    """Checks the proposal, keeps it field by field, and opens the steps that it needs.

    Refuses what cannot be: unknown kinds of objects and fields, values that no field takes, references to nothing.
    Under REJECT_FAILED such a line is kept and says why, and the others go on. Warns of open requests that would change
    the same fields.
    """
    for entity_id in {command.entity_id, *(line.entity_id for line in command.lines if line.entity_id)}:
        require(op, Right(Resource.CHANGE_REQUEST, Action.SUBMIT), entity_id)
    refuse_if([*_problems(command), *_problems_of_lines(command, nouns)])
    proposed = [(line.noun, line.object_id, line.values) for line in command.lines]
    lines = _lines(command, nouns)
    refuse_if([*forbidden_fields(op, nouns, proposed, [line.entity_id for line in lines])])
    await prepare_lines(op, nouns, _by_noun(command, lines), source_system=command.source_system)
    refuse_if([*await problems_of_whole(op, nouns, proposed), *_refusals(command, lines, nouns)])
    request_id, version = await _keep(op, command)
    await _keep_lines(op, command, request_id, lines, nouns)
    status = await open_steps_of(op, request_id, nouns)
    op.record(_event(request_id, command, lines))
    warnings = [*_warnings(lines, status), *await _overlaps(op, request_id)]
    return Done({"change_request": (Ref("ChangeRequest", request_id, None, version),)}, tuple(warnings))


def refuse_if(problems: Sequence[Refused]) -> None:
    """Refuses with the problems, if there are any; of very many the first."""
    if problems:
        raise Refusal(*problems[:PROBLEMS_TOLD_MAX])


def _problems(command: SubmitChangeRequest) -> Iterable[Refused]:
    if not command.title.strip():
        yield invalid("Say what the change request is about.", "title")
    if not 1 <= len(command.lines) <= LINES_MAX:
        yield invalid(f"A change request has 1 to {LINES_MAX} lines; this one has {len(command.lines)}.", "lines")
    if command.expected_version is not None and command.change_request_id is None:
        yield invalid("A new request has no version yet: leave it out, or name the request.", "expectedVersion")
    texts = (("title", command.title), ("sourceSystem", command.source_system), ("reason", command.reason))
    yield from (unfit for name, text in texts if (unfit := check_words(text, name)))


def _problems_of_lines(command: SubmitChangeRequest, nouns: Nouns) -> Iterable[Refused]:
    for index, line in enumerate(command.lines):
        path = ("lines", index)
        if line.noun not in nouns:
            yield invalid(f"There is no kind of object {line.noun!r}.", *path, "noun")
            continue
        noun = nouns[line.noun]
        if unknown := unknown_fields(noun, line.values):
            yield invalid(f"A {noun.title} has no field {unknown[0]!r}.", *path, "values", unknown[0])
        if noun.is_of_an_entity and (line.entity_id or command.entity_id) is None:
            yield invalid(f"A {noun.title} belongs to a legal entity: name it.", "entityId")
        if None not in (line.entity_id, command.entity_id) and line.entity_id != command.entity_id:
            yield invalid("A request of one legal entity changes nothing of another's.", *path, "entityId")
        if line.external_key is not None and command.source_system is None:
            yield invalid("An external key needs a source system.", *path, "externalKey")
        if line.external_key is not None and noun.is_of_an_entity:
            yield invalid(f"A {noun.title} has no external key: it is known by its own in its entity.", *path)
        if unfit := check_words(line.external_key, *path, "externalKey") or check_text(line.values, *path, "values"):
            yield unfit


def _lines(command: SubmitChangeRequest, nouns: Nouns) -> list[Line]:
    return [
        Line(
            new_id(),
            number,
            proposed.external_key,
            proposed.object_id,
            read_line(nouns[proposed.noun], proposed.values),
            entity_id=(proposed.entity_id if nouns[proposed.noun].is_of_an_entity else None) or command.entity_id,
        )
        for number, proposed in enumerate(command.lines, start=1)
    ]


def _by_noun(command: SubmitChangeRequest, lines: Sequence[Line]) -> Mapping[str, Sequence[Line]]:
    grouped: dict[str, list[Line]] = {}
    for proposed, line in zip(command.lines, lines, strict=True):
        grouped.setdefault(proposed.noun, []).append(line)
    return grouped


def _refusals(command: SubmitChangeRequest, lines: Sequence[Line], nouns: Nouns) -> Iterable[Refused]:
    """The lines that cannot be taken, where one of them stops all."""
    if command.error_policy is ErrorPolicy.REJECT_FAILED and not _breaks_access(command, lines, nouns):
        return
    for index, line in enumerate(lines):
        if line.problem is not None:
            field, colon, _ = line.problem.partition(": ")
            yield invalid(line.problem, "lines", index, *(("values", field) if colon else ()))


def _breaks_access(command: SubmitChangeRequest, lines: Sequence[Line], nouns: Nouns) -> bool:
    """A change of access is taken whole or not at all, unless it does nothing but give people roles: what takes, and
    what rules, was judged together with the others, and needs them."""
    pairs = zip(command.lines, lines, strict=True)
    of_access = [(nouns[each.noun], line) for each, line in pairs if nouns[each.noun].governs_access]
    takes_or_rules = any(
        line.result is LineResult.UPDATED or noun.right.resource is Resource.ACCESS_POLICY
        for noun, line in of_access
        if not line.is_refused
    )
    return takes_or_rules and any(line.is_refused for _, line in of_access)


async def _keep(op: Operation[Actor], command: SubmitChangeRequest) -> tuple[UUID, int]:
    """Writes the request, or takes up the one that was returned; answers its id and version."""
    row = {
        "title": command.title,
        "reason": command.reason,
        "status": ChangeRequestStatus.SUBMITTED,
        "source_system": command.source_system,
        "submitted_by": op.actor.subject,
        "submitted_by_person": op.actor.person,
        "submitted_for": op.actor.acts_for_person,
        "submitted_at": op.now,
    }
    if command.change_request_id is None:
        request_id = new_id()
        await op.insert(ChangeRequest, [{"id": request_id, "entity_id": command.entity_id, **row}])
        return request_id, 1
    request = await open_to_submitter(
        op, command.change_request_id, ChangeRequestStatus.SUBMITTED, expected_version=command.expected_version
    )
    if request.entity_id != command.entity_id:
        raise Refusal(invalid("The request stays in the legal entity for which it was submitted first.", "entityId"))
    await apply_discard(op, request.id)
    await apply_resubmission(op, request.id, row)
    return request.id, request.version + 1


async def _keep_lines(
    op: Operation[Actor], command: SubmitChangeRequest, request_id: UUID, lines: Sequence[Line], nouns: Nouns
) -> None:
    pairs = list(zip(command.lines, lines, strict=True))
    await _insert(op, ChangeRequestLine, (_line_row(request_id, nouns, *pair) for pair in pairs))
    taken = (pair for pair in pairs if pair[1].result in (LineResult.CREATED, LineResult.UPDATED))
    rows = (
        row for proposed, line in taken for row in field_rows(request_id, nouns[proposed.noun], line, line.entity_id)
    )
    await _insert(op, ChangeRequestField, rows)


async def _insert(op: Operation[Actor], model: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    """Writes the rows, so many at once that neither side holds all of a large request as text."""
    written = list(rows)
    for start in range(0, len(written), WRITTEN_AT_ONCE):
        await op.insert(model, written[start : start + WRITTEN_AT_ONCE])


def _line_row(request_id: UUID, nouns: Nouns, proposed: ProposedChange, line: Line) -> dict[str, Any]:
    noun = nouns[proposed.noun]
    is_waiting = line.result in (LineResult.CREATED, LineResult.UPDATED)
    return {
        "id": line.id,
        "change_request_id": request_id,
        "entity_id": line.entity_id,
        "line_number": line.number,
        "noun": noun.name,
        "operation": operation_of(noun, line),
        "label": label_of(noun, line),
        "external_key": line.external_key,
        "values": proposed.values,
        "needs": sorted(line.needs) or None,
        "result": LineResult.PENDING if is_waiting else line.result,
        "object_id": line.object_id,
        "message": line.problem,
    }


def _event(request_id: UUID, command: SubmitChangeRequest, lines: Sequence[Line]) -> Event:
    return Event(
        type="ChangeRequestSubmitted",
        subject_type="ChangeRequest",
        subject_id=request_id,
        entity_id=command.entity_id,
        payload={"title": command.title, "lines": len(lines)},
    )


def _warnings(lines: Sequence[Line], status: ChangeRequestStatus) -> Iterable[Notice]:
    refused = sum(line.is_refused for line in lines)
    if refused:
        yield Notice("LINES_REFUSED", f"{refused} of {len(lines)} lines were refused.")
    if status is ChangeRequestStatus.ACTIVE:
        yield Notice("NOTHING_TO_CHANGE", "Everything is like that already; nobody needs to decide.")


async def _overlaps(op: Operation[Actor], request_id: UUID) -> Iterable[Notice]:
    found = await gather_overlaps(op, request_id, limit=OVERLAPS_TOLD_MAX)
    return [
        Notice("OVERLAPS", f"{row.number}, {row.status}, would change {row.name} of {row.noun} {row.label} as well.")
        for row in found
    ]

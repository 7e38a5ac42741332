"""Activate a change request: its lines become master data in one transaction, with a result for every line.

A line that cannot be taken is refused and stops only the lines that refer to its object. Nouns are taken in the
registry's order; within one, everything is done set by set.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.policies.stored import apply_next_version
from authz.vocabulary import Action, Resource
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.refusal import Refusal, invalid
from kernel.rows import Row
from kernel.signals import Channel, notify
from masterdata.governance.activate_noun import activate_noun
from masterdata.governance.lifecycle import ChangeRequestStatus, LineResult
from masterdata.governance.plan import Line
from masterdata.governance.queries import apply_activation, apply_results, gather_lines, take_turn
from masterdata.governance.references import Book
from masterdata.governance.review import open_request
from masterdata.governance.values import read_line
from masterdata.governance.whole import problems_of_whole
from masterdata.noun import Noun, Nouns


@dataclass(frozen=True)
class ActivateChangeRequest:
    """Which approved change request is to become active."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    expected_version: int | None = argument("The version that you saw.", default=None)


async def activate_change_request(op: Operation[Actor], command: ActivateChangeRequest, *, nouns: Nouns) -> Done:
    """Makes the changes active. Runs as the activate role alone (see engine.py).

    The request fails, and can be activated again, when every line is refused. It is refused as a whole, and stays
    approved, when access would not be what it must be.
    """
    request = await open_request(
        op, command.change_request_id, nouns, Action.ACTIVATE, expected_version=command.expected_version
    )
    rows = await gather_lines(op, request.id)
    await take_turn(op)
    problems = await problems_of_whole(op, nouns, [(row.noun, row.object_id, row.proposed) for row in rows])
    if problems:
        raise Refusal(*problems)
    lines = await _activate(op, request, rows, nouns)
    await _change_access(op, rows, lines, nouns)
    await apply_results(op, [(line.id, line.result, line.object_id, line.problem) for line in lines])
    counts = Counter(line.result for line in lines)
    is_lost = counts[LineResult.REFUSED] == len(lines)
    status = ChangeRequestStatus.FAILED if is_lost else ChangeRequestStatus.ACTIVE
    await apply_activation(op, request.id, status)
    op.record(_event(request, status, counts))
    return Done({"change_request": (Ref("ChangeRequest", request.id, None, request.version + 1),)}, _warnings(counts))


async def _activate(op: Operation[Actor], request: Row, rows: Iterable[Row], nouns: Nouns) -> Sequence[Line]:
    book = Book(nouns, request.source_system, request.entity_id)
    lines = {noun.name: list[Line]() for noun in nouns}
    for row in rows:
        reading = read_line(nouns[row.noun], row.proposed)
        lines[row.noun].append(Line(row.id, row.line_number, row.external_key, row.object_id, reading))
    for noun in nouns:
        if lines[noun.name]:
            await activate_noun(op, noun, lines[noun.name], book)
    return [line for of_noun in lines.values() for line in of_noun]


async def _change_access(op: Operation[Actor], rows: Sequence[Row], lines: Iterable[Line], nouns: Nouns) -> None:
    """Counts the policy's version up, in the transaction of the change: whoever comes after its commit is judged by the
    new policy, or by none."""
    noun_of = {row.id: nouns[row.noun] for row in rows}
    of_access = [line for line in lines if noun_of[line.id].governs_access]
    written = [line for line in of_access if line.result in (LineResult.CREATED, LineResult.UPDATED)]
    lost = next((line for line in of_access if line.is_refused), None)
    if lost is not None and any(_takes_or_rules(noun_of[line.id], line) for line in written):
        message = f"A change of access becomes active whole or not at all. Line {lost.number}: {lost.problem}."
        raise Refusal(invalid(message, "changeRequestId"))
    if written:
        await apply_next_version(op.transaction.driver)
        # The one signal that a use case sends: such changes are rare, and it is told with the commit.
        await notify(op.transaction.driver, Channel.POLICY)


def _takes_or_rules(noun: Noun, line: Line) -> bool:
    """Whether a line does more than give somebody a role: it was judged together with the others, and needs them."""
    return line.result is LineResult.UPDATED or noun.right.resource is Resource.ACCESS_POLICY


def _event(request: Row, status: ChangeRequestStatus, counts: Counter[LineResult]) -> Event:
    return Event(
        type="ChangeRequestActivated" if status is ChangeRequestStatus.ACTIVE else "ChangeRequestFailed",
        subject_type="ChangeRequest",
        subject_id=request.id,
        entity_id=request.entity_id,
        payload={"number": request.number, **{str(result): count for result, count in counts.items()}},
    )


def _warnings(counts: Counter[LineResult]) -> tuple[Notice, ...]:
    refused, total = counts[LineResult.REFUSED], counts.total()
    return (Notice("LINES_REFUSED", f"{refused} of {total} lines were refused."),) if refused else ()

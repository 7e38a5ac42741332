"""Activate a change request: what was accepted of it becomes master data in one transaction, or nothing does.

Nouns are taken in the registry's order; within one, everything is done set by set, whatever the number of lines. What
has become something else meanwhile goes back to those who decided on it; nobody's work is lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from authz.approvals.lifecycle import StepStatus
from authz.approvals.queries import gather_steps
from authz.approvals.steps import void_steps
from authz.policies.stored import apply_next_version
from authz.vocabulary import Action
from kernel.commands import argument
from kernel.operation import Operation
from kernel.outcome import Done, Notice
from kernel.refusal import Code, Refusal, Refused
from kernel.signals import Channel, notify
from masterdata.governance.lifecycle import ChangeRequestStatus, LineResult
from masterdata.governance.objects_seen import Moved, gather_columns, gather_foreseen, gather_moved, gather_taken
from masterdata.governance.objects_written import apply_changes, apply_counting, apply_creation, lock_targets
from masterdata.governance.queries.fields import apply_following, apply_outdating, gather_scopes
from masterdata.governance.queries.lines import (
    apply_keys,
    apply_results,
    gather_lines,
    gather_mapped_meanwhile,
    gather_nouns,
    take_turn,
)
from masterdata.governance.queries.requests import Request, apply_end
from masterdata.governance.review import changed, fact, open_request, open_steps_of, require, scope_of
from masterdata.governance.shapes import shapes_of
from masterdata.governance.versions import apply_version_events, apply_versions
from masterdata.governance.whole import problems_of_whole
from masterdata.noun import Noun, Nouns

PROBLEMS_TOLD_MAX = 20


@dataclass(frozen=True)
class ActivateChangeRequest:
    """Which approved change request is to become active."""

    change_request_id: UUID = argument("The change request.", refers_to="ChangeRequest")
    expected_version: int = argument("The version that you saw.")


async def activate_change_request(op: Operation[Actor], command: ActivateChangeRequest, *, nouns: Nouns) -> Done:
    """Makes what was accepted active. Runs on the activate role's engine alone (see engine.py).

    Where a value has become another meanwhile than the one on which was decided, the request goes back to review, and
    shows all three. Where an object cannot be as it was accepted, it fails, and can be activated again. It is refused,
    and stays as it is, when access would not be what it must be.
    """
    request = await open_request(
        op,
        command.change_request_id,
        Action.ACTIVATE,
        ChangeRequestStatus.ACTIVE,
        expected_version=command.expected_version,
    )
    await take_turn(op)
    of_request = await _nouns_of(op, request, nouns)
    await _require_approval(op, request)
    if any(noun.governs_access for noun in of_request):
        await _require_access(op, request, nouns)
    moved = await _look_again(op, request, of_request)
    if moved:
        return await _back_to_review(op, request, moved, nouns)
    problems = await _problems(op, request, of_request)
    if problems:
        return await _fail(op, request, "; ".join(problems[:PROBLEMS_TOLD_MAX]))
    return await _write(op, request, of_request)


async def _nouns_of(op: Operation[Actor], request: Request, nouns: Nouns) -> Sequence[Noun]:
    """The nouns of the request, in the registry's order. Who activates must be trusted with each of them."""
    found = await gather_nouns(op, request.id)
    for name, entity_id in sorted(found, key=str):
        require(op, nouns[name].right, entity_id if nouns[name].is_of_an_entity else None)
    names = {name for name, _ in found}
    return [noun for noun in nouns if noun.name in names]


async def _require_approval(op: Operation[Actor], request: Request) -> None:
    """What becomes active is what was decided on, to the last letter: the hashes say so."""
    steps = await gather_steps(op, request.id)
    approved = {(*scope_of(step), step.content_hash) for step in steps if step.status == StepStatus.APPROVED}
    scopes = await gather_scopes(op, request.id)
    seen = {(scope.noun, scope.entity_id) for scope in scopes} | {(scope.noun, None) for scope in scopes}
    if any(scope_of(step)[::2] not in seen for step in steps if step.status == StepStatus.APPROVED):
        message = f"{request.number} also changes what is not of your legal entities: who sees all of it activates it."
        raise Refusal(Refused(Code.FORBIDDEN, message, ("changeRequestId",)))
    for scope in scopes:
        of_group = (scope.noun, scope.field_group, None, scope.content_hash)
        of_entity = (scope.noun, scope.field_group, scope.entity_id, scope.content_hash)
        if scope.has_accepted and not {of_group, of_entity} & approved:
            message = f"What {request.number} says of {scope.noun} {scope.field_group} is not what was approved."
            raise Refusal(Refused(Code.APPROVAL_REQUIRED, message, ("changeRequestId",)))


async def _require_access(op: Operation[Actor], request: Request, nouns: Nouns) -> None:
    rows = [row for row in await gather_lines(op, request.id) if nouns[row.noun].governs_access]
    pending = [(row.noun, row.object_id, row.proposed) for row in rows if row.result == LineResult.PENDING]
    problems = await problems_of_whole(op, nouns, pending)
    if problems:
        raise Refusal(*problems)


async def _look_again(op: Operation[Actor], request: Request, nouns: Iterable[Noun]) -> list[Moved]:
    """Locks what is to change, and finds what has become something else; what others made so already is done."""
    found: list[Moved] = []
    for noun in nouns:
        for shape in shapes_of(noun):
            await lock_targets(op, shape, request.id)
            found += await gather_moved(op, shape, request.id)
    done = [row for row in found if row.is_done]
    if done:
        await apply_following(op, request.id, [(row.id, row.current) for row in done], {row.line_id for row in done})
    return [row for row in found if not row.is_done]


async def _back_to_review(op: Operation[Actor], request: Request, moved: Sequence[Moved], nouns: Nouns) -> Done:
    lines = {row.id: row for row in await gather_lines(op, request.id)}
    touched = {
        (
            lines[row.line_id].noun,
            row.field_group,
            row.entity_id if nouns[lines[row.line_id].noun].is_of_an_entity else None,
        )
        for row in moved
    }
    await void_steps(op, request.id, chosen=lambda step: scope_of(step) in touched)
    await apply_outdating(op, request.id, [(row.id, row.current) for row in moved], touched)
    told = ", ".join(sorted({f"{row.name} of {row.label}" for row in moved})[:PROBLEMS_TOLD_MAX])
    why = f"Changed by others meanwhile: {told}."
    await apply_end(op, request.id, ChangeRequestStatus.SUBMITTED, why)
    await open_steps_of(op, request.id, nouns)
    op.record(fact(request, "ChangeRequestOutdated", why=why))
    return changed(request, Notice("OUTDATED", f"{why} It is back in review."))


async def _problems(op: Operation[Actor], request: Request, nouns: Iterable[Noun]) -> list[str]:
    """Why the objects cannot be as they were accepted."""
    problems = []
    for noun in nouns:
        taken = await gather_taken(op, noun, request.id)
        problems += [f"line {number}: another {noun.title} has this {names} already" for number, names in taken]
        if noun.checks:
            rows = await gather_foreseen(op, noun, request.id)
            problems += [
                f"line {row['line_number']}: {why}" for row in rows for check in noun.checks if (why := check(row))
            ]
    mapped = await gather_mapped_meanwhile(op, request.id)
    return problems + [f"line {row.line_number}: its external key has an object already" for row in mapped]


async def _fail(op: Operation[Actor], request: Request, why: str) -> Done:
    await apply_end(op, request.id, ChangeRequestStatus.FAILED, why)
    op.record(fact(request, "ChangeRequestFailed", why=why))
    return changed(request, Notice("FAILED", f"Nothing was changed: {why}. Activate it again once that is put right."))


async def _write(op: Operation[Actor], request: Request, nouns: Sequence[Noun]) -> Done:
    written = {noun.name: await _write_noun(op, request, noun) for noun in nouns}
    if any(noun.governs_access and written[noun.name] for noun in nouns):
        # Whoever comes after this commit is judged by the new policy, or by none. It is the one signal that a use case
        # sends: such changes are rare, and it is told with the commit.
        await apply_next_version(op.transaction.driver)
        await notify(op.transaction.driver, Channel.POLICY)
    await apply_keys(op, request.id)
    counts = await apply_results(op, request.id)
    await apply_end(op, request.id, ChangeRequestStatus.ACTIVE)
    op.record(fact(request, "ChangeRequestActivated", **counts))
    refused = counts.get(LineResult.REFUSED, 0)
    total = sum(counts.values())
    return changed(
        request, *([Notice("LINES_REFUSED", f"{refused} of {total} lines were refused.")] if refused else [])
    )


async def _write_noun(op: Operation[Actor], request: Request, noun: Noun) -> int:
    """Writes the objects of one noun with their parts, then what they are now; answers how many objects changed."""
    for shape in shapes_of(noun):
        columns = await gather_columns(op, shape, request.id)
        await apply_creation(op, shape, request.id)
        await apply_changes(op, shape, request.id, columns)
    await apply_counting(op, noun, request.id)
    count = await apply_versions(op, noun, request.id, valid_from=op.now)
    await apply_version_events(op, noun, request.id)
    return count

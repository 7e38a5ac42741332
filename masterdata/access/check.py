"""What is asked of a change of access before anybody is asked to decide on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.actor import Actor
from authz.invariants import broken_by, security_roles, too_few_admins
from authz.policies.duties import conflicts
from authz.policies.policy import Policy, PolicyError
from authz.vocabulary import Role
from kernel.operation import Operation
from kernel.refusal import Refused, invalid
from masterdata.access.candidate import PARTS, Names, applied, gather_change
from masterdata.access.queries import Rows, gather_grants
from masterdata.noun import Proposal

GRANT = "role_grant"


@dataclass(frozen=True)
class _Held:
    """A grant, as the pairs of duties look at it."""

    subject: str
    role: Role
    entity_ids: frozenset[UUID]
    valid_from: datetime
    valid_until: datetime | None
    is_proposed: bool

    def holds(self, now: datetime) -> bool:
        """Whether the grant counts now."""
        return self.valid_from <= now and (self.valid_until is None or self.valid_until > now)

    def meets(self, other: "_Held") -> bool:
        """Whether the two hold at the same time."""
        return (self.valid_until is None or other.valid_from < self.valid_until) and (
            other.valid_until is None or self.valid_from < other.valid_until
        )


async def check_access(op: Operation[Actor], proposals: Sequence[Proposal]) -> Iterable[Refused]:
    """Nobody may decide on their own work, outsiders change nothing of the group's, two can take back what one does,
    and duties that are to be kept apart do not meet."""
    if not proposals:
        return []
    malformed = [each for each in proposals if each.problems and each.noun in PARTS]
    if malformed:
        return [_of_line(each, problem) for each in malformed for problem in each.problems]
    change = await gather_change(op, proposals)
    unfit = [*_unfit_rows(change.before, change.after)]
    if unfit:
        return unfit
    try:
        old, new = change.policies()
    except PolicyError as error:
        return [invalid(str(error), "lines")]
    grants = await _grants(op, proposals, change.names, security_roles(old) | security_roles(new))
    return [
        *(invalid(problem, "lines") for problem in broken_by(new)),
        *_lost_admins(grants, old, new, op.now),
        *_meeting_duties(grants, new),
    ]


def _unfit_rows(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> Iterator[Refused]:
    """What is wrong with a part of the policy that is new or changed, by itself."""
    for part in PARTS:
        for row_id, row in after[part.name].items():
            if before[part.name].get(row_id) == row:
                continue
            missing = [each.name for each in part.fields if part.is_required(each) and row[each.column] is None]
            checked = (f"{missing[0]}: is missing",) if missing else (check(row) for check in part.checks)
            yield from (invalid(f"{part.title}: {problem}", "lines") for problem in checked if problem)


def _of_line(proposal: Proposal, problem: str) -> Refused:
    field, _, _ = problem.partition(":")
    return invalid(problem, "lines", proposal.index, "values", field)


@dataclass(frozen=True)
class _Grants:
    """The grants of those whom the change names and of those who may decide on access, before and after it."""

    before: tuple[_Held, ...]
    after: tuple[_Held, ...]


async def _grants(op: Operation[Actor], proposals: Sequence[Proposal], names: Names, roles: Iterable[Role]) -> _Grants:
    proposed = [each for each in proposals if each.noun.name == GRANT]
    rows = await gather_grants(
        op,
        ids={each.object_id for each in proposed if each.object_id is not None},
        subjects={each.values["subject"] for each in proposed if each.values.get("subject")},
        roles=roles,
    )
    changed = applied(proposed[0].noun, rows, proposals, names) if proposed else rows
    everywhere = frozenset({*names.entity_ids.values(), *(row["entity_id"] for row in changed.values())} - {None})
    return _Grants(tuple(_held(rows, rows, everywhere)), tuple(_held(changed, rows, everywhere)))


def _held(rows: Rows, known: Rows, everywhere: frozenset[UUID]) -> Iterator[_Held]:
    """The grants that make sense; of the others activation tells what is wrong with them."""
    for row_id, row in rows.items():
        if row["role"] in set(Role) and row["subject"] and row["valid_from"]:
            entity_ids = everywhere if row["entity_id"] is None else frozenset({row["entity_id"]})
            role, is_proposed = Role(row["role"]), known.get(row_id) != row
            yield _Held(row["subject"], role, entity_ids, row["valid_from"], row["valid_until"], is_proposed)


def _lost_admins(grants: _Grants, old: Policy, new: Policy, now: datetime) -> Iterator[Refused]:
    problem = too_few_admins(
        before=_subjects(grants.before, security_roles(old), now),
        after=_subjects(grants.after, security_roles(new), now),
    )
    if problem:
        yield invalid(problem, "lines")


def _subjects(grants: Iterable[_Held], roles: frozenset[Role], now: datetime) -> Iterator[str]:
    return (each.subject for each in grants if each.role in roles and each.holds(now))


def _meeting_duties(grants: _Grants, policy: Policy) -> Iterator[Refused]:
    for proposed in grants.after:
        if not proposed.is_proposed:
            continue
        of_subject = (each for each in grants.after if each.subject == proposed.subject and each.meets(proposed))
        for other in conflicts(proposed, of_subject, policy.duty_pairs):
            message = f"{proposed.subject} would be {proposed.role} and {other.role}, which one person may not be."
            yield invalid(message, "lines")

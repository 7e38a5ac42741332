"""What is asked of a change of access before anybody is asked to decide on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from authz.actor import Actor
from authz.invariants import broken_by, security_roles, too_few_admins
from authz.policies.duties import conflicts
from authz.policies.policy import Policy, PolicyError
from authz.vocabulary import Role
from kernel.operation import Operation
from kernel.refusal import Refused, invalid
from masterdata.access.candidate import PARTS, Names, gather_change
from masterdata.access.held import Held, HeldGrants, gather_held
from masterdata.access.queries import Rows
from masterdata.noun import Proposal


async def check_access(op: Operation[Actor], proposals: Sequence[Proposal]) -> Iterable[Refused]:
    """Nobody may decide on their own work, outsiders change nothing of the group's, two people can take back what one
    does, duties that are to be kept apart do not meet in one person, and no account acts for several partners."""
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
    grants = await gather_held(op, proposals, change.names, security_roles(old) | security_roles(new))
    return [
        *(invalid(problem, "lines") for problem in broken_by(new)),
        *_lost_admins(grants, old, new, op.now),
        *_meeting_duties(grants, new),
        *_several_partners(grants, change.names),
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


def _lost_admins(grants: HeldGrants, old: Policy, new: Policy, now: datetime) -> Iterator[Refused]:
    problem = too_few_admins(
        before=_deciders(grants.before, security_roles(old), now),
        after=_deciders(grants.after, security_roles(new), now),
    )
    if problem:
        yield invalid(problem, "lines")


def _deciders(grants: Iterable[Held], roles: frozenset[Role], now: datetime) -> Iterator[str]:
    return (each.person for each in grants if each.role in roles and each.holds(now))


def _meeting_duties(grants: HeldGrants, policy: Policy) -> Iterator[Refused]:
    for proposed, others in grants.proposed():
        for other in conflicts(proposed, others, policy.duty_pairs):
            also = other.role if other.subject == proposed.subject else f"{other.subject} {other.role}"
            message = f"{proposed.subject} would be {proposed.role} and {also}, which one person may not be."
            yield invalid(message, "lines")


def _several_partners(grants: HeldGrants, names: Names) -> Iterator[Refused]:
    """No limit of rows would be right for an account with two partners: it could not sign in."""
    for proposed, others in grants.proposed():
        for other in others:
            if other.subject == proposed.subject and names.differ(proposed.partner_id, other.partner_id):
                message = f"{proposed.subject} would act for several partners, or for a partner and for the group."
                yield invalid(message, "lines")
                break

"""Grants as checks look at them, before and after a change request: each with the person behind its subject.

What one person may not have or do is asked of people, not of accounts: who has a second account has its roles as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.vocabulary import Role
from kernel.operation import Operation
from masterdata.access.candidate import Names, applied
from masterdata.access.queries import Rows, gather_accounts, gather_grants
from masterdata.noun import Proposal

GRANT, ACCOUNT = "role_grant", "account"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A grant."""

    subject: str
    person: str
    role: Role
    entity_ids: frozenset[UUID]
    partner_id: UUID | None
    valid_from: datetime
    valid_until: datetime | None
    is_proposed: bool
    """Whether the request changes it, or whose it is."""

    def holds(self, now: datetime) -> bool:
        """Whether the grant counts now."""
        return self.valid_from <= now and (self.valid_until is None or self.valid_until > now)

    def meets(self, other: "Held") -> bool:
        """Whether the two hold at the same time."""
        return (self.valid_until is None or other.valid_from < self.valid_until) and (
            other.valid_until is None or self.valid_from < other.valid_until
        )


@dataclass(frozen=True)
class HeldGrants:
    """The grants of those whom a change concerns and of those who may decide on access, before and after it."""

    before: tuple[Held, ...]
    after: tuple[Held, ...]

    def proposed(self) -> Iterator[tuple[Held, list[Held]]]:
        """Each grant that changes, with those beside which it would hold; a pair of such grants once."""
        for place, grant in enumerate(self.after):
            if grant.is_proposed:
                others = (*self.after[:place], *(each for each in self.after[place:] if not each.is_proposed))
                yield grant, [each for each in others if each.person == grant.person and each.meets(grant)]


async def gather_held(
    op: Operation[Actor], proposals: Sequence[Proposal], names: Names, roles: Iterable[Role]
) -> HeldGrants:
    """The grants of all accounts of the people whom the proposals name, and of whoever has one of the roles."""
    of_grants, of_accounts = ([each for each in proposals if each.noun.name == name] for name in (GRANT, ACCOUNT))
    ids, roles = _ids(of_grants), list(roles)
    named = {row[name] for row in _values(of_grants, of_accounts) for name in ("subject", "person") if row.get(name)}
    first = await gather_grants(op, ids=ids, subjects=named, roles=roles)
    named |= {row["subject"] for row in first.values()}
    accounts = await gather_accounts(op, ids=_ids(of_accounts), names=named)
    linked = applied(of_accounts[0].noun, accounts, proposals, names) if of_accounts else accounts
    before, after = _people(accounts), _people(linked)
    named |= {*before, *before.values(), *after, *after.values()}
    rows = await gather_grants(op, ids=ids, subjects=named, roles=roles)
    changed = applied(of_grants[0].noun, rows, proposals, names) if of_grants else rows
    everywhere = frozenset({*names.entity_ids.values(), *(row["entity_id"] for row in changed.values())} - {None})
    known = {row_id: _held(row, before, everywhere) for row_id, row in rows.items()}
    meant = {row_id: _held(row, after, everywhere) for row_id, row in changed.items()}
    return HeldGrants(
        before=tuple(each for each in known.values() if each is not None),
        after=tuple(
            replace(each, is_proposed=each != known.get(row_id)) for row_id, each in meant.items() if each is not None
        ),
    )


def _values(*proposals: Iterable[Proposal]) -> Iterator[Mapping[str, Any]]:
    return (each.values for of_noun in proposals for each in of_noun)


def _ids(proposals: Iterable[Proposal]) -> set[UUID]:
    return {each.object_id for each in proposals if each.object_id is not None}


def _people(accounts: Rows) -> dict[str, str]:
    return {row["subject"]: row["person"] for row in accounts.values() if row["subject"] and row["person"]}


def _held(row: Mapping[str, Any], people: Mapping[str, str], everywhere: frozenset[UUID]) -> Held | None:
    """The grant, if it makes sense; of the others activation tells what is wrong with them."""
    if row["role"] not in set(Role) or not row["subject"] or not row["valid_from"]:
        return None
    return Held(
        subject=row["subject"],
        person=people.get(row["subject"], row["subject"]),
        role=Role(row["role"]),
        entity_ids=everywhere if row["entity_id"] is None else frozenset({row["entity_id"]}),
        partner_id=row["partner_id"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        is_proposed=False,
    )

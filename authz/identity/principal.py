"""The principal: who asks, for whom, and with how much of their rights, before it is known what these are.

A person may have several accounts, and somebody may act for somebody else. Where the policy asks for another person
("not your own submission"), both count as themselves and as the people behind them, and so does everybody for whom the
subject could act at that moment: who may decide in somebody's name is no second person beside them.
"""

from dataclasses import dataclass
from datetime import datetime

from authz.identity.queries import gather_delegations, gather_people
from authz.identity.scopes import Scope
from authz.vocabulary import Role
from kernel.readers import Driver


class NotDelegated(Exception):  # noqa: N818 - it is an answer
    """Nobody let the subject act for the other."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Somebody who asks."""

    subject: str
    person: str
    """The person behind the subject: the subject itself where nothing else is known."""
    on_behalf_of: str | None = None
    on_behalf_of_person: str | None = None
    delegators: frozenset[str] = frozenset()
    """Everybody who lets the subject act for them now, by their accounts and as people: whether it does so or not."""
    roles: frozenset[Role] | None = None
    """The roles that were lent; None for all that there are."""
    scopes: frozenset[Scope] | None = None
    """What a key may be used for; None for everything."""
    until: datetime | None = None
    """When this stops being so."""

    @classmethod
    def of(cls, subject: str) -> "Principal":
        """Somebody of whom nothing more is known."""
        return cls(subject=subject, person=subject)

    @property
    def grantee(self) -> str:
        """Whose grants hold."""
        return self.on_behalf_of or self.subject

    @property
    def granting_person(self) -> str:
        """Whose limits hold."""
        return self.on_behalf_of_person or self.person

    def has(self, role: Role) -> bool:
        """Whether a role of the grantee is one that the principal has too."""
        return self.roles is None or role in self.roles


async def gather_principal(
    driver: Driver,
    subject: str,
    *,
    acting_for: str | None,
    scopes: frozenset[Scope] | None,
    now: datetime,
) -> Principal:
    """The principal that `subject` is, or is for somebody else. Raises NotDelegated."""
    delegations = await gather_delegations(driver, delegate=subject, now=now)
    lent = {each.delegator: each.roles for each in delegations if each.valid_from <= now}
    acts_for = None if acting_for == subject else acting_for
    if acts_for is not None and acts_for not in lent:
        raise NotDelegated
    people = await gather_people(driver, [subject, *lent])
    edges = (edge for each in delegations for edge in (each.valid_from, each.valid_until) if edge > now)
    roles = lent[acts_for] if acts_for else None
    return Principal(
        subject=subject,
        person=people.get(subject, subject),
        on_behalf_of=acts_for,
        on_behalf_of_person=people.get(acts_for, acts_for) if acts_for else None,
        delegators=frozenset(lent).union(people[each] for each in lent if each in people),
        roles=None if roles is None else parse_roles(roles),
        scopes=scopes,
        until=min(edges, default=None),
    )


def parse_roles(text: str) -> frozenset[Role]:
    """Reads roles with spaces between. Raises ValueError for one that there is not."""
    return frozenset(Role(word) for word in text.split())

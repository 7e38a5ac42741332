"""The principal: who asks, for whom, and with how much of their rights, before it is known what these are.

A person may have several accounts, and somebody may act for somebody else. Where the policy asks for another person
("not your own submission"), both count as themselves and as the people behind them, and so does everybody for whom one
of the two could act at that moment, by any account: who may decide in somebody's name is no second person beside them,
and whoever acts for them is not either.
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
    """Everybody for whom subject or grantee could act now, by any account of theirs: by their accounts and as people,
    whether it is done or not."""
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
    acts_for = None if acting_for == subject else acting_for
    selves = [subject] if acts_for is None else [subject, acts_for]
    delegations = await gather_delegations(driver, delegates=selves, now=now)
    begun = [each for each in delegations if each.valid_from <= now]
    lent = {each.delegator: each.roles for each in begun if each.delegate == subject}
    if acts_for is not None and acts_for not in lent:
        raise NotDelegated
    delegators = {each.delegator for each in begun}
    people = await gather_people(driver, [*selves, *delegators])
    edges = (edge for each in delegations for edge in (each.valid_from, each.valid_until) if edge > now)
    roles = lent[acts_for] if acts_for else None
    return Principal(
        subject=subject,
        person=people.get(subject, subject),
        on_behalf_of=acts_for,
        on_behalf_of_person=people.get(acts_for, acts_for) if acts_for else None,
        delegators=frozenset(delegators).union(people[each] for each in delegators if each in people),
        roles=None if roles is None else parse_roles(roles),
        scopes=scopes,
        until=min(edges, default=None),
    )


def parse_roles(text: str) -> frozenset[Role]:
    """Reads roles with spaces between. Raises ValueError for one that there is not."""
    return frozenset(Role(word) for word in text.split())

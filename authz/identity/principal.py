"""The principal: who asks, for whom, and with how much of their rights, before it is known what these are.

A person may have several accounts, and somebody may act for somebody else. Where the policy asks for another person
("not your own submission"), both count as themselves and as the people behind them.
"""

from dataclasses import dataclass
from datetime import datetime

from authz.identity.queries import gather_delegation, gather_people
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
    if acting_for is None or acting_for == subject:
        people = await gather_people(driver, [subject])
        return Principal(subject=subject, person=people.get(subject, subject), scopes=scopes)
    lent = await gather_delegation(driver, delegator=acting_for, delegate=subject, now=now)
    if lent is None:
        raise NotDelegated
    people = await gather_people(driver, [subject, acting_for])
    return Principal(
        subject=subject,
        person=people.get(subject, subject),
        on_behalf_of=acting_for,
        on_behalf_of_person=people.get(acting_for, acting_for),
        roles=None if lent.roles is None else parse_roles(lent.roles),
        scopes=scopes,
        until=lent.valid_until,
    )


def parse_roles(text: str) -> frozenset[Role]:
    """Reads roles with spaces between. Raises ValueError for one that there is not."""
    return frozenset(Role(word) for word in text.split())

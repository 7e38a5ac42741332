"""The wall behind subscriptions: how far PostgreSQL says that a subscriber's context reaches.

Events are read once for everybody, by a role that sees all of them, so row security stands behind no subscriber. What
stands there in its place is this: on a connection that carries the subscriber's own context, PostgreSQL verifies it
and tells what it holds, by the functions that the policies ask; each event is then held against that by its own
columns. Nothing here asks the access policy or what was compiled of it, and it says what the policy of the table
`event` says (tests/authz/wall/test_reach.py). Where that table is not under row security, this wall is down as well.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from authz.wall.context import Value
from kernel.events import EventRecord
from kernel.readers import Driver


class OfEntity(Protocol):
    """What belongs to a legal entity, or to the whole group."""

    @property
    def entity_id(self) -> UUID | None:
        """The legal entity; None is the group."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one context lets through."""

    is_up: bool
    """Whether the wall stands."""
    insider: bool
    """Whether the context belongs to the group's own people."""
    entities: frozenset[UUID]
    """The legal entities that they read; none for an outsider."""

    def lets_through(self, event: OfEntity) -> bool:
        """Whether row security would show this event."""
        if not self.is_up:
            return True
        return self.insider if event.entity_id is None else event.entity_id in self.entities


NOWHERE = Reach(is_up=True, insider=False, entities=frozenset())
"""Lets nothing through."""


async def read_reach(driver: Driver) -> Reach:
    """The reach of the context that the connection carries. PostgreSQL raises where it does not hold."""
    ((is_up, insider, entities),) = await driver.fetch(_REACH)
    return Reach(is_up, bool(insider), frozenset(UUID(int=each.int) for each in entities or ()))


_REACH = f"""
SELECT row_security_active('public.{EventRecord.__tablename__}'),
       wharfinger.{Value.INSIDER}(), wharfinger.{Value.ENTITIES}()
"""

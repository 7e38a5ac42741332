"""Who is told which events, by hand: by both walls, or by that behind the subscriptions alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import pytest

import api.cases.subscriptions
import api.events.copies
import api.events.subscriptions
import api.streams
from tests.leaks.asking import Walk
from tests.leaks.modes import WallSight
from tests.leaks.personas import Persona
from tests.leaks.secrets import Secrets
from tests.leaks.sight import Sight
from tests.oracle.rights import Rights
from tests.oracle.rows import Row


class Audience(Protocol):
    """One persona who listens."""

    @property
    def secrets(self) -> Secrets:
        """What they must not be told."""

    def may_follow(self, entity_id: UUID) -> bool:
        """Whether they may ask for the events of a legal entity."""

    def may_watch(self, entity_id: UUID) -> bool:
        """Whether they may ask for what happens to the cases of a legal entity."""

    def follows(self, event: Row) -> bool:
        """Whether they are told an event."""

    def watches(self, event: Row) -> bool:
        """Whether they are told an event of a case."""


@dataclass(frozen=True)
class ByRights:
    """By the roles that somebody holds."""

    sight: Sight
    secrets: Secrets

    @classmethod
    def of(cls, walk: Walk, persona: Persona) -> "ByRights":
        """The audience that a persona is."""
        return cls(walk.sight(persona), walk.secrets(persona))

    def may_follow(self, entity_id: UUID) -> bool:
        """Whoever follows anything there is told of the legal entity itself."""
        return self.sight.follows("LegalEntity", entity_id)

    def may_watch(self, entity_id: UUID) -> bool:
        """Whoever sees the cases."""
        return self.sight.watches(entity_id)

    def follows(self, event: Row) -> bool:
        """As far as they see what it happened to."""
        return self.sight.follows(event["subject_type"], event["entity_id"])

    def watches(self, event: Row) -> bool:
        """The same of cases."""
        return self.sight.watches(event["entity_id"])


@dataclass(frozen=True)
class ByWall:
    """By legal entities alone, where the application keeps nothing from anybody. Outsiders are told nothing."""

    sight: WallSight
    secrets: Secrets

    @classmethod
    def of(cls, walk: Walk, persona: Persona) -> "ByWall":
        """The audience that a persona is."""
        sight = walk.wall_sight(persona)
        return cls(sight, Secrets.of(walk.house, sight, persona.marks, Rights()))

    def may_follow(self, _entity_id: UUID) -> bool:
        """Anybody may ask."""
        return True

    def may_watch(self, _entity_id: UUID) -> bool:
        """Anybody may ask."""
        return True

    def follows(self, event: Row) -> bool:
        """What happens in their legal entities, and in the group if they belong to it."""
        if self.sight.partner_id is not None:
            return False
        return bool(self.sight.entities) if event["entity_id"] is None else event["entity_id"] in self.sight.entities

    def watches(self, event: Row) -> bool:
        """The same of cases."""
        return self.follows(event)


def without_decisions(patch: pytest.MonkeyPatch, entities: Iterable[UUID]) -> None:
    """Has the application decide for everybody that they may be told everything."""
    everywhere = frozenset([*entities, None])

    def readable(*_: Any) -> frozenset[UUID | None]:
        return everywhere

    def yes(*_: Any) -> bool:
        return True

    patch.setattr(api.streams, "readable_events", readable)
    patch.setattr(api.events.subscriptions, "may_read_event", yes)
    patch.setattr(api.cases.subscriptions, "may_read_event", yes)
    patch.setattr(api.events.copies, "may_read_copy", yes)

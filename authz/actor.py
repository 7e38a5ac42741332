"""The actor: who asks, with everything that is needed to decide what they may."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from authz.fields import OPEN, FieldRight
from authz.policies.compile import Access
from authz.rows import RowRights
from authz.vocabulary import Action, Resource, Role
from kernel.db import RowContext


@dataclass(frozen=True)
class Grant:
    """A role as it holds now: in these legal entities, for an outsider on behalf of this partner."""

    role: Role
    entity_ids: frozenset[UUID]
    partner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One subject at one instant. `expires_at` is the first instant at which the grants may say something else."""

    subject: str
    access: Access
    on_behalf_of: str | None = None
    people: frozenset[str] = frozenset()
    """The people behind both, and all other accounts of theirs."""
    grants: tuple[Grant, ...] = ()
    partner_id: UUID | None = None
    policy_version: int = 0
    expires_at: datetime | None = field(default=None, compare=False)

    def may(self, resource: Resource, action: Action, entity_id: UUID) -> bool:
        """Whether the action is allowed in this legal entity."""
        return self.access.decide(resource, action, entity_id)

    def field(self, resource: Resource, name: str) -> FieldRight:  # noqa: ARG002 - no rule names a field yet
        """What the actor may do with a field of a resource."""
        return OPEN

    @cached_property
    def ids(self) -> frozenset[str]:
        """Everybody whose deeds count as the actor's own: themselves, whom they act for, the people behind both."""
        return self.people | {self.subject} | ({self.on_behalf_of} if self.on_behalf_of else frozenset())

    @cached_property
    def rows(self) -> RowRights:
        """Which rows of lists this actor may read."""
        return RowRights(self.access, self.partner_id)

    @cached_property
    def row_context(self) -> RowContext:
        """What the database lets this actor's statements touch."""
        return RowContext(
            entities_read=tuple(sorted(self.access.entities_read)),
            entities_write=tuple(sorted(self.access.entities_write)),
            partner_id=self.partner_id,
            policy_version=self.policy_version,
        )

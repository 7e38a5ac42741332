"""The actor: who asks, with everything that is needed to decide what they may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from authz.fields import FieldRight
from authz.policies.compile import Access
from authz.policies.conditions.attributes import Attributes, LimitKey
from authz.policies.conditions.python import RowValues
from authz.rows import RowRights
from authz.vocabulary import Action, Resource, Role
from kernel.contexts import RowContext


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
    """The account."""
    access: Access
    person: str = ""
    """The person whose account it is. An account that nobody is known to have is a person of its own."""
    on_behalf_of: str | None = None
    """The account that they act for, with its grants."""
    on_behalf_of_person: str | None = None
    delegators: frozenset[str] = frozenset()
    """Everybody for whom they could act now, by their accounts and as people."""
    grants: tuple[Grant, ...] = ()
    partner_id: UUID | None = None
    limits: Mapping[LimitKey, Decimal] = field(default_factory=dict)
    """Up to which amount they may approve; where nothing is said, nothing."""
    policy_version: int = 0
    expires_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "person", self.person or self.subject)

    @property
    def acts_for_person(self) -> str | None:
        """The person whom they act for, if any."""
        return self.on_behalf_of_person or self.on_behalf_of

    @cached_property
    def ids(self) -> frozenset[str]:
        """Everybody whom this actor is, acts for or could act for. Who decides on nothing of their own decides on
        nothing of theirs."""
        named = (self.subject, self.person, self.on_behalf_of, self.acts_for_person)
        return self.delegators.union(each for each in named if each is not None)

    @cached_property
    def attributes(self) -> Attributes:
        """What the conditions of the policy may ask of them."""
        return Attributes(self.ids, self.partner_id, self.limits)

    def may(self, resource: Resource, action: Action, entity_id: UUID, row: RowValues | None = None) -> bool:
        """Whether the action is allowed in this legal entity: on the row, or, without one, on any row at all."""
        return self.access.decide(resource, action, entity_id, row, self.attributes)

    def may_shared(self, resource: Resource, action: Action, row: RowValues) -> bool:
        """Whether the action is allowed on a row of the group: where it names a legal entity, in that one."""
        entity_id = row.get("entity_id")
        if entity_id is not None:
            return self.may(resource, action, entity_id, row)
        return self.access.decide_shared(resource, action, row, self.attributes)

    def field(self, resource: Resource, name: str) -> FieldRight:
        """What the actor may do with a field of a resource."""
        return self.rows.field(resource, name)

    @cached_property
    def rows(self) -> RowRights:
        """Which rows of lists this actor may read."""
        return RowRights(self.access, self.attributes)

    @cached_property
    def row_context(self) -> RowContext:
        """What the database lets this actor's statements touch."""
        return RowContext(
            entities_read=tuple(sorted(self.access.entities_read)),
            entities_write=tuple(sorted(self.access.entities_write)),
            partner_id=self.partner_id,
            policy_version=self.policy_version,
            subject=self.subject,
            expires_at=self.expires_at,
        )

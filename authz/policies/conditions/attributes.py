"""What conditions may ask of whoever acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from authz.vocabulary import LIMITED, Resource

IDS = "ids"
PARTNER = "partner"
LIMIT_PREFIX = "limit."
LIMIT_NAMES = frozenset(f"{LIMIT_PREFIX}{kind}" for kind in LIMITED)

LimitKey = tuple[Resource, UUID, str]
"""Kind of document, legal entity, currency."""


@dataclass(frozen=True)
class Attributes:
    """The values of `sub`. Without `ids` it is unknown who asks, and nothing that depends on it is allowed."""

    ids: frozenset[str] | None = None
    """The account, the person, and those whom they act for."""
    partner_id: UUID | None = None
    """The partner for whom an outsider acts."""
    limits: Mapping[LimitKey, Decimal] = field(default_factory=dict)
    """Up to which amount they may approve. Where nothing is said they may approve nothing."""


UNKNOWN = Attributes()


def limited_kind(name: str) -> Resource:
    """The kind of document that a limit is for, by the name of the attribute."""
    return Resource(name.removeprefix(LIMIT_PREFIX))

"""What a case is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """A fact that a person must see. `severity` is the money at risk times its probability, in `currency`."""

    type: str
    subject_type: str
    subject_id: UUID
    summary: str
    severity: Decimal
    currency: str
    owner_role: str
    detail: Mapping[str, Any] = field(default_factory=dict)


class Cleared(NamedTuple):
    """What is no exception any more: the type of the case and its subject."""

    type: str
    subject_id: UUID

"""How much somebody may approve: the limits that hold for their person and their roles."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from authz.policies.conditions.attributes import LimitKey
from authz.policies.policy import ApprovalLimit
from authz.vocabulary import Role


def limits_of(
    limits: Iterable[ApprovalLimit], *, person: str, roles: Mapping[Role, frozenset[UUID]], now: datetime
) -> dict[LimitKey, Decimal]:
    """The limit for each kind of document, legal entity and currency in which there is one.

    What is said of the person overrides what is said of their roles, and what is said of a legal entity overrides what
    is said of all; of what is left the largest counts. A limit of a person reaches where they have any role.
    """
    everywhere = frozenset[UUID]().union(*roles.values())
    best: dict[LimitKey, tuple[bool, bool, Decimal]] = {}
    for limit in limits:
        if not _holds(limit, now):
            continue
        reach = (everywhere if limit.person == person else frozenset()) if limit.role is None else roles.get(limit.role)
        for entity_id in _within(limit, reach or frozenset()):
            key = (limit.kind, entity_id, limit.currency)
            found = (limit.person is not None, limit.entity_id is not None, limit.amount)
            best[key] = max(found, best.get(key, found))
    return {key: amount for key, (_, _, amount) in best.items()}


def limit_edges(limits: Iterable[ApprovalLimit]) -> Iterator[datetime]:
    """The instants at which limits begin or end."""
    for limit in limits:
        yield limit.valid_from
        if limit.valid_until is not None:
            yield limit.valid_until


def _holds(limit: ApprovalLimit, now: datetime) -> bool:
    return limit.valid_from <= now and (limit.valid_until is None or now < limit.valid_until)


def _within(limit: ApprovalLimit, reach: frozenset[UUID]) -> frozenset[UUID]:
    return reach if limit.entity_id is None else reach & {limit.entity_id}

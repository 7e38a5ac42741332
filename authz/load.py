"""From a subject to an actor: the grants that hold now, compiled with the policy."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from authz.actor import Actor, Grant
from authz.identity.principal import Principal
from authz.identity.scopes import cut_access
from authz.model import DomainKind
from authz.policies.compile import compile_access
from authz.policies.duties import keep_apart
from authz.policies.limits import limit_edges, limits_of
from authz.policies.policy import Policy
from authz.queries import gather_entity_ids, gather_grants
from authz.vocabulary import Role
from kernel.readers import Driver
from kernel.rows import Row

log = structlog.get_logger()


class AmbiguousPartner(Exception):  # noqa: N818 - it names the fault in the data
    """A subject acts for a partner and for someone else too: no row limit would be right for both."""


async def load_actor(
    driver: Driver, subject: str, *, policy: Policy, now: datetime, principal: Principal | None = None
) -> Actor:
    """The actor that `subject` is at `now`, or whom the `principal` is by the subject's grants.

    A subject without grants is an actor who may do nothing. A grant that brings two duties of one person together that
    are to be kept apart, be it by another account, does not count, and is told in the log.
    """
    principal = principal or Principal.of(subject)
    rows = await gather_grants(driver, subject, person=principal.granting_person, now=now)
    entity_ids = await gather_entity_ids(driver) if rows else frozenset[UUID]()
    grants = tuple(
        each.grant
        for each in _kept(rows, entity_ids, policy, now)
        if each.subject == subject and principal.has(each.grant.role)
    )
    roles = _roles(grants)
    return Actor(
        subject=principal.subject,
        person=principal.person,
        on_behalf_of=principal.on_behalf_of,
        on_behalf_of_person=principal.on_behalf_of_person,
        delegators=principal.delegators,
        grants=grants,
        access=cut_access(compile_access(policy, roles, entity_ids), principal.scopes),
        partner_id=_partner(subject, grants),
        limits=limits_of(policy.limits, person=principal.granting_person, roles=roles, now=now),
        policy_version=policy.version,
        expires_at=_next_edge([principal.until, *_edges(rows), *limit_edges(policy.limits)], now),
    )


@dataclass(frozen=True)
class _OfAccount:
    """A grant of one of a person's accounts."""

    subject: str
    grant: Grant

    @property
    def role(self) -> Role:
        return self.grant.role

    @property
    def entity_ids(self) -> frozenset[UUID]:
        return self.grant.entity_ids


def _kept(rows: Iterable[Row], entity_ids: frozenset[UUID], policy: Policy, now: datetime) -> tuple[_OfAccount, ...]:
    held = (_OfAccount(row.subject, _grant(row, entity_ids)) for row in rows if row.valid_from <= now)
    kept, dropped = keep_apart(held, policy.duty_pairs)
    for each, earlier in dropped:
        log.warning("grant dropped", subject=each.subject, role=each.role, conflicts_with=earlier.role)
    return kept


def _grant(row: Row, entity_ids: frozenset[UUID]) -> Grant:
    reach = entity_ids if row.domain_kind == DomainKind.GROUP else entity_ids & {row.entity_id}
    return Grant(Role(row.role), reach, row.partner_id)


def _roles(grants: Iterable[Grant]) -> dict[Role, frozenset[UUID]]:
    roles: dict[Role, frozenset[UUID]] = defaultdict(frozenset)
    for grant in grants:
        roles[grant.role] |= grant.entity_ids
    return dict(roles)


def _partner(subject: str, grants: tuple[Grant, ...]) -> UUID | None:
    partners = {grant.partner_id for grant in grants}
    if len(partners) > 1:
        raise AmbiguousPartner(f"{subject} has grants for several partners, or for a partner and the group.")
    return partners.pop() if partners else None


def _edges(rows: Iterable[Row]) -> Iterator[datetime | None]:
    for row in rows:
        yield from (row.valid_from, row.valid_until)


def _next_edge(edges: Iterable[datetime | None], now: datetime) -> datetime | None:
    return min((edge for edge in edges if edge is not None and edge > now), default=None)

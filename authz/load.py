"""From a subject to an actor: the grants that hold now, compiled with the policy."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from authz.actor import Actor, Grant
from authz.identity.principal import Principal
from authz.identity.scopes import cut_policy
from authz.model import DomainKind
from authz.policies.compile import compile_access
from authz.policies.policy import Policy
from authz.queries import gather_entity_ids, gather_grants
from authz.vocabulary import Role
from kernel.readers import Driver


class AmbiguousPartner(Exception):  # noqa: N818 - it names the fault in the data
    """A subject acts for a partner and for someone else too: no row limit would be right for both."""


async def load_actor(
    driver: Driver, subject: str, *, policy: Policy, now: datetime, principal: Principal | None = None
) -> Actor:
    """The actor that `subject` is at `now`, or whom the `principal` is by the subject's grants.

    A subject without grants is an actor who may do nothing.
    """
    principal = principal or Principal.of(subject)
    lent = principal.roles
    rows = [row for row in await gather_grants(driver, subject, now) if lent is None or row.role in lent]
    entity_ids = await gather_entity_ids(driver) if rows else frozenset[UUID]()
    grants = tuple(_grant(row, entity_ids) for row in rows if row.valid_from <= now)
    if principal.scopes is not None:
        policy = cut_policy(policy, principal.scopes)
    return Actor(
        subject=principal.subject,
        person=principal.person,
        on_behalf_of=principal.on_behalf_of,
        on_behalf_of_person=principal.on_behalf_of_person,
        grants=grants,
        access=compile_access(policy, _roles(grants), entity_ids),
        partner_id=_partner(subject, grants),
        policy_version=policy.version,
        expires_at=_next_edge(rows, now, principal.until),
    )


def _grant(row: Row[*tuple[Any, ...]], entity_ids: frozenset[UUID]) -> Grant:
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


def _next_edge(rows: Iterable[Row[*tuple[Any, ...]]], now: datetime, until: datetime | None) -> datetime | None:
    edges = [until, *(edge for row in rows for edge in (row.valid_from, row.valid_until))]
    return min((edge for edge in edges if edge is not None and edge > now), default=None)

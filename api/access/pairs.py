"""Whom a change of the access policy concerns: each as they are, and as they would be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.context import RequestContext
from authz.actor import Actor
from authz.identity.principal import gather_principal
from authz.load import AmbiguousPartner, load_actor
from authz.policies.compile import Access
from authz.policies.policy import Policy
from authz.policies.stored import gather_policy
from authz.proposed import ProposedDriver
from authz.queries import gather_entity_ids, gather_subjects
from kernel.contexts import SHARED
from kernel.readers import Driver
from masterdata.governance.foresee import LEGAL_ENTITY, Foreseen

SUBJECTS_MAX = 200


@dataclass(frozen=True)
class Pair:
    """One subject before and after."""

    before: Actor
    after: Actor

    @property
    def rows_differ(self) -> bool:
        """Whether anything that they read may have changed."""
        now, then = self.before.rows, self.after.rows
        return now.signature != then.signature or now.parameters != then.parameters


@dataclass(frozen=True)
class Pairs:
    """Those who were looked at, whether there are more, and why some could not sign in any more."""

    each: list[Pair]
    truncated: bool
    problems: list[str]


async def gather_pairs(context: RequestContext, foreseen: Foreseen) -> Pairs:
    """Everybody whom it may concern."""
    found = Pairs([], truncated=False, problems=[])
    if not foreseen.rows:
        return found
    now = context.clock()
    async with context.database.readers.connection(SHARED) as driver:
        subjects = await _subjects(driver, foreseen, now)
        proposed: Any = ProposedDriver(driver, foreseen.rows)
        today, then = await gather_policy(driver), await gather_policy(proposed)
        for subject in subjects[:SUBJECTS_MAX]:
            before, after = await _actor(driver, subject, today, now), await _actor(proposed, subject, then, now)
            if isinstance(after, str) and not isinstance(before, str):
                found.problems.append(f"{subject} could not sign in: {after}")
            found.each.append(Pair(*(_nobody(subject) if isinstance(who, str) else who for who in (before, after))))
    return Pairs(found.each, len(subjects) > SUBJECTS_MAX, found.problems)


async def made_entities(context: RequestContext, foreseen: Foreseen, entities: frozenset[UUID]) -> frozenset[UUID]:
    """The legal entities that the request would make, told to whoever answers for all that there are."""
    made = {row["id"] for row in foreseen.rows.get(LEGAL_ENTITY, ())}
    async with context.database.readers.connection(SHARED) as driver:
        known = await gather_entity_ids(driver)
    return frozenset(made) - known if known <= entities else frozenset()


async def _subjects(driver: Driver, foreseen: Foreseen, now: datetime) -> list[str]:
    """Who is named, where only grants change, else whoever has a role; one more than are looked at."""
    named = {row["subject"] for rows in (foreseen.rows, foreseen.replaced) for row in rows.get("role_grant", ())}
    found: Iterable[str] = named
    if foreseen.rows.keys() != {"role_grant"}:
        found = named | set(await gather_subjects(driver, now, most=SUBJECTS_MAX + 1))
    return sorted(found)


async def _actor(driver: Driver, subject: str, policy: Policy, now: datetime) -> Actor | str:
    """Somebody as they sign in, or why they cannot."""
    principal = await gather_principal(driver, subject, acting_for=None, scopes=None, now=now)
    try:
        return await load_actor(driver, subject, policy=policy, now=now, principal=principal)
    except AmbiguousPartner as error:
        return str(error)


def _nobody(subject: str) -> Actor:
    return Actor(subject=subject, access=Access())

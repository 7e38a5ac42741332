"""Who may ask about the access of others, and about whom and what they are told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from graphql import GraphQLError

from api.context import RequestContext
from authz.actor import Actor
from authz.identity.principal import NotDelegated, gather_principal
from authz.identity.queries import gather_key
from authz.identity.scopes import Scope, parse_scopes
from authz.load import AmbiguousPartner, load_actor
from authz.policies.policy import Policy
from authz.policies.stored import gather_policy
from authz.vocabulary import Action, Resource
from kernel.contexts import SHARED
from kernel.readers import Driver
from kernel.refusal import Code


async def explaining(context: RequestContext, asked: str) -> frozenset[UUID]:
    """The legal entities of which the actor may explain the access. Refuses all others, and writes that down."""
    entities = context.actor.access.entities(Resource.ACCESS_POLICY, Action.EXPLAIN)
    if context.actor.partner_id is None and entities:
        return entities
    message = "Only those who answer for the access policy may ask this."
    error = GraphQLError(message, extensions={"code": str(Code.FORBIDDEN)})
    await context.record_refusal(asked, error)
    raise error


@dataclass(frozen=True)
class Signing:
    """How somebody signs in, as far as it changes what they may."""

    subject: str
    acting_for: str | None = None
    key_prefix: str | None = None


@dataclass(frozen=True)
class Subject:
    """Somebody as they would be now: the policy in force, themselves by it, and the scopes of their key."""

    policy: Policy
    actor: Actor
    scopes: frozenset[Scope] | None


class NoActor(Exception):  # noqa: N818 - it is an answer
    """They could not sign in like that; the message says why."""


async def subject_now(context: RequestContext, signing: Signing) -> Subject:
    """Somebody by the policy in force, as if they signed in now. Raises NoActor."""
    now = context.clock()
    async with context.database.readers.connection(SHARED) as driver:
        policy = await gather_policy(driver)
        scopes = None if signing.key_prefix is None else await _scopes(driver, signing, signing.key_prefix, now)
        try:
            principal = await gather_principal(
                driver, signing.subject, acting_for=signing.acting_for, scopes=scopes, now=now
            )
            actor = await load_actor(driver, principal.grantee, policy=policy, now=now, principal=principal)
        except NotDelegated:
            raise NoActor(f"No delegation lets them act for {signing.acting_for} now.") from None
        except AmbiguousPartner as error:
            raise NoActor(f"They cannot sign in: {error}") from None
        return Subject(policy, actor, scopes)


async def _scopes(driver: Driver, signing: Signing, prefix: str, now: datetime) -> frozenset[Scope]:
    key = await gather_key(driver, prefix)
    if key is None or key.subject != signing.subject:
        raise NoActor("The subject has no key with this prefix.")
    if key.expires_at <= now or (key.revoked_at is not None and key.revoked_at <= now):
        raise NoActor("The key was revoked, or has expired.")
    return parse_scopes(key.scopes)

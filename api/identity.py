"""From a bearer token to an actor, remembered for a few seconds so that most requests ask nobody."""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from api.faults import RequestRefused, unauthenticated, unavailable
from authz.actor import Actor
from authz.identity.keys import KeysUnavailable
from authz.identity.tokens import CLOCK_SKEW_SECONDS, TokenExpired, TokenRefused, TokenVerifier, VerifiedToken
from authz.load import load_actor
from authz.policies.source import PolicySource
from kernel.clock import Clock, system_clock
from kernel.contexts import SHARED
from kernel.db import Database
from kernel.passing import is_passing

REMEMBERED_FOR = timedelta(seconds=10)
"""The longest time that a withdrawn grant may still work."""
REMEMBERED_MAX = 10_000
_SIGN_IN = "Sign in: send the header Authorization: Bearer <token>."
_NO_SIGN_IN = "Sign-in is not possible now; try again shortly."

LoadActor = Callable[[str, datetime], Awaitable[Actor]]


def actor_loader(database: Database, policies: PolicySource) -> LoadActor:
    """Loads actors by their grants in the database, and by the policy in force."""

    async def load(subject: str, now: datetime) -> Actor:
        async with database.readers.connection(SHARED) as driver:
            # The policy first: who is loaded while it changes has an old version, and is known by it.
            policy = await policies.current(driver)
            return await load_actor(driver, subject, policy=policy, now=now)

    return load


class Identities:
    """Knows who stands behind a token."""

    def __init__(self, *, verifier: TokenVerifier, load: LoadActor, clock: Clock = system_clock) -> None:
        self._verifier = verifier
        self._load = load
        self._clock = clock
        self._remembered: OrderedDict[bytes, tuple[Actor, datetime]] = OrderedDict()

    async def identify(self, token: str | None) -> Actor:
        """The actor of a token, as they are now. Raises RequestRefused: 401, or 503 if no token can be judged."""
        if not token:
            raise unauthenticated(_SIGN_IN)
        return self.remembered(token) or await self._identify_anew(token, self._clock())

    async def identify_anew(self, token: str | None) -> Actor:
        """The actor of a token, whoever they were just now. Raises RequestRefused."""
        if not token:
            raise unauthenticated(_SIGN_IN)
        return await self._identify_anew(token, self._clock())

    def remembered(self, token: str) -> Actor | None:
        """The actor, if they were identified by this token just now."""
        actor, good_until = self._remembered.get(_digest(token), (None, None))
        return actor if good_until is not None and self._clock() < good_until else None

    async def _identify_anew(self, token: str, now: datetime) -> Actor:
        digest = _digest(token)
        verified = await self._verified(token)
        actor = await self._loaded(verified.subject, now)
        expires_at = verified.expires_at + timedelta(seconds=CLOCK_SKEW_SECONDS)
        edges = [now + REMEMBERED_FOR, expires_at, *([actor.expires_at] if actor.expires_at else [])]
        self._remembered[digest] = actor, min(edges)
        self._remembered.move_to_end(digest)
        if len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return actor

    async def _loaded(self, subject: str, now: datetime) -> Actor:
        try:
            return await self._load(subject, now)
        except Exception as error:
            if is_passing(error):
                raise unavailable(_NO_SIGN_IN) from error
            raise

    async def _verified(self, token: str) -> VerifiedToken:
        try:
            return await self._verifier.verify(token)
        except TokenExpired as error:
            raise RequestRefused(401, "TOKEN_EXPIRED", str(error), www_authenticate="Bearer") from error
        except TokenRefused as error:
            raise unauthenticated(str(error)) from error
        except KeysUnavailable as error:
            raise unavailable(_NO_SIGN_IN) from error


def _digest(token: str) -> bytes:
    """No token is kept, only what it can be known by again."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def bearer_token(authorization: object) -> str | None:
    """The token in an Authorization value; None for anything else."""
    if not isinstance(authorization, str):
        return None
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None

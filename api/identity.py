"""From what a caller shows to an actor, remembered for a few seconds so that most requests ask nobody.

A caller shows a token of the issuer or an API key, and may name somebody for whom they act. Whoever was identified is
remembered for as long as nothing can have changed that this process knows of: a change of the policy or of a grant
forgets everybody (`Identities.forget`), and the database refuses what is older.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.faults import RequestRefused, rate_limited, unauthenticated, unavailable
from authz.actor import Actor
from authz.directory import Directory, Proof
from authz.identity.api_keys import is_key, prefix_of
from authz.identity.attempts import Attempt, Attempts
from authz.identity.keys import KeysUnavailable
from authz.identity.principal import NotDelegated
from authz.identity.refusals import Reason, RefusedSignIns
from authz.identity.tokens import CLOCK_SKEW_SECONDS, TokenExpired, TokenRefused, TokenVerifier, is_subject
from authz.load import AmbiguousPartner
from kernel.clock import Clock, system_clock
from kernel.passing import is_passing

REMEMBERED_FOR = timedelta(seconds=10)
"""The longest time that a key or a delegation which was withdrawn may still work."""
REMEMBERED_MAX = 10_000
ACTING_FOR = "x-acting-for"
"""The header, and the member of a WebSocket's connection_init, that names for whom the caller acts."""
_NO_SIGN_IN = "Sign-in is not possible now; try again shortly."


@dataclass(frozen=True)
class Credentials:
    """What a caller shows, and from where."""

    token: str | None
    """A token of the issuer, or an API key."""
    acting_for: str | None = None
    address: str = ""

    @property
    def digest(self) -> bytes:
        """What they can be known by again: neither tokens nor keys are kept."""
        shown = f"{self.token}\n{self.acting_for or ''}"
        return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class Identity:
    """Somebody who was identified: who they are, until when that is sure, and by which account their requests are paid.

    `good_until` is the first instant at which token, key, delegation or grants may say something else.
    """

    actor: Actor
    good_until: datetime | None
    payer: str
    cost_per_minute: int | None = None
    """What a key of its own may cost; None for what is usual."""


class Identities:
    """Knows who stands behind credentials."""

    def __init__(
        self,
        *,
        verifier: TokenVerifier,
        directory: Directory,
        clock: Clock = system_clock,
        attempts: Attempts | None = None,
        refusals: RefusedSignIns | None = None,
    ) -> None:
        self._verifier = verifier
        self._directory = directory
        self._clock = clock
        self._attempts = attempts or Attempts()
        self.refusals = refusals or RefusedSignIns()
        self._remembered: OrderedDict[bytes, tuple[Identity, datetime]] = OrderedDict()
        self._generation = 0
        self.policy_version = 0
        """The newest version of the policy by which anybody was identified."""

    async def identify(self, credentials: Credentials) -> Identity:
        """Who shows these credentials, as they are now.

        Raises RequestRefused: 401, 403 where nobody lets them act for the other, 429 after too many failures, or 503
        if nothing can be judged.
        """
        return self.remembered(credentials) or await self.identify_anew(credentials)

    def remembered(self, credentials: Credentials) -> Identity | None:
        """Who it is, if they were identified by these credentials just now."""
        identity, remembered_until = self._remembered.get(credentials.digest, (None, None))
        return identity if remembered_until is not None and self._clock() < remembered_until else None

    def forget(self) -> None:
        """Forgets everybody, and whoever is being identified now: something has changed that rights follow from."""
        self._generation += 1
        self._remembered.clear()

    async def identify_anew(self, credentials: Credentials) -> Identity:
        """Who it is, without asking the memory. Whoever comes by a newer policy shows that all others are outdated."""
        generation, now = self._generation, self._clock()
        identity = await self._judged(credentials, now)
        if identity.actor.policy_version > self.policy_version:
            self.policy_version = identity.actor.policy_version
            self.forget()
            generation = self._generation
        if generation == self._generation and identity.actor.policy_version == self.policy_version:
            self._remember(credentials, identity, now)
        return identity

    def _remember(self, credentials: Credentials, identity: Identity, now: datetime) -> None:
        edges = [now + REMEMBERED_FOR, *([identity.good_until] if identity.good_until else [])]
        self._remembered[credentials.digest] = identity, min(edges)
        self._remembered.move_to_end(credentials.digest)
        if len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)

    async def _judged(self, credentials: Credentials, now: datetime) -> Identity:
        """Counts what is refused, and does not listen to who fails too often."""
        attempt = Attempt(credentials.address, prefix_of(credentials.token or ""))
        if (seconds := self._attempts.wait(attempt)) > 0:
            raise self._too_many(credentials, seconds)
        try:
            return await self._identified(credentials, now)
        except _NotBelieved as refused:
            seconds = self._attempts.failed(attempt) if refused.reason in _GUESSES else 0
            if seconds > 0 and refused.reason is Reason.KEY_REFUSED:
                raise self._too_many(credentials, seconds) from refused.__cause__
            self.refusals.count(refused.reason, credentials.address)
            raise refused.told from refused.__cause__

    def _too_many(self, credentials: Credentials, seconds: float) -> RequestRefused:
        self.refusals.count(Reason.TOO_MANY_ATTEMPTS, credentials.address)
        return rate_limited("Too many credentials that are not believed.", seconds)

    async def _identified(self, credentials: Credentials, now: datetime) -> Identity:
        try:
            proof = await self._proof(credentials.token, now)
            actor = await self._directory.actor(proof, checked_subject(credentials.acting_for), now)
        except NotDelegated as error:
            raise _NotBelieved(Reason.NOT_DELEGATED, not_delegated()) from error
        except AmbiguousPartner as error:
            raise _NotBelieved(Reason.SEVERAL_PARTNERS, several_partners()) from error
        except KeysUnavailable as error:
            raise unavailable(_NO_SIGN_IN) from error
        except Exception as error:
            if is_passing(error):
                raise unavailable(_NO_SIGN_IN) from error
            raise
        edges = [edge for edge in (proof.expires_at, actor.expires_at) if edge is not None]
        return Identity(actor, min(edges), proof.payer, proof.cost_per_minute)

    async def _proof(self, credential: str | None, now: datetime) -> Proof:
        if not credential:
            told = "Sign in: send the header Authorization: Bearer <token or API key>."
            raise _NotBelieved(Reason.NO_CREDENTIALS, unauthenticated(told))
        by_key = is_key(credential)
        try:
            return await (self._proof_of_key(credential, now) if by_key else self._proof_of_token(credential))
        except TokenExpired as error:
            reason = Reason.KEY_EXPIRED if by_key else Reason.TOKEN_EXPIRED
            raise _NotBelieved(reason, token_expired(str(error))) from error
        except TokenRefused as error:
            reason = Reason.KEY_REFUSED if by_key else Reason.TOKEN_REFUSED
            raise _NotBelieved(reason, unauthenticated(str(error))) from error

    async def _proof_of_token(self, token: str) -> Proof:
        verified = await self._verifier.verify(token)
        expires_at = verified.expires_at + timedelta(seconds=CLOCK_SKEW_SECONDS)
        return Proof(verified.subject, expires_at, f"subject:{verified.subject}")

    async def _proof_of_key(self, credential: str, now: datetime) -> Proof:
        key = await self._directory.key(credential, now)
        return Proof(key.subject, key.expires_at, f"key:{key.prefix}", key.scopes, key.cost_per_minute)


class _NotBelieved(Exception):  # noqa: N818 - it is an answer
    """Why somebody is turned away, and what they are told."""

    def __init__(self, reason: Reason, told: RequestRefused) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told


_GUESSES = frozenset({Reason.TOKEN_REFUSED, Reason.KEY_REFUSED, Reason.NOT_DELEGATED})


def token_expired(message: str) -> RequestRefused:
    """It was good once: the client gets another, and sends the request again."""
    return RequestRefused(401, "TOKEN_EXPIRED", message, www_authenticate="Bearer")


def not_delegated() -> RequestRefused:
    """The caller is known, and nobody lets them act for the other; whether there is such an other is not told."""
    return RequestRefused(403, "NOT_DELEGATED", "You may not act for them: there is no delegation that holds now.")


def several_partners() -> RequestRefused:
    """Somebody known, whose grants nobody can tell what they may see by: whoever decides on grants must mend them."""
    message = "Your roles are for several partners, or for a partner and the group. Ask for an account for each."
    return RequestRefused(403, "SEVERAL_PARTNERS", message)


def checked_subject(subject: str | None) -> str | None:
    """The subject for whom somebody acts. Raises NotDelegated for what names nobody."""
    if subject is None or is_subject(subject):
        return subject
    raise NotDelegated


def bearer_token(authorization: object) -> str | None:
    """The token in an Authorization value; None for anything else."""
    if not isinstance(authorization, str):
        return None
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def named_in_header(value: str | None) -> str | None:
    """A name that was sent in UTF-8; headers are read as Latin-1. What is no UTF-8 becomes a name that nobody has."""
    if value is None or value.isascii():
        return value
    return value.encode("latin-1").decode("utf-8", "surrogateescape")

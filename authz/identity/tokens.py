"""Who asks: verification of JSON Web Tokens (RFC 7519).

A token is believed when a key of the issuer signed it with an asymmetric algorithm, and it was made by this issuer, for
this audience, for now. It says who the subject is, and nothing more: what they may do stands in the grants.

Issuers sign other things with the same keys: notices of a sign-out, security events, proofs of possession. Their type
(`typ`) tells them apart, and only an access token is taken. A token that is bound to a key of its holder (`cnf`) is not
taken either: it is worth nothing without the proof, which nobody asks for here.
"""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError, SecurityWarning
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from authz.identity.keys import KeySource
from kernel.clock import Clock, system_clock

# No "none", and no algorithm whose key is shared: the allow-list, not the token, decides.
ALGORITHMS = ("RS256", "ES256", "Ed25519", "EdDSA")
CLOCK_SKEW_SECONDS = 30
TOKEN_BYTES_MAX = 8 * 1024
SUBJECT_LENGTH_MAX = 200
EXPIRY_MAX = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""What is meant to hold for ever is not taken, and is no instant that one could go on counting from."""
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS))


class TokenRefused(Exception):  # noqa: N818 - it is an answer
    """The token is not believed. The message may be told to the caller."""


class TokenExpired(TokenRefused):
    """The token was good once: sign in again."""


@dataclass(frozen=True)
class VerifiedToken:
    """What a believed token says."""

    subject: str
    expires_at: datetime


class TokenVerifier:
    """Verifies the tokens of one issuer."""

    def __init__(self, *, issuer: str, audience: str, keys: KeySource, clock: Clock = system_clock) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._clock = clock

    async def verify(self, token: str) -> VerifiedToken:
        """Who the token speaks for. Raises `TokenRefused`, or `KeysUnavailable` when nothing can be said."""
        if len(token) > TOKEN_BYTES_MAX:
            raise TokenRefused("The token is too large.")
        try:
            claims = await self._signed_claims(token)
            self._claims_registry().validate(claims)
            return _verified(claims)
        except ExpiredTokenError as error:
            raise TokenExpired("The token has expired.") from error
        except ClaimError as error:
            raise TokenRefused(f"The token's claim {error.claim!r} is not acceptable.") from error
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise TokenRefused("The token is malformed, or was not signed by a trusted key.") from error

    async def _signed_claims(self, token: str) -> dict[str, Any]:
        keys = await self._keys.key_set()
        try:
            return _decode(token, keys)
        except InvalidKeyIdError:
            # The issuer may have changed its keys since they were read.
            return _decode(token, await self._keys.newer_key_set())

    def _claims_registry(self) -> JWTClaimsRegistry:
        return JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=CLOCK_SKEW_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )


def _decode(token: str, keys: KeySet) -> dict[str, Any]:
    with warnings.catch_warnings():
        # EdDSA is the older name of Ed25519, and issuers still use it.
        warnings.simplefilter("ignore", SecurityWarning)
        decoded = jwt.decode(token, keys, registry=_REGISTRY)
    if str(decoded.header.get("typ", "JWT")).lower() not in _TYPES or "cnf" in decoded.claims:
        raise TokenRefused("The token is no access token that can be sent by itself.")
    return decoded.claims


def _verified(claims: dict[str, Any]) -> VerifiedToken:
    subject = claims["sub"]
    if not is_subject(subject):
        raise TokenRefused("The token's subject is not acceptable.")
    if claims["exp"] > EXPIRY_MAX:
        raise TokenRefused("The token's claim 'exp' is not acceptable.")
    return VerifiedToken(subject, datetime.fromtimestamp(claims["exp"], UTC))


def is_subject(text: str) -> bool:
    """Whether a text may name a subject."""
    return 0 < len(text) <= SUBJECT_LENGTH_MAX and text.isprintable()

"""Keys of partners' machines: `whk_<prefix>_<secret>`.

The prefix finds the key and may be shown; the secret is 256 random bits, of which only the hash is kept. A fast hash is
enough: nobody guesses 256 bits, and a slow one would let strangers keep us busy. Whether a prefix is known cannot be
told from the answer, nor from how long it took.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from authz.identity.queries import gather_key
from authz.identity.scopes import Scope, parse_scopes
from authz.identity.tokens import TokenExpired, TokenRefused
from kernel.readers import Driver

SCHEME = "whk_"
PREFIX_PATTERN = "[0-9a-f]{12}"
_FORM = re.compile(f"{SCHEME}({PREFIX_PATTERN})_([A-Za-z0-9_-]{{43}})", re.ASCII)
_NOBODYS = "0" * 64


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; nobody can tell its secret again."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        """The key as it is sent."""
        return f"{SCHEME}{self.prefix}_{self.secret}"

    @property
    def secret_sha256(self) -> str:
        """What is kept of the secret."""
        return hash_secret(self.secret)


@dataclass(frozen=True)
class VerifiedKey:
    """What a believed key says."""

    prefix: str
    subject: str
    scopes: frozenset[Scope]
    expires_at: datetime
    cost_per_minute: int | None


def make_key() -> NewKey:
    """A key that nobody has had."""
    return NewKey(secrets.token_hex(6), secrets.token_urlsafe(32))


def is_key(credential: str) -> bool:
    """Whether a credential is meant to be a key, and not a token of the issuer."""
    return credential.startswith(SCHEME)


def prefix_of(credential: str) -> str | None:
    """The public part of a key; None for what is none."""
    found = _FORM.fullmatch(credential)
    return found[1] if found else None


async def verify_key(driver: Driver, credential: str, *, now: datetime) -> VerifiedKey:
    """Whose key it is. Raises TokenRefused, and TokenExpired for one that was good once."""
    found = _FORM.fullmatch(credential)
    if found is None:
        raise TokenRefused("The key is malformed.")
    row = await gather_key(driver, found[1])
    matches = hmac.compare_digest(hash_secret(found[2]), row.secret_sha256 if row else _NOBODYS)
    if row is None or not matches:
        raise TokenRefused("The key is not known.")
    if row.revoked_at is not None and row.revoked_at <= now:
        raise TokenRefused("The key was revoked.")
    if row.expires_at <= now:
        raise TokenExpired("The key has expired.")
    until = row.expires_at if row.revoked_at is None else min(row.expires_at, row.revoked_at)
    return VerifiedKey(row.prefix, row.subject, parse_scopes(row.scopes), until, row.cost_per_minute)


def hash_secret(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()

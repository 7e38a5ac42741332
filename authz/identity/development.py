"""A token issuer for development: it signs a token for anybody, so it works on this machine only.

Its key lives beside the embedded database and is made at the first start.
"""

import os
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import orjson
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from kernel.clock import Clock, system_clock
from kernel.ids import new_id

KEY_FILE = "development-issuer.json"
LIFETIME = timedelta(days=7)


class DevelopmentIssuerRefused(Exception):  # noqa: N818 - it says what happened
    """The development issuer was not asked for, or the server can be reached from elsewhere."""


class DevelopmentIssuer:
    """Signs tokens for personas."""

    def __init__(self, *, issuer: str, audience: str, key: OKPKey, clock: Clock = system_clock) -> None:
        self._issuer = issuer
        self._audience = audience
        self._key = key
        self._clock = clock

    @classmethod
    def open(
        cls, directory: Path, *, issuer: str, audience: str, host: str, permitted: bool, clock: Clock = system_clock
    ) -> "DevelopmentIssuer":
        """Reads the key in `directory`, or makes it. `permitted` is the setting, `host` the address that is served."""
        if not permitted:
            raise DevelopmentIssuerRefused("The development issuer is off: set development_issuer to use it.")
        if not _is_loopback(host):
            raise DevelopmentIssuerRefused(f"The development issuer serves this machine only, not {host}.")
        return cls(issuer=issuer, audience=audience, key=_open_key(directory / KEY_FILE), clock=clock)

    @property
    def public_keys(self) -> KeySet:
        """The keys by which its tokens are verified."""
        return KeySet([OKPKey.import_key(self._key.as_dict(private=False))])

    def token(self, subject: str, *, lifetime: timedelta = LIFETIME) -> str:
        """A signed token for `subject`."""
        now = self._clock()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(new_id()),
        }
        return jwt.encode({"alg": "Ed25519", "kid": self._key.kid}, claims, self._key, algorithms=["Ed25519"])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _open_key(path: Path) -> OKPKey:
    if not path.exists():
        _write_new_key(path)
    return OKPKey.import_key(orjson.loads(path.read_bytes()))


def _write_new_key(path: Path) -> None:
    """Of two first starts at once, one makes the key: it appears whole under its name, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as key_file:
        key_file.write(orjson.dumps(key.as_dict(private=True)))
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()

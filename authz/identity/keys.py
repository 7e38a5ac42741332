"""Where the public keys of an issuer come from: a file, or the issuer's own address (a JSON Web Key Set, RFC 7517).

An issuer changes its keys. A key that is new is fetched when the first token names it; one that was withdrawn is
noticed within `REFRESH_SECONDS`. While the issuer is away its last keys go on, for `STALE_SECONDS_MAX` at most. Nobody
can make us ask the issuer more than once a minute, whatever their tokens name.
"""

import asyncio
import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

FETCH_TIMEOUT_SECONDS = 5
FETCH_BYTES_MAX = 256 * 1024
REFETCH_SECONDS_MIN = 60
REFRESH_SECONDS = 300
"""How long keys are used before the issuer is asked again, and so how long a withdrawn key may still work."""
STALE_SECONDS_MAX = 24 * 3600
"""How long the last keys of an issuer that does not answer are believed."""
RSA_BITS_MIN = 2048
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_SIGNING = frozenset({None, "RS256", "ES256", "Ed25519", "EdDSA"})

log = structlog.get_logger()


class KeysUnavailable(Exception):  # noqa: N818 - it says what happened
    """The issuer's keys cannot be had now; nobody's token can be judged."""


class KeySource(Protocol):
    """Gives the issuer's keys."""

    async def key_set(self) -> KeySet:
        """The keys as they are known."""

    async def newer_key_set(self) -> KeySet:
        """The keys as they are now: asked for when a token names a key that is not known."""


class GivenKeys:
    """Keys that do not change while the process runs."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def from_file(cls, path: Path) -> "GivenKeys":
        """Reads a key set once, at the start: a bad file stops the start."""
        return cls(read_key_set(path.read_bytes()))

    async def key_set(self) -> KeySet:
        return self._keys

    async def newer_key_set(self) -> KeySet:
        return self._keys


class FetchedKeys:
    """Keys from an address: fetched at the first need, when they are old, and for a token with an unknown key."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        _check_address(url)
        self._url = url
        self._monotonic = monotonic
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key_set(self) -> KeySet:
        is_fresh = self._monotonic() - self._fetched_at < REFRESH_SECONDS
        return self._keys if self._keys is not None and is_fresh else await self.newer_key_set()

    async def newer_key_set(self) -> KeySet:
        async with self._lock:
            if self._monotonic() - self._asked_at >= REFETCH_SECONDS_MIN:
                await self._fetch()
        if self._keys is None or self._monotonic() - self._fetched_at >= STALE_SECONDS_MAX:
            raise KeysUnavailable(f"The keys of {self._url} could not be fetched.")
        return self._keys

    async def _fetch(self) -> None:
        """Replaces the keys by those of the issuer, or keeps them while it cannot be asked."""
        self._asked_at = self._monotonic()
        try:
            async with asyncio.timeout(2 * FETCH_TIMEOUT_SECONDS):
                self._keys = read_key_set(await asyncio.to_thread(_download, self._url))
            self._fetched_at = self._monotonic()
        except (OSError, ValueError) as error:
            log.warning("issuer_keys_unavailable", url=self._url, reason=str(error), stale=self._keys is not None)


def read_key_set(document: bytes) -> KeySet:
    """Reads the keys that may sign tokens, and passes over all others: secrets that both sides share (nobody signs with
    what is public), keys for encryption, and keys that are too weak. A set without a key that may sign is refused."""
    try:
        keys = [key for key in orjson.loads(document)["keys"] if _may_sign(key)]
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no JSON Web Key Set: {error}") from error


def _may_sign(key: Mapping[str, Any]) -> bool:
    if key.get("use", "sig") != "sig" or key.get("alg") not in _SIGNING or "verify" not in key.get("key_ops", "verify"):
        return False
    if key["kty"] == "RSA":
        return _bits(key["n"]) >= RSA_BITS_MIN
    return key["kty"] in _CURVES and key.get("crv") == _CURVES[key["kty"]]


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "=" * (-len(number) % 4))).bit_length()


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("The address of a key set must begin with https://.")


class _NoRedirect(HTTPRedirectHandler):
    """Keys come from the address that was configured: a redirect may lead anywhere, off https too."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = build_opener(_NoRedirect)


def _download(url: str) -> bytes:
    with _OPENER.open(url, timeout=FETCH_TIMEOUT_SECONDS) as answer:
        document: bytes = answer.read(FETCH_BYTES_MAX + 1)
    if len(document) > FETCH_BYTES_MAX:
        raise ValueError(f"The key set is larger than {FETCH_BYTES_MAX} bytes.")
    return document

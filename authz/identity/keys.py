"""Where the public keys of an issuer come from: a file, or the issuer's own address (a JSON Web Key Set, RFC 7517)."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import urlopen

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

FETCH_TIMEOUT_SECONDS = 5
FETCH_BYTES_MAX = 256 * 1024
REFETCH_SECONDS_MIN = 60
_ASYMMETRIC = frozenset({"RSA", "EC", "OKP"})


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
    """Keys from an address, fetched at the first need, and for a token with an unknown key: once a minute at most."""

    def __init__(self, url: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        _check_address(url)
        self._url = url
        self._monotonic = monotonic
        self._keys: KeySet | None = None
        self._fetched_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key_set(self) -> KeySet:
        return self._keys if self._keys is not None else await self.newer_key_set()

    async def newer_key_set(self) -> KeySet:
        async with self._lock:
            if self._monotonic() - self._fetched_at >= REFETCH_SECONDS_MIN:
                await self._fetch()
        if self._keys is None:
            raise KeysUnavailable(f"The keys of {self._url} could not be fetched.")
        return self._keys

    async def _fetch(self) -> None:
        self._fetched_at = self._monotonic()
        try:
            self._keys = read_key_set(await asyncio.to_thread(_download, self._url))
        except (OSError, ValueError) as error:
            if self._keys is None:
                raise KeysUnavailable(f"The keys of {self._url} could not be fetched: {error}") from error


def read_key_set(document: bytes) -> KeySet:
    """Reads a key set, without the keys that both sides must keep secret: nobody signs with what is public."""
    try:
        keys = [key for key in orjson.loads(document)["keys"] if key["kty"] in _ASYMMETRIC]
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"This is no JSON Web Key Set: {error}") from error


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("The address of a key set must begin with https://.")


def _download(url: str) -> bytes:
    with urlopen(url, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310 - _check_address allows https alone
        document: bytes = answer.read(FETCH_BYTES_MAX + 1)
    if len(document) > FETCH_BYTES_MAX:
        raise ValueError(f"The key set is larger than {FETCH_BYTES_MAX} bytes.")
    return document

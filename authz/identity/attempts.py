"""Guessing: who shows too many credentials that are not believed is not listened to for a while.

Tokens are counted by the address that they come from. Keys are counted by their prefix at an address, so that whoever
tries another's key locks out nobody but themselves, and by the address with ten times as much, so that trying many
prefixes does not help. And each key's failures are counted from wherever they come: beyond that number who is wrong is
told to wait instead of being told so, and whoever is right is let in all the same, since their secret was looked at
first. A token that has merely expired is no guess.
"""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv6Address, ip_address

from kernel.buckets import Buckets

FAILURES_PER_MINUTE = 60
PREFIXES = 10
"""For how many keys' failures an address has room. One address may be that of many machines."""
_NETWORK_BITS = 64


@dataclass(frozen=True)
class Attempt:
    """A credential that is shown: from where, and the prefix if it is a key."""

    address: str
    key_prefix: str | None = None

    @cached_property
    def places(self) -> dict[str, int]:
        """By what it is counted before it is looked at, and how many failures of a minute there may be."""
        place = network_of(self.address)
        if self.key_prefix is None:
            return {f"token:{place}": 1} if place else {}
        keys = {f"keys:{place}": PREFIXES} if place else {}
        return {f"key:{self.key_prefix}@{place}": 1, **keys}

    @property
    def anywhere(self) -> str | None:
        """By what the failures of a key are counted, wherever they come from."""
        return None if self.key_prefix is None else f"key:{self.key_prefix}"


class Attempts:
    """The failures of this process."""

    def __init__(self, *, per_minute: int = FAILURES_PER_MINUTE, buckets: Buckets | None = None) -> None:
        self._per_minute = per_minute
        self._buckets = Buckets() if buckets is None else buckets

    def wait(self, attempt: Attempt) -> float:
        """The seconds until one may try again; 0 if the credential is to be looked at now."""
        return max((self._wait(name, times) for name, times in attempt.places.items()), default=0.0)

    def failed(self, attempt: Attempt) -> float:
        """Remembers a failure. Answers for how long whoever tries this key should wait, wherever they are."""
        for name, times in attempt.places.items():
            self._take(name, times)
        if attempt.anywhere is None:
            return 0.0
        seconds = self._wait(attempt.anywhere, 1)
        self._take(attempt.anywhere, 1)
        return seconds

    def _wait(self, name: str, times: int) -> float:
        return self._buckets.wait(name, per_minute=times * self._per_minute)

    def _take(self, name: str, times: int) -> None:
        self._buckets.take(name, 1, per_minute=times * self._per_minute)


def network_of(address: str) -> str:
    """An address as one client: whoever has one of version 6 has a whole network of them."""
    try:
        given = ip_address(address)
    except ValueError:
        return address
    if isinstance(given, IPv6Address):
        mapped = given.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Address(int(given) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(given)

"""Guessing: who shows too many credentials that are not believed is not listened to for a while.

Counted are the address that they come from and the prefix of the key that they try, each by itself: neither many
addresses for one key, nor many keys from one address, get further. A token that has merely expired is no guess.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from kernel.buckets import Buckets

FAILURES_PER_MINUTE = 60
_NETWORK_BITS = 64


class Attempts:
    """The failures of this process."""

    def __init__(self, *, per_minute: int = FAILURES_PER_MINUTE, buckets: Buckets | None = None) -> None:
        self._per_minute = per_minute
        self._buckets = Buckets() if buckets is None else buckets

    def wait(self, names: Iterable[str]) -> float:
        """The seconds until one of these names may try again; 0 if it may now."""
        return max((self._buckets.wait(name, per_minute=self._per_minute) for name in names), default=0.0)

    def failed(self, names: Iterable[str]) -> None:
        """Remembers a failure."""
        for name in names:
            self._buckets.take(name, 1, per_minute=self._per_minute)


def names_of(address: str, key_prefix: str | None) -> tuple[str, ...]:
    """By what an attempt is counted."""
    names = (f"address:{network_of(address)}",) if address else ()
    return names if key_prefix is None else (*names, f"key:{key_prefix}")


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

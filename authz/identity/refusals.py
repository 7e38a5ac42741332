"""Refused sign-ins, counted: the audit trail says who was turned away, why and how often, with a row for a batch.

A row for each would let strangers write as much into the database as they please.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

KEPT_MAX = 1_000
ELSEWHERE = "elsewhere"
"""Stands for all addresses beyond those that are counted one by one."""


class Reason(StrEnum):
    """Why somebody was turned away."""

    NO_CREDENTIALS = "no_credentials"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a reason
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a reason
    KEY_REFUSED = "key_refused"
    KEY_EXPIRED = "key_expired"
    NOT_DELEGATED = "not_delegated"
    SEVERAL_PARTNERS = "several_partners"
    TOO_MANY_ATTEMPTS = "too_many_attempts"


Refusals = Mapping[tuple[Reason, str], int]
"""How often, by reason and address."""


class RefusedSignIns:
    """What was refused since somebody last asked."""

    def __init__(self, *, kept_max: int = KEPT_MAX) -> None:
        self._kept_max = kept_max
        self._counts: Counter[tuple[Reason, str]] = Counter()

    def count(self, reason: Reason, address: str, number: int = 1) -> None:
        """Remembers one, or as many as could not be written down."""
        key = (reason, address)
        if key not in self._counts and len(self._counts) >= self._kept_max:
            key = (reason, ELSEWHERE)
        self._counts[key] += number

    def drain(self) -> Refusals:
        """What was refused; from now on it is counted anew."""
        counts, self._counts = self._counts, Counter()
        return counts

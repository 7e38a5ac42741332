"""Token buckets: how much of something each of many names may have per minute.

A bucket holds what may be had in a minute, and fills up evenly. Whoever finds anything in it is served, and pays in
full: who takes much waits longer for the next. The buckets of one process know nothing of those of another, cost no
statement, and are forgotten from the least recently used on: the limits are approximate by design.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT_MAX = 10_000
_SECONDS = 60.0


@dataclass
class _Bucket:
    level: float
    at: float


class Buckets:
    """One bucket for each name; none is kept for a name that took nothing."""

    def __init__(self, *, kept_max: int = KEPT_MAX, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._kept_max = kept_max
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, name: str, *, per_minute: int) -> float:
        """The seconds until there is anything in the bucket; 0 while there is."""
        bucket = self._buckets.get(name)
        if bucket is None:
            return 0.0
        missing = 1.0 - self._level(bucket, per_minute)
        return max(0.0, missing * _SECONDS / per_minute)

    def take(self, name: str, amount: float, *, per_minute: int) -> None:
        """Takes the amount, whether it is there or not."""
        now = self._monotonic()
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(per_minute, now)
        bucket.level = self._level(bucket, per_minute) - amount
        bucket.at = now
        self._buckets.move_to_end(name)
        if len(self._buckets) > self._kept_max:
            self._buckets.popitem(last=False)

    def _level(self, bucket: _Bucket, per_minute: int) -> float:
        filled = (self._monotonic() - bucket.at) * per_minute / _SECONDS
        return min(float(per_minute), bucket.level + filled)

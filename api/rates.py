"""Rate limits: what the requests of one caller may cost per minute, in the rows that they may read (limits.py).

Each API key has a budget of its own, and so has each subject who signs in by a token. Whoever has anything left is
served: a request that costs more than what is left is not refused, and the next one waits for longer.
"""

from api.faults import rate_limited
from kernel.buckets import Buckets

COST_PER_MINUTE = 1_000_000
MUTATION_COST = 25
"""What a mutation costs besides what its payload reads."""
LINE_COST = 5
"""What each element of a list in its input costs, such as a line of an order: it is read for, checked and written."""
TRIED_LINE_COST = 1_000
"""What it costs an outsider who only tries: each answer tells how much there is of something, and binds nobody."""


class Rates:
    """The budgets of all callers of this process."""

    def __init__(self, *, per_minute: int = COST_PER_MINUTE, buckets: Buckets | None = None) -> None:
        self._per_minute = per_minute
        self._buckets = Buckets() if buckets is None else buckets

    def spend(self, payer: str, cost: int, *, per_minute: int | None = None) -> None:
        """Pays for a request before it runs. Raises RequestRefused for who has nothing left."""
        limit = per_minute or self._per_minute
        seconds = self._buckets.wait(payer, per_minute=limit)
        if seconds > 0:
            raise rate_limited(f"Your requests may cost {limit} a minute, and have.", seconds, limit=limit)
        self._buckets.take(payer, cost, per_minute=limit)

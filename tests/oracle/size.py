"""How much the oracle does: little in CI, much in `make oracle`, which says so by the environment."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many answers are compared, and how many orders the plans are looked at with."""

    queries: int
    orders: int


SIZE = Size(queries=50_000, orders=200_000) if os.environ.get("ORACLE_SIZE") == "full" else Size(2_400, 20_000)

SEED = os.environ.get("ORACLE_SEED", "1")
"""Where the stories begin; another seed tells other stories."""

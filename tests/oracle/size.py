"""How much the oracle does: little in CI, much in `make oracle`, which says so by the environment."""

import os

QUERIES = 50_000 if os.environ.get("WHARFINGER_TEST_SIZE") == "full" else 2_400
"""How many answers are compared."""

SEED = os.environ.get("ORACLE_SEED", "1")
"""Where the stories begin; another seed tells other stories."""

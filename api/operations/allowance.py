"""What one request may take, in bytes, tokens, rows and seconds. The first three are known before any SQL runs."""

from dataclasses import dataclass

from api.operations.deadline import REQUEST_SECONDS_MAX
from api.operations.limits import TOKENS_MAX
from api.reads.cost import COST_MAX

BYTES_MAX = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The limits that an operator may set; each is explained where its default stands."""

    bytes_max: int = BYTES_MAX
    tokens_max: int = TOKENS_MAX
    cost_max: int = COST_MAX
    seconds_max: float = REQUEST_SECONDS_MAX


USUAL = Allowance()

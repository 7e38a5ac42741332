"""What one request may take, in bytes, tokens, rows and seconds. The first three are known before any SQL runs."""

from dataclasses import dataclass

from api.deadline import REQUEST_SECONDS_MAX
from api.limits import TOKENS_MAX
from api.reads.cost import COST_MAX
from api.request import BODY_BYTES_MAX


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The limits that an operator may set; each is explained where its default stands."""

    bytes_max: int = BODY_BYTES_MAX
    tokens_max: int = TOKENS_MAX
    cost_max: int = COST_MAX
    seconds_max: float = REQUEST_SECONDS_MAX


USUAL = Allowance()

"""How much is measured: everything at full size, or just enough to see that the work is done right."""

from dataclasses import dataclass
from enum import Enum

from bench.rounds import ROUNDS


class Extent(Enum):
    """The two forms of a run."""

    FULL = "full"
    SHORT = "short"


@dataclass(frozen=True)
class Length:
    """How long one workload is measured, and with how many clients at once."""

    rounds: int
    seconds: float
    clients: tuple[int, ...]


LENGTHS = {Extent.FULL: Length(ROUNDS, 4.0, clients=(1, 16)), Extent.SHORT: Length(2, 0.25, clients=(4,))}

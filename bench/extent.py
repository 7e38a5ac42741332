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
    """How long one workload is measured."""

    rounds: int
    seconds: float


LENGTHS = {Extent.FULL: Length(ROUNDS, 4.0), Extent.SHORT: Length(2, 0.25)}

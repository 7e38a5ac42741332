"""Rounds: both sides of a comparison take turns, and each round gives one ratio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

ROUNDS = 7


@dataclass(frozen=True)
class Sample:
    """What one side did in one round."""

    count: int
    seconds: float
    cpu_seconds: float
    """Processor time of the measured process."""

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_milliseconds_each(self) -> float:
        return 1000 * self.cpu_seconds / self.count


Side = Callable[[int, float], Sample]
"""Works with so many clients at once for so many seconds."""


@dataclass(frozen=True)
class Quartiles:
    """The middle of a few figures, and how far they spread."""

    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class Comparison:
    """The rounds of our side and of the other, pairwise."""

    ours: Sequence[Sample]
    other: Sequence[Sample]

    @property
    def ratio(self) -> Quartiles:
        """Our rate by the other's, of each round."""
        pairs = zip(self.ours, self.other, strict=True)
        return quartiles([ours.per_second / other.per_second for ours, other in pairs])


def compare(ours: Side, other: Side, *, clients: int, seconds: float, rounds: int = ROUNDS) -> Comparison:
    """Runs the sides in turn. A first turn of each warms caches, plans and pools, and is not counted."""
    ours(clients, seconds / 2)
    other(clients, seconds / 2)
    pairs = [(ours(clients, seconds), other(clients, seconds)) for _ in range(rounds)]
    return Comparison([mine for mine, _ in pairs], [theirs for _, theirs in pairs])


def quartiles(figures: Sequence[float]) -> Quartiles:
    """The quartiles of at least one figure."""
    if len(figures) == 1:
        return Quartiles(figures[0], figures[0], figures[0])
    return Quartiles(*quantiles(figures, n=4, method="inclusive"))

"""How a workload is declared: a module gives one `Workload`, and `bench.__main__` lists it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.rounds import Side
from bench.server import Stage


@dataclass(frozen=True)
class Sides:
    """Both sides, ready to run."""

    ours: Side
    by_hand: Side
    check: Callable[[], None]
    """Fails if the sides do not do the same work."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One line of the table of results, for each number of clients."""

    name: str
    reference: str
    """What the work by hand is."""
    goal: float
    """The ratio to it that must be reached."""
    clients: tuple[int, ...]
    sides: Callable[[Stage], AbstractContextManager[Sides]]
    """Opens what the sides need, and closes it."""

"""How workloads are declared: a module gives a `Suite`, a world and what is done in it; `bench.__main__` lists it."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic

from bench.extent import Extent
from bench.rounds import Side
from bench.server import Stage, W
from kernel.settings import DatabaseUrls


@dataclass(frozen=True)
class Sides:
    """Both sides, ready to run."""

    ours: Side
    other: Side
    check: Callable[[], None]
    """Fails if the sides do not do the same work."""


@dataclass(frozen=True, kw_only=True)
class Workload(Generic[W]):
    """One line of the table of results, for each number of clients."""

    key: str
    """Its name on the command line."""
    name: str
    reference: str
    """What the other side is."""
    goal: float | None
    """The ratio to it that must be reached; None where the figure is for information."""
    cpu_milliseconds_max: float | None = None
    """The processor time that our server may take for each piece of work."""
    sides: Callable[[Stage[W]], AbstractContextManager[Sides]]
    """Opens what the sides need, and closes it."""


@dataclass(frozen=True, kw_only=True)
class Suite(Generic[W]):
    """Workloads in one world: they share a database, and the server in front of it."""

    build: Callable[[DatabaseUrls, Extent], Awaitable[W]]
    workloads: tuple[Workload[W], ...]

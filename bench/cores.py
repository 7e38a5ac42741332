"""Which core runs what. Children inherit the cores of their parent, so PostgreSQL takes those of who starts it."""

import os
from enum import IntEnum


class Core(IntEnum):
    """The two places."""

    SURROUNDINGS = 0
    """The client and PostgreSQL."""
    MEASURED = 1
    """The process whose work is compared."""


def available() -> list[int]:
    """The cores that this process may use; empty where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def pin(core: int | None) -> None:
    """Keeps this process, and what it starts from now on, on one core; None leaves it as it is."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def allotted(core: Core) -> int | None:
    """The number of the core for that place; None on a machine that has too few."""
    cores = available()
    return cores[core] if len(cores) >= len(Core) else None

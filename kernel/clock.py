"""Time as a value that is handed in: an operation has one instant, and a test chooses it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant, in UTC."""


def system_clock() -> datetime:
    """The present instant of this machine, in UTC."""
    return datetime.now(UTC)

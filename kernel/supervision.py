"""Supervision: work that never ends is begun again when it fails, after a pause that grows with each failure."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

import structlog
from sqlalchemy.exc import DBAPIError

PAUSE_SECONDS = 0.1
PAUSE_SECONDS_MAX = 10.0

log = structlog.get_logger()


async def supervised(name: str, work: Callable[[], Awaitable[None]]) -> NoReturn:
    """Runs `work` until cancelled. Work that went well for longer than the longest pause starts with the shortest."""
    pause = PAUSE_SECONDS
    while True:
        began = time.monotonic()
        try:
            await work()
            raise AssertionError(f"{name} ended, which it never should")
        except Exception as error:
            if time.monotonic() - began > PAUSE_SECONDS_MAX:
                pause = PAUSE_SECONDS
            # A database that went away needs no traceback; anything else is a fault of ours.
            fault = None if _is_lost_connection(error) else error
            log.error("task_failed", task=name, reason=str(error), next_try_seconds=pause, exc_info=fault)
        await asyncio.sleep(pause)
        pause = min(2 * pause, PAUSE_SECONDS_MAX)


def _is_lost_connection(error: Exception) -> bool:
    return isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated)

"""What every race must leave behind: a silent server log, and no operation that had to be repeated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.world import World


@pytest.fixture(autouse=True)
def no_deadlock(server_log: Path, world: World) -> Iterator[None]:
    """Fails when the server saw a deadlock during the test, or when an operation was retried."""
    seen = server_log.stat().st_size
    yield
    with server_log.open() as log:
        log.seek(seen)
        assert "deadlock detected" not in log.read()
    assert world.operations.retries == 0

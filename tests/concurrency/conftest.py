"""What every race must leave behind: sound books, a silent server log, and no operation that had to be repeated."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.factories.invariants import assert_invariants
from tests.factories.world import World


@pytest.fixture(autouse=True)
async def undisturbed(server_log: Path, world: World) -> AsyncIterator[None]:
    """Fails when the server saw a deadlock during the test, when an operation was retried, or when books disagree."""
    seen = server_log.read_text().count("deadlock detected")
    yield
    assert server_log.read_text().count("deadlock detected") == seen
    assert world.operations.retries == 0
    await assert_invariants(world)

"""Whatever a story tells, done or refused: the books agree with themselves afterwards."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.invariants import assert_invariants
from tests.factories.world import World


@pytest.fixture(autouse=True)
async def sound_books(world: World) -> AsyncIterator[None]:
    """Proves the invariants at the end of every test."""
    yield
    await assert_invariants(world)

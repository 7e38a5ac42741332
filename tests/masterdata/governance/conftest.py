"""The stewards of a company that does not exist yet."""

import pytest

from kernel.db import Database
from kernel.writers import Writers
from tests.factories.stewards import Stewards


@pytest.fixture
async def stewards(database: Database, activation: Writers) -> Stewards:
    return Stewards(database, activation)

"""The stewards of a company that does not exist yet."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.db import Database
from tests.factories.stewards import Stewards


@pytest.fixture
async def stewards(database: Database, activation: AsyncEngine) -> Stewards:
    return Stewards(database, activation)

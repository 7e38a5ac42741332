"""APIs that are served for tests: the house itself, and an office for the tests of the shell."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api.schema import make_schema
from authz.vocabulary import Role
from kernel.db import Database
from kernel.writers import Writers
from tests.api.office import WAITING, make_office_schema
from tests.api.serving import Office, serving
from tests.factories.world import World


@pytest.fixture(scope="session")
async def office(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An API whose mutations only write down notes."""
    async with serving(make_office_schema(), database, activation, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="session")
async def house(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API."""
    async with serving(make_schema(), database, activation, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="session")
async def north(database: Database, activation: Writers) -> World:
    """A legal entity with a site."""
    return await World(database, activation).build()


@pytest.fixture(scope="session")
async def south(database: Database, activation: Writers) -> World:
    """Another one."""
    return await World(database, activation).build()


@pytest.fixture(scope="session")
async def clerk(office: Office, north: World) -> str:
    """The token of someone who writes notes in the north."""
    return await office.hire(Role.CUSTOMER_SERVICE, north.entity_id)


@pytest.fixture
def calm() -> Iterator[list[str]]:
    """What waiting streams write down: when they begin, and when they end."""
    WAITING.clear()
    yield WAITING
    WAITING.clear()

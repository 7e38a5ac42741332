"""The demo group, served as `make run` serves it: what the examples for frontend teams are written for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.operations.execution import CompiledSchema
from api.schema import make_schema
from kernel.postgres import EmbeddedServer
from tests.api.office import StoppedClock
from tests.api.serving import Office, serving
from tests.architecture.sources import ROOT
from tests.databases import Databases
from tests.examples.running import Frontend
from tests.factories.empty import empty_ground
from wharfinger.demo.load import load_demo


@pytest.fixture(scope="session")
def schema() -> CompiledSchema:
    """The whole schema."""
    return make_schema()


@pytest.fixture(scope="session")
async def demo(
    server: EmbeddedServer, databases: Databases, schema: CompiledSchema, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The API with the demo group in it."""
    async with empty_ground(server, databases) as ground:
        await load_demo(ground.database, ground.activation, lambda *_: None, clock=StoppedClock())
        folder = tmp_path_factory.mktemp("demo")
        async with serving(schema, ground.database, ground.activation, folder) as house:
            yield house


@pytest.fixture
def frontend(demo: Office, tmp_path: Path) -> Frontend:
    """A copy of the examples in which tools may write."""
    return Frontend.copied(ROOT / "examples" / "frontend", tmp_path, demo)

"""What every test stands on: one embedded server for the whole run, and a migrated database for each worker process.

The first fixture that needs the server starts it; the other workers adopt it; the process that began the run stops it
and deletes its files. A migrated template is made once and copied. Tests make their own entities and never clean up
after themselves; what needs an empty world asks `empty_database` for one.
"""

import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from xdist.workermanage import WorkerController

from kernel.contexts import Signer
from kernel.db import Database, make_engine
from kernel.postgres import Durability, EmbeddedServer
from kernel.roles import Role
from kernel.writers import Writers
from migrations.models import load_models
from tests.databases import CONTEXT_KEY, Databases
from tests.factories.world import World

pytest_plugins = ["tests.slowness"]

EmptyDatabase = Callable[[], Awaitable[Database]]

_PREFIX = "wharfinger-tests-"
_ORPHAN_SECONDS_MIN = 3600
_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the folder of this run's server; workers are told where it is."""
    load_models()  # as the server has them all; conditions of the access policy may speak of any table
    # The rich tracebacks that structlog shows by itself print local variables, and may take minutes to draw.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    told = getattr(config, "workerinput", {}).get("server_folder")
    if told:
        config.stash[_FOLDER] = Path(told)
        return
    _remove_orphans()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o711)  # the account that runs the server must pass
    config.stash[_FOLDER] = folder
    config.add_cleanup(lambda: _remove_server(folder))


def _remove_server(folder: Path) -> None:
    if EmbeddedServer(folder).stop():
        shutil.rmtree(folder)


def _remove_orphans() -> None:
    """What runs that were killed have left: nobody holds the server's lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _ORPHAN_SECONDS_MIN:
                _remove_server(folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Hands the folder to a worker of pytest-xdist before it starts."""
    node.workerinput["server_folder"] = str(node.config.stash[_FOLDER])


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[EmbeddedServer]:
    """The server of this run."""
    with EmbeddedServer(pytestconfig.stash[_FOLDER], durability=Durability.NONE).running() as server:
        yield server


@pytest.fixture(scope="session")
def server_log(server: EmbeddedServer) -> Path:
    """What the server wrote, for tests that assert its silence."""
    return server.log_file


@pytest.fixture(scope="session")
async def databases(server: EmbeddedServer) -> Databases:
    """Makes copies of the migrated template; the first worker to come makes the template."""
    made = Databases(server)
    await made.prepare()
    return made


@pytest.fixture(scope="session")
async def database_name(databases: Databases) -> AsyncIterator[str]:
    """This worker's own database, migrated, shared by its tests."""
    async with databases.copy() as name:
        yield name


@pytest.fixture(scope="session")
async def database(server: EmbeddedServer, database_name: str) -> AsyncIterator[Database]:
    """The engines that serve requests and run jobs, on this worker's database."""
    database = connect_database(server, database_name)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def activation(server: EmbeddedServer, database_name: str) -> AsyncIterator[Writers]:
    """The connections that may write master data, on this worker's database."""
    writers = Writers(server.url(Role.ACTIVATE, database_name), size=4, signer=Signer(CONTEXT_KEY))
    yield writers
    await writers.close()


@pytest.fixture(scope="session")
async def migrate_engine(server: EmbeddedServer, database_name: str) -> AsyncIterator[AsyncEngine]:
    """The engine of the tables' owner, on this worker's database."""
    engine = make_engine(server.url(Role.MIGRATE, database_name), pool_size=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def empty_database(server: EmbeddedServer, databases: Databases) -> AsyncIterator[EmptyDatabase]:
    """Makes databases in which nothing has happened yet; they are dropped after the test."""
    async with AsyncExitStack() as stack:

        async def make() -> Database:
            name = await stack.enter_async_context(databases.copy())
            database = connect_database(server, name)
            stack.push_async_callback(database.close)
            return database

        yield make


def connect_database(server: EmbeddedServer, name: str) -> Database:
    """The engines of one database."""
    return Database.connect(app=server.url(Role.APP, name), worker=server.url(Role.WORKER, name), key=CONTEXT_KEY)


@pytest.fixture
async def world(database: Database, activation: Writers) -> World:
    """A small company of its own for the test."""
    return await World(database, activation).build()

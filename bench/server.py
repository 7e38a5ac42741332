"""What is measured, as it runs in production: PostgreSQL with all its durability, and the server in its own process.

Everything lives in a temporary folder and ends with the block.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from authz.identity.development import DevelopmentIssuer
from bench.cores import Core, allotted
from bench.processes import HOST, Address, Serve, running_server
from kernel.settings import DatabaseUrls, LogLevel, Settings
from wharfinger.ground import Say, database_ground
from wharfinger.server import bind
from wharfinger.server import serve as serve_at
from wharfinger.signin import make_sign_in

W = TypeVar("W")
"""What the sides of a workload know of the data: each suite has a world of its own."""


@dataclass(frozen=True)
class Stage(Generic[W]):
    """Where the workloads run."""

    settings: Settings
    urls: DatabaseUrls
    world: W
    server: Address
    issuer: DevelopmentIssuer
    core: int | None
    """The core of the measured processes."""


def serve_ours(port: int, settings: Settings, urls: DatabaseUrls) -> None:
    """Our server, as `make run` starts it."""
    bound = replace(settings, port=port)
    with bind(bound) as place:
        serve_at(bound, urls, make_sign_in(bound), place)


UNLIMITED = 1_000_000_000
"""One caller asks for all that is measured."""


@contextmanager
def running_stage(
    build: Callable[[DatabaseUrls], Awaitable[W]], say: Say, *, serve: Serve = serve_ours
) -> Iterator[Stage[W]]:
    """A world in a new database, and the server in front of it: ours, or another that takes (port, settings, urls)."""
    core = allotted(Core.MEASURED)
    folder = Path(tempfile.mkdtemp(prefix="wharfinger-bench-"))
    folder.chmod(0o711)  # the account that runs PostgreSQL must pass
    settings = Settings(
        data=folder, host=HOST, log_level=LogLevel.WARNING, development_issuer=True, cost_per_minute=UNLIMITED
    )
    try:
        with database_ground(settings, say) as urls:
            say("Inventing a company")
            world = asyncio.run(_built(build(urls)))
            issuer = make_sign_in(settings).development
            assert issuer is not None
            with running_server(serve, settings, urls, core=core) as server:
                yield Stage(settings, urls, world, server, issuer, core)
    finally:
        shutil.rmtree(folder)


async def _built(building: Awaitable[W]) -> W:
    return await building

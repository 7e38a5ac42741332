"""What is measured, as it runs in production: PostgreSQL with all its durability, and the server in its own process.

Everything lives in a temporary folder and ends with the block. The server ends by itself when its starter is gone.
"""

import asyncio
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path

from bench.cores import Core, allotted, pin
from bench.world import PERSON, World, build_world
from kernel.settings import DatabaseUrls, LogLevel, Settings
from wharfinger.ground import Say, database_ground
from wharfinger.server import bind, serve
from wharfinger.signin import make_sign_in

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15
SPAWNED = multiprocessing.get_context("spawn")
"""Measured processes begin empty: a fork would inherit the client's memory."""


@dataclass(frozen=True)
class Stage:
    """Where the workloads run."""

    urls: DatabaseUrls
    world: World
    host: str
    port: int
    token: str
    server_pid: int
    core: int | None
    """The core of the measured processes."""


@contextmanager
def running_stage(say: Say) -> Iterator[Stage]:
    """The company in a new database, and the server in front of it."""
    core = allotted(Core.MEASURED)
    pin(allotted(Core.SURROUNDINGS))
    folder = Path(tempfile.mkdtemp(prefix="wharfinger-bench-"))
    folder.chmod(0o711)  # the account that runs PostgreSQL must pass
    settings = Settings(data=folder, port=_free_port(), log_level=LogLevel.WARNING, development_issuer=True)
    try:
        with database_ground(settings, say) as urls:
            say("Inventing a company")
            world = asyncio.run(build_world(urls))
            issuer = make_sign_in(settings).development
            assert issuer is not None
            with _running_server(settings, urls, core) as pid:
                yield Stage(urls, world, settings.host, settings.port, issuer.token(PERSON), pid, core)
    finally:
        shutil.rmtree(folder)


def processor_seconds(pid: int) -> float:
    """How long the process has kept a core busy."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def end_with(lifeline: Connection) -> None:
    """Makes this process stop when the other end of the pipe is closed, however its holder died."""

    def wait() -> None:
        lifeline.poll(None)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def _running_server(settings: Settings, urls: DatabaseUrls, core: int | None) -> Iterator[int]:
    theirs, ours = SPAWNED.Pipe(duplex=False)
    process = SPAWNED.Process(target=_serve, args=(theirs, settings, urls, core), daemon=True)
    process.start()
    theirs.close()
    assert process.pid is not None
    try:
        _wait_until_ready(settings)
        yield process.pid
    finally:
        ours.close()
        process.join(STOP_SECONDS_MAX)
        if process.is_alive():
            process.kill()


def _serve(lifeline: Connection, settings: Settings, urls: DatabaseUrls, core: int | None) -> None:
    pin(core)
    end_with(lifeline)
    with bind(settings) as place:
        serve(settings, urls, make_sign_in(settings), place)


def _wait_until_ready(settings: Settings) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not _is_ready(settings):
        if time.monotonic() > deadline:
            raise TimeoutError("The server does not become ready.")
        time.sleep(0.05)


def _is_ready(settings: Settings) -> bool:
    connection = HTTPConnection(settings.host, settings.port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

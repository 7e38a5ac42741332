"""Measured processes: each serves HTTP on a core of its own, and ends when its starter is gone."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from bench.cores import pin

HOST = "127.0.0.1"
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15
SPAWNED = multiprocessing.get_context("spawn")
"""Measured processes begin empty: a fork would inherit the client's memory."""

Serve = Callable[..., None]
"""Serves on the port that it is given first, until SIGTERM."""


@dataclass(frozen=True)
class Address:
    """A server that is measured."""

    host: str
    port: int
    pid: int


@contextmanager
def running_server(serve: Serve, *arguments: Any, core: int | None) -> Iterator[Address]:
    """Runs `serve(port, *arguments)` in a process of its own for a `with` block."""
    theirs, ours = SPAWNED.Pipe(duplex=False)
    port = _free_port()
    process = SPAWNED.Process(target=_run, args=(theirs, core, serve, port, *arguments), daemon=True)
    process.start()
    theirs.close()
    assert process.pid is not None
    try:
        _wait_until_listening(process, port)
        yield Address(HOST, port, process.pid)
    finally:
        ours.close()
        process.join(STOP_SECONDS_MAX)
        if process.is_alive():
            process.kill()


def _run(lifeline: Connection, core: int | None, serve: Serve, port: int, *arguments: Any) -> None:
    pin(core)
    _end_with(lifeline)
    serve(port, *arguments)


def _end_with(lifeline: Connection) -> None:
    """Makes this process stop when the other end of the pipe is closed, however its holder died."""

    def wait() -> None:
        lifeline.poll(None)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _wait_until_listening(process: BaseProcess, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while not _is_listening(port):
        if time.monotonic() > deadline or not process.is_alive():
            raise TimeoutError("The server does not become ready.")
        time.sleep(0.05)


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def processor_seconds(pid: int) -> float:
    """How long the threads of the process have been on a processor: to the microsecond, where `stat` counts ticks."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in threads) / 1e9


def resident_megabytes(pid: int) -> float:
    """How much memory the process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2

"""Who uses the server: file locks, which the operating system gives back when a process dies, however it dies.

The turn is held while a process starts or stops the server, so that two never do it at once. Every user of the server
holds a shared lock until it leaves; the one that finds itself alone stops the server.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Tenancy:
    """The locks beside the cluster."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._users: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until no other process starts or stops the server."""
        held = self._open("postgres.turn")
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def join(self) -> None:
        """Counts this process among the users, once."""
        if self._users is None:
            self._users = self._open("postgres.users")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Ends this process's use. Answers whether nobody uses the server any more."""
        if self._users is not None:
            os.close(self._users)
            self._users = None
        probe = self._open("postgres.users")
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(probe)
        return True

    def _open(self, name: str) -> int:
        return os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

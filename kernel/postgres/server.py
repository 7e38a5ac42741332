"""Starting, adopting and stopping the embedded server."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import URL

from kernel.postgres.account import ServerError
from kernel.postgres.cluster import Cluster, Durability, locate_cluster
from kernel.postgres.postmaster import Postmaster, bury_postmaster, find_postmaster
from kernel.postgres.programs import programs_for
from kernel.postgres.tenancy import Tenancy

SUPERUSER = "postgres"
_PORT = "5432"
_WAIT_SECONDS_MAX = 900  # a crash recovery replays up to max_wal_size, on a slow disk
_POLL_SECONDS = 0.05
_LOG_LINES_SHOWN = 15


class Beginning(StrEnum):
    """How a start went."""

    CREATED = "created"
    STARTED = "started"
    ADOPTED = "adopted"


class EmbeddedServer:
    """One PostgreSQL server whose files are kept in (or pointed to from) `folder`."""

    def __init__(self, folder: Path, *, durability: Durability = Durability.FULL) -> None:
        self.folder = folder.resolve()
        self._durability = durability
        self._tenancy = Tenancy(self.folder)

    def start(self) -> Beginning:
        """Makes sure that the server runs and accepts connections, and keeps it running until `stop`."""
        self.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        with self._tenancy.turn():
            beginning = self._begin()
            self._tenancy.join()
        return beginning

    def stop(self) -> bool:
        """Ends this process's use of the server; the last user's call shuts it down cleanly.

        Answers whether the server is down.
        """
        if not self.folder.is_dir():
            return True
        with self._tenancy.turn():
            if not self._tenancy.leave():
                return False
            if self._cluster.exists and (postmaster := self._settled()) is not None:
                self._pg_ctl("stop", "--mode=fast")
                self._cluster.drop_socket_folder(postmaster.socket_folder)
            return True

    @contextmanager
    def running(self) -> Iterator["EmbeddedServer"]:
        """Starts the server for a `with` block."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def url(self, user: str, database: str) -> URL:
        """The address for SQLAlchemy with asyncpg. The server must run."""
        postmaster = find_postmaster(self._cluster.data)
        if postmaster is None:
            raise ServerError(f"The embedded server of {self.folder} does not run.")
        address = {"host": str(postmaster.socket_folder), "port": _PORT}
        # asyncpg wants exactly a str, which a member of an enumeration is not.
        return URL.create("postgresql+asyncpg", username=str(user), database=database, query=address)

    @property
    def log_file(self) -> Path:
        """Where the server writes what it has to say."""
        return self._cluster.log

    @cached_property
    def _cluster(self) -> Cluster:
        return locate_cluster(self.folder)

    @cached_property
    def _programs(self) -> Path:
        return programs_for(self._cluster.account)

    def _begin(self) -> Beginning:
        if not self._cluster.exists:
            self._cluster.create(self._programs / "initdb")
            self._launch()
            return Beginning.CREATED
        if self._settled() is not None:
            return Beginning.ADOPTED
        self._launch()
        return Beginning.STARTED

    def _launch(self) -> None:
        self._cluster.drop_socket_folder(bury_postmaster(self._cluster.data))
        self._cluster.rotate_log()
        self._cluster.write_settings(self._durability, self._cluster.make_socket_folder())
        settings = shlex.quote(f"config_file={self._cluster.settings}")
        try:
            self._pg_ctl("start", f"--log={self._cluster.log}", f"--options=-c {settings}")
        except BaseException:
            # Also for Ctrl-C while we wait: what we began does not stay behind.
            self._cluster.account.run(
                self._programs / "pg_ctl", "stop", f"--pgdata={self._cluster.data}", "--mode=fast"
            )
            raise

    def _pg_ctl(self, action: str, *options: str) -> None:
        done = self._cluster.account.run(
            self._programs / "pg_ctl",
            action,
            f"--pgdata={self._cluster.data}",
            "--wait",
            f"--timeout={_WAIT_SECONDS_MAX}",
            *options,
        )
        if done.returncode != 0:
            raise ServerError(f"PostgreSQL did not {action}.\n{done.stdout}{self._last_words()}")

    def _last_words(self) -> str:
        if not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
        return "\n".join([f"The last lines of {self.log_file}:", *lines])

    def _settled(self) -> Postmaster | None:
        """The running server, once it has ended starting (a recovery, perhaps) or stopping."""
        deadline = time.monotonic() + _WAIT_SECONDS_MAX
        while (postmaster := find_postmaster(self._cluster.data)) is not None and not postmaster.is_ready:
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL neither becomes ready nor stops.\n{self._last_words()}")
            time.sleep(_POLL_SECONDS)
        return postmaster

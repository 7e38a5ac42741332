"""The cluster: the files of one PostgreSQL server, where they are, and who owns them.

    <data>/postgres/             made by the caller, passable for the account that runs the server
        data/                    the database itself, owned by that account, closed to all others
        log/server.log           what the server says
        socket/                  the door: closed to all others, because whoever reaches it is trusted
        server.conf              the settings of the next start

When root keeps <data> where the system user cannot pass (under /root), the cluster is made in /var/lib/wharfinger, and
the file <data>/postgres-is-at says where: the caller's folders are never opened up.
"""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kernel.postgres.account import Account, ServerError, current_account, owner_account, system_account

_SETTINGS = Path(__file__).with_name("server.conf")
_STATE = Path("/var/lib/wharfinger")
_PLAIN_PATH = re.compile(r"[\w./ -]+", re.ASCII)
_SOCKET_PATH_BYTES_MAX = 107  # of sockaddr_un, less its closing NUL
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_LOCK_NAME = f"{_SOCKET_NAME}.lock"
_LOG_BYTES_MAX = 20_000_000


class Durability(StrEnum):
    """What a crash of the machine may cost."""

    FULL = "full"
    """Nothing that was committed."""
    NONE = "none"
    """Everything: for tests, which are faster without a flush at each commit."""


_NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum_naptime = 10min\n"


@dataclass(frozen=True)
class Cluster:
    """The places of one cluster, and the account that runs it."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log" / "server.log"

    @property
    def settings(self) -> Path:
        return self.folder / "server.conf"

    @property
    def exists(self) -> bool:
        return self.data.is_dir()

    def create(self, initdb: Path) -> None:
        """Makes the database files; after an interruption the next call begins anew."""
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self.account.make_own(unfinished)
        self.account.make_own(self.log.parent)
        made = self.account.run(
            initdb,
            f"--pgdata={unfinished}",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-instructions",
        )
        if made.returncode != 0:
            raise ServerError(f"initdb could not make a database in {self.folder}:\n{made.stdout}")
        os.rename(unfinished, self.data)

    def write_settings(self, durability: Durability, socket_folder: Path) -> None:
        """Writes server.conf for the next start."""
        text = (
            _SETTINGS.read_text() + f"\nunix_socket_directories = '{socket_folder}'\nunix_socket_permissions = 0700\n"
        )
        self.settings.write_text(text + (_NOT_DURABLE if durability is Durability.NONE else ""))
        self.settings.chmod(0o644)

    def make_socket_folder(self) -> Path:
        """A closed folder whose path fits into a socket address: beside the data, or else in the temporary folder."""
        beside = self.folder / "socket"
        if _fits(beside):
            self.account.make_own(beside)
            return beside
        elsewhere = Path(tempfile.mkdtemp(prefix="wharfinger-", dir="/tmp"))
        self.account.make_own(elsewhere)
        return elsewhere

    def drop_socket_folder(self, folder: Path | None) -> None:
        """After the server has ended: its lock file would stand in the way of the next one."""
        if folder is not None:
            with suppress(OSError):
                for name in (_SOCKET_NAME, _SOCKET_LOCK_NAME):
                    (folder / name).unlink(missing_ok=True)
                folder.rmdir()

    def rotate_log(self) -> None:
        """Puts a large log aside; the one before that is dropped."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES_MAX:
            os.replace(self.log, self.log.with_suffix(".log.1"))


def locate_cluster(data: Path) -> Cluster:
    """The cluster that belongs to the data folder, or the place for a new one."""
    pointer = data / "postgres-is-at"
    folder = Path(pointer.read_text().strip()) if pointer.exists() else data / "postgres"
    if (folder / "data").is_dir():
        return Cluster(folder, owner_account(folder / "data"))
    account = system_account() if os.geteuid() == 0 else current_account()
    if not account.can_enter(data):
        folder = _make_state_folder()
        pointer.write_text(f"{folder}\n")
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return Cluster(folder, account)


def _make_state_folder() -> Path:
    """A new folder each time: whoever deletes the data folder begins with an empty database."""
    try:
        _STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=_STATE, prefix="cluster-"))
    except OSError as error:
        raise ServerError(f"{error}. Choose a data folder outside /root with WHARFINGER_DATA.") from error
    folder.chmod(0o711)
    return folder


def _fits(folder: Path) -> bool:
    """Also no character that means something in a connection address or in a settings file."""
    path = str(folder / _SOCKET_LOCK_NAME)
    return len(path.encode()) <= _SOCKET_PATH_BYTES_MAX and _PLAIN_PATH.fullmatch(path) is not None

"""The operating-system user that PostgreSQL runs as.

PostgreSQL refuses to run as root, so root runs it as the system user `wharfinger`, which owns the cluster and nothing
else: not as `nobody`, whose files every other daemon without an own user could read, and not as `postgres`, whose
server may be another one. An existing cluster is always run by its owner.
"""

import os
import pwd
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_USER = "wharfinger"
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}
_USERADD = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")


class ServerError(Exception):
    """The embedded server cannot be made, started or stopped; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """A user of this machine, as which the programs of PostgreSQL run."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Whether this process runs as that user already."""
        return self.uid == os.geteuid()

    def run(self, *command: str | Path, cwd: Path = Path("/")) -> "subprocess.CompletedProcess[str]":
        """Runs a program to its end, in its own session: Ctrl-C in the terminal does not reach it."""
        return subprocess.run(  # noqa: S603 - only our own programs and paths
            [str(each) for each in command],
            cwd=cwd,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
            **self._identity(),
        )

    def _identity(self) -> Mapping[str, Any]:
        return {} if self.is_current else {"user": self.uid, "group": self.gid, "extra_groups": ()}

    def can_enter(self, folder: Path) -> bool:
        """Whether the user may pass through `folder`: asked of the kernel, which knows of every rule."""
        return self.run("test", "-x", folder).returncode == 0

    def make_own(self, folder: Path) -> None:
        """Makes `folder` if it is missing, owned by the user and closed to all others."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if not self.is_current:
            os.chown(folder, self.uid, self.gid)


def current_account() -> Account:
    """The user of this process."""
    return _account(os.geteuid())


def owner_account(folder: Path) -> Account:
    """The user to whom `folder` belongs, if this process may act as that user."""
    owner = _account(folder.stat().st_uid)
    if os.geteuid() not in (0, owner.uid):
        raise ServerError(
            f"The database in {folder} belongs to the user {owner.name}. Start as that user or as root, "
            "or choose another folder with WHARFINGER_DATA."
        )
    return owner


def system_account() -> Account:
    """The system user `wharfinger`, made at the first call. Only root may make it."""
    try:
        return _entry(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        pass
    said = _add_system_user()
    try:
        return _entry(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        raise ServerError(
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made: {said} "
            f"Make that user, or start as an ordinary user."
        ) from None


def _add_system_user() -> str:
    try:
        return current_account().run(*_USERADD, "--shell", "/bin/false", SYSTEM_USER).stdout.strip()
    except FileNotFoundError:
        return "there is no useradd here."


def _account(uid: int) -> Account:
    try:
        return _entry(pwd.getpwuid(uid))
    except KeyError:
        raise ServerError(f"PostgreSQL needs a user name, and the user number {uid} has none in /etc/passwd.") from None


def _entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)

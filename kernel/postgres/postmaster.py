"""The file postmaster.pid: whether a server runs on a cluster, and where its door is."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Postmaster:
    """A running server, as its file tells."""

    socket_folder: Path
    is_ready: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """The server of the cluster; None when there is none, whatever a killed one has left behind."""
    lines = _lines(data)
    if not lines or not _runs_on(lines[0], data):
        return None
    status = lines[7].strip() if len(lines) > 7 else "starting"
    return Postmaster(_socket_folder(lines) or Path(), is_ready=status == "ready")


def bury_postmaster(data: Path) -> Path | None:
    """Makes way for a new server after one was killed. Answers the dead one's socket folder.

    PostgreSQL would refuse to start while any process of its user bears the number in the file, and numbers are used
    again. Our own number is put in its place: PostgreSQL knows that its starter is no server, and it still looks in
    shared memory for survivors of the dead one, which deleting the file would prevent.
    """
    lines = _lines(data)
    if not lines:
        return None
    # The folder is the server's: root does not follow where a link in it leads.
    with open(data / "postmaster.pid", "w", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW)) as file:
        file.write("\n".join([str(os.getpid()), *lines[1:], ""]))
    return _socket_folder(lines)


def _lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _socket_folder(lines: list[str]) -> Path | None:
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _runs_on(pid: str, data: Path) -> bool:
    """Whether the process is a PostgreSQL on this cluster: its number alone proves nothing."""
    if not Path("/proc/self").exists():
        return _is_alive(int(pid))
    try:
        command = Path(f"/proc/{int(pid)}/cmdline").read_text(errors="surrogateescape").split("\0")
    except OSError:
        return False
    return os.path.basename(command[0]) == "postgres" and str(data) in map(os.path.realpath, command)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

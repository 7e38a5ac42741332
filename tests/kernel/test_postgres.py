"""The embedded server: whoever starts it, however often, and whatever was killed before."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.postgres import SUPERUSER, Beginning, Durability, EmbeddedServer, ServerError
from kernel.postgres.account import Account, current_account, owner_account
from kernel.postgres.programs import programs_for
from kernel.roles import connect


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that every account can pass."""
    made = Path(tempfile.mkdtemp(prefix="wharfinger-server-"))
    made.chmod(0o711)
    yield made
    EmbeddedServer(made).stop()
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A folder with a cluster that was started and stopped before. Each test leaves its server stopped."""
    made = Path(tempfile.mkdtemp(prefix="wharfinger-server-"))
    made.chmod(0o711)
    with EmbeddedServer(made).running():
        pass
    yield made
    shutil.rmtree(made)


def postmaster(folder: Path) -> int:
    """The process number of the running server."""
    return int((folder / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended but is not buried yet has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def kill_hard(pid: int) -> None:
    """kill -9, and waits until the process is gone."""
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(pid)


async def query(server: EmbeddedServer, statement: str) -> object:
    """The one value that the statement answers."""
    connection = await connect(server.url(SUPERUSER, "postgres"))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_the_first_start_makes_the_cluster_and_it_is_closed_to_others(folder: Path) -> None:
    server = EmbeddedServer(folder)
    assert server.start() is Beginning.CREATED
    assert (folder / "postgres/socket").stat().st_mode & 0o777 == 0o700
    assert (folder / "postgres/data").stat().st_mode & 0o777 == 0o700
    assert (folder / "postgres/data").stat().st_uid != 0
    assert await query(server, "SHOW listen_addresses") == ""
    assert await query(server, "SHOW fsync") == "on"
    assert await query(server, "SHOW timezone") == "UTC"
    assert await query(server, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
    server.stop()
    assert not (folder / "postgres/data/postmaster.pid").exists()


async def test_a_second_start_is_quick_and_finds_what_was_written(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    with server.running():
        await query(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    began = time.monotonic()
    with server.running():
        assert time.monotonic() - began < 2
        assert await query(server, "SELECT answer FROM kept") == 42
        await query(server, "DROP TABLE kept")


async def test_a_killed_server_recovers_and_loses_nothing(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    await query(server, "CREATE TABLE committed AS SELECT generate_series(1, 10000) AS number")
    kill_hard(postmaster(cluster))
    assert server.start() is Beginning.STARTED
    assert await query(server, "SELECT count(*) FROM committed") == 10000
    await query(server, "DROP TABLE committed")
    server.stop()


def test_a_dead_servers_number_may_belong_to_another_program(cluster: Path) -> None:
    server = EmbeddedServer(cluster)
    server.start()
    kill_hard(postmaster(cluster))
    owner = owner_account(cluster / "postgres/data")
    with subprocess.Popen(["/bin/sleep", "60"], user=owner.uid if os.geteuid() == 0 else None) as bystander:
        file = cluster / "postgres/data/postmaster.pid"
        _, _, rest = file.read_text().partition("\n")
        file.write_text(f"{bystander.pid}\n{rest}")
        assert server.start() is Beginning.STARTED
        assert bystander.poll() is None
        bystander.kill()
    server.stop()


_USER_OF_THE_SERVER = """
import sys, pathlib
from kernel.postgres import EmbeddedServer
print(EmbeddedServer(pathlib.Path(sys.argv[1])).start(), flush=True)
sys.stdin.read()
"""


def start_elsewhere(folder: Path) -> "subprocess.Popen[str]":
    """Another process that uses the server until it is killed."""
    return subprocess.Popen(
        [sys.executable, "-c", _USER_OF_THE_SERVER, folder],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_killed_process_leaves_the_server_to_the_next_one(cluster: Path) -> None:
    with start_elsewhere(cluster) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "started\n"
        running = postmaster(cluster)
        other.kill()
    server = EmbeddedServer(cluster)
    assert server.start() is Beginning.ADOPTED
    assert postmaster(cluster) == running
    server.stop()
    assert not is_alive(running)


def test_the_last_user_stops_the_server(cluster: Path) -> None:
    first, second = EmbeddedServer(cluster), EmbeddedServer(cluster)
    assert first.start() is Beginning.STARTED
    assert second.start() is Beginning.ADOPTED
    running = postmaster(cluster)
    first.stop()
    assert is_alive(running)
    second.stop()
    assert not is_alive(running)
    second.stop()


def test_two_starts_at_once_make_one_server(folder: Path) -> None:
    servers = [EmbeddedServer(folder, durability=Durability.NONE) for _ in range(2)]
    beginnings: list[Beginning] = []
    threads = [threading.Thread(target=lambda server=server: beginnings.append(server.start())) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(beginnings) == [Beginning.ADOPTED, Beginning.CREATED]
    for server in servers:
        server.stop()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(cluster: Path) -> None:
    with EmbeddedServer(cluster).running():
        assert os.getsid(postmaster(cluster)) != os.getsid(0)


@pytest.mark.parametrize("name", ["with spaces and 'quotes'", "colon:comma,", "deep" * 30, "größe"])
async def test_any_path_will_do(folder: Path, name: str) -> None:
    server = EmbeddedServer(folder / name, durability=Durability.NONE)
    with server.running():
        assert await query(server, "SELECT 1") == 1
        socket_folder = str(server.url(SUPERUSER, "postgres").query["host"])
        assert os.stat(socket_folder).st_mode & 0o777 == 0o700
        adopter = EmbeddedServer(folder / name)
        assert adopter.start() is Beginning.ADOPTED
        assert adopter.url(SUPERUSER, "postgres") == server.url(SUPERUSER, "postgres")
        adopter.stop()
    assert os.path.dirname(socket_folder) == str(folder / name / "postgres") or not os.path.exists(socket_folder)


def test_an_interrupted_creation_begins_anew(folder: Path) -> None:
    (folder / "postgres/data.unfinished").mkdir(parents=True, mode=0o711)
    (folder / "postgres/data.unfinished/PG_VERSION").write_text("18\n")
    with EmbeddedServer(folder, durability=Durability.NONE).running():
        assert not (folder / "postgres/data.unfinished").exists()


def test_a_failed_start_says_why(cluster: Path) -> None:
    changed = cluster / "postgres/data/postgresql.auto.conf"
    before = changed.read_text()
    changed.write_text("work_mem = 'a little'\n")
    with pytest.raises(ServerError, match=r'invalid value for parameter "work_mem": "a little"'):
        EmbeddedServer(cluster).start()
    changed.write_text(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")
class TestRoot:
    """What root's server must take care of."""

    def test_a_folder_that_the_account_cannot_pass_is_not_opened_up(self, folder: Path) -> None:
        private = folder / "private"
        private.mkdir(mode=0o700)
        server = EmbeddedServer(private / "data", durability=Durability.NONE)
        assert server.start() is Beginning.CREATED
        server.stop()
        elsewhere = Path((private / "data/postgres-is-at").read_text().strip())
        try:
            assert elsewhere.parent == Path("/var/lib/wharfinger")
            assert private.stat().st_mode & 0o777 == 0o700
            server = EmbeddedServer(private / "data")
            assert server.start() is Beginning.STARTED
            server.stop()
        finally:
            shutil.rmtree(elsewhere)

    def test_programs_that_the_account_cannot_reach_are_copied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Account, "can_enter", lambda _self, _folder: False)
        programs = programs_for(current_account())
        assert programs.is_relative_to("/var/cache/wharfinger")
        assert current_account().run(programs / "postgres", "--version").stdout.startswith("postgres (PostgreSQL) 18.")
        assert current_account().run(programs / "initdb", "--version").returncode == 0


_ORDINARY_USER = """
import os, pathlib, pwd, sys
from kernel.postgres import Durability, EmbeddedServer
from kernel.postgres.account import Account
from kernel.postgres.programs import programs_for
if os.geteuid() == 0:
    nobody = pwd.getpwnam("nobody")
    programs_for(Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid))
    os.chown(sys.argv[1], nobody.pw_uid, nobody.pw_gid)
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
for _ in range(2):
    with EmbeddedServer(pathlib.Path(sys.argv[1]), durability=Durability.NONE).running() as server:
        print(server.url("postgres", "postgres").database)
print(os.stat(sys.argv[1] + "/postgres/data").st_uid == os.geteuid() != 0)
"""


def test_an_ordinary_user_runs_the_server_as_itself(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ORDINARY_USER, folder],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("postgres\npostgres\nTrue\n", "")

"""The server of a process: how it ends, and what it says when it cannot begin."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from httpx import AsyncClient, HTTPError

from api.operations.allowance import USUAL, Allowance
from kernel.db import Database
from kernel.settings import Settings, SettingsError
from tests.architecture.sources import ROOT
from tests.conftest import EmptyDatabase
from tests.databases import CONTEXT_KEY
from tests.factories.outbox import eventually
from wharfinger.server import bind, trusted_documents


@pytest.mark.parametrize("reason", [signal.SIGINT, signal.SIGTERM])
async def test_a_server_that_is_asked_to_stop_lets_what_is_around_it_end(
    empty_database: EmptyDatabase, tmp_path: Path, reason: signal.Signals
) -> None:
    """The signal is not raised again behind the last request: the database would be left running."""
    async with _process(await empty_database(), tmp_path) as process:
        process.send_signal(reason)
        said, complained = await process.communicate()
    assert (process.returncode, said.decode()) == (0, "The database is stopped.\n")
    assert b"Traceback" not in complained
    assert b'"event": "serving"' in complained


def test_a_port_that_is_taken_is_told_before_anything_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"Nothing can be served at 127.0.0.1:{port}: .* WHARFINGER_PORT"):
            bind(Settings(port=port))


def test_a_manifest_that_cannot_be_used_is_told_before_anything_begins(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("[]")
    with pytest.raises(SettingsError, match=r"WHARFINGER_TRUSTED_DOCUMENTS: .*orders\.json is no manifest"):
        trusted_documents(Settings(trusted_documents=tmp_path))
    assert trusted_documents(Settings()) is None


def test_what_a_request_may_take_is_the_same_for_the_api_and_for_settings_that_are_not_set() -> None:
    settings = Settings()
    assert (
        Allowance(
            bytes_max=settings.request_bytes_max,
            tokens_max=settings.document_tokens_max,
            cost_max=settings.request_cost_max,
            seconds_max=settings.request_seconds_max,
        )
        == USUAL
    )


@asynccontextmanager
async def _process(database: Database, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server in a process of its own, once it answers."""
    app, worker = (engine.url.render_as_string(hide_password=False) for engine in (database.app, database.worker))
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM, app, worker, str(port), str(folder), CONTEXT_KEY.secret.decode()),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await eventually(lambda: _answers(port))
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def _answers(port: int) -> bool:
    try:
        async with AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{port}/graphql")).status_code == 401
    except HTTPError:
        return False


_PROGRAM = """
import sys
from pathlib import Path
from sqlalchemy.engine import make_url
from kernel.contexts import ContextKey
from kernel.settings import DatabaseUrls, Settings
from wharfinger.logs import configure_logs
from wharfinger.server import bind, trusted_documents, serve
from wharfinger.signin import make_sign_in

app, worker = map(make_url, sys.argv[1:3])
configure_logs(Settings.log_level)
settings = Settings(port=int(sys.argv[3]), data=Path(sys.argv[4]), development_issuer=True)
key = ContextKey.parse(sys.argv[5])
urls = DatabaseUrls(app=app, activate=worker, worker=worker, migrate=worker, context_key=key)
try:
    with bind(settings) as place:
        serve(settings, urls, make_sign_in(settings), place)
finally:
    print("The database is stopped.")
"""

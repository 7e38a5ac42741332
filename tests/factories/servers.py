"""Servers in processes of their own."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from httpx import AsyncClient, HTTPError

from kernel.db import Database
from tests.architecture.sources import ROOT
from tests.databases import CONTEXT_KEY
from tests.factories.outbox import eventually


@asynccontextmanager
async def server_process(database: Database, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """A server in a process of its own and its port, once it answers. `folder` keeps the key of its token issuer."""
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
        yield process, port
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

"""The server of a process: how it ends, and what it says when it cannot begin."""

import signal
import socket
from pathlib import Path

import pytest
from httpx import AsyncClient

from api.operations.allowance import USUAL, Allowance
from kernel.settings import Settings, SettingsError
from tests.conftest import EmptyDatabase
from tests.factories.servers import server_process
from wharfinger.server import bind, trusted_documents


@pytest.mark.parametrize("reason", [signal.SIGINT, signal.SIGTERM])
async def test_a_server_that_is_asked_to_stop_lets_what_is_around_it_end(
    empty_database: EmptyDatabase, tmp_path: Path, reason: signal.Signals
) -> None:
    """The signal is not raised again behind the last request: the database would be left running."""
    async with server_process(await empty_database(), tmp_path) as (process, _):
        process.send_signal(reason)
        said, complained = await process.communicate()
    assert (process.returncode, said.decode()) == (0, "The database is stopped.\n")
    assert b"Traceback" not in complained
    assert b'"event": "serving"' in complained


async def test_an_address_that_a_caller_names_is_not_believed(empty_database: EmptyDatabase, tmp_path: Path) -> None:
    """Who tries tokens would have as many attempts as there are addresses."""
    attempts = Settings().sign_in_failures_per_minute + 1
    async with server_process(await empty_database(), tmp_path) as (_, port), AsyncClient() as client:
        for n in range(attempts):
            headers = {"Authorization": f"Bearer guess.{n}", "X-Forwarded-For": f"192.0.2.{n}"}
            answer = await client.post(f"http://127.0.0.1:{port}/graphql", headers=headers, json={"query": "{ a }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


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

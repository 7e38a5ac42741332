"""Settings: defaults, an external database, and a clear word for every wrong value."""

from pathlib import Path

import pytest

from kernel.readers import Pooling
from kernel.settings import LogLevel, Settings, SettingsError

_EXTERNAL = {
    f"WHARFINGER_DATABASE_URL_{role.upper()}": f"postgresql://wharfinger_{role}:secret@db.example:5433/wharfinger"
    for role in ("app", "activate", "worker", "migrate")
}
_KEY = {"WHARFINGER_CONTEXT_KEY": "0123456789abcdef0123456789abcdef"}


def test_nothing_set_means_the_embedded_server_on_this_machine() -> None:
    assert Settings.from_environment({}) == Settings(
        databases=None, data=Path(".wharfinger"), host="127.0.0.1", port=8000, log_level=LogLevel.INFO
    )


def test_empty_is_absent() -> None:
    assert Settings.from_environment({"WHARFINGER_PORT": " ", "WHARFINGER_ISSUER": ""}) == Settings()


def test_an_external_database_has_one_address_per_role() -> None:
    databases = Settings.from_environment({**_EXTERNAL, **_KEY}).databases
    assert databases is not None
    assert databases.app.render_as_string(hide_password=False) == (
        "postgresql+asyncpg://wharfinger_app:secret@db.example:5433/wharfinger"
    )
    assert databases.migrate.username == "wharfinger_migrate"
    assert databases.context_key.secret == _KEY["WHARFINGER_CONTEXT_KEY"].encode()


@pytest.mark.parametrize("value", ["", "too short", "0123456789abcdef 0123456789abcdef", "ö" * 32])
def test_an_external_database_needs_a_key_for_contexts(value: str) -> None:
    with pytest.raises(SettingsError, match="WHARFINGER_CONTEXT_KEY"):
        Settings.from_environment({**_EXTERNAL, "WHARFINGER_CONTEXT_KEY": value})


def test_sslmode_is_understood() -> None:
    said = {name: f"{url}?sslmode=require" for name, url in _EXTERNAL.items()}
    databases = Settings.from_environment({**said, **_KEY}).databases
    assert databases is not None
    assert databases.app.query == {"ssl": "require"}


def test_a_proxy_that_pools_transactions_stands_before_an_external_database() -> None:
    pooling = {"WHARFINGER_POOLING": "Transaction"}
    said = [Settings.from_environment({**_EXTERNAL, **_KEY, **each}).databases for each in ({}, pooling)]
    assert [each.pooling for each in said if each is not None] == [Pooling.SESSION, Pooling.TRANSACTION]
    with pytest.raises(SettingsError, match="WHARFINGER_POOLING"):
        Settings.from_environment(pooling)


def test_everything_can_be_said(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}")
    said = {
        "WHARFINGER_DATA": str(tmp_path),
        "WHARFINGER_HOST": "0.0.0.0",  # noqa: S104 - only read here
        "WHARFINGER_PORT": "9000",
        "WHARFINGER_LOG_LEVEL": "DEBUG",
        "WHARFINGER_ISSUER": "https://sign-in.example",
        "WHARFINGER_AUDIENCE": "wharfinger",
        "WHARFINGER_JWKS_FILE": str(keys),
        "WHARFINGER_DEVELOPMENT_ISSUER": "yes",
        "WHARFINGER_TRUSTED_DOCUMENTS": str(tmp_path),
        "WHARFINGER_ORIGINS": "https://console.example/, http://localhost:5173",
        "WHARFINGER_SUGGESTIONS": "no",
    }
    assert Settings.from_environment(said) == Settings(
        data=tmp_path,
        host="0.0.0.0",  # noqa: S104 - only compared here
        port=9000,
        log_level=LogLevel.DEBUG,
        issuer="https://sign-in.example",
        audience="wharfinger",
        jwks_file=keys,
        development_issuer=True,
        trusted_documents=tmp_path,
        origins=("https://console.example", "http://localhost:5173"),
        graphiql=True,
        introspection=True,
        suggestions=False,
    )


def test_every_limit_can_be_said() -> None:
    said = {
        "WHARFINGER_COMMAND_CONNECTIONS": "4",
        "WHARFINGER_READ_CONNECTIONS": "8",
        "WHARFINGER_REQUEST_SECONDS_MAX": "5",
        "WHARFINGER_REQUEST_BYTES_MAX": "1048576",
        "WHARFINGER_DOCUMENT_TOKENS_MAX": "5000",
        "WHARFINGER_REQUEST_COST_MAX": "600",
        "WHARFINGER_PROXIES": "10.0.0.7, fd00::/8",
    }
    assert Settings.from_environment(said) == Settings(
        command_connections=4,
        read_connections=8,
        request_seconds_max=5,
        request_bytes_max=1024 * 1024,
        document_tokens_max=5000,
        request_cost_max=600,
        proxies=("10.0.0.7", "fd00::/8"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "²"),
        ("REQUEST_SECONDS_MAX", "0"),
        ("REQUEST_BYTES_MAX", "1000"),
        ("READ_CONNECTIONS", "0"),
        ("COMMAND_CONNECTIONS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("POOLING", "statement"),
        ("DEVELOPMENT_ISSUER", "maybe"),
        ("JWKS_FILE", "/nowhere/keys.json"),
        ("JWKS_URL", "sign-in.example/keys"),
        ("DATA", __file__),
        ("PROXIES", "proxy.example"),
        ("PROXIES", "10.0.0.1/8"),
        ("TRUSTED_DOCUMENTS", "/nowhere/persisted-documents.json"),
        ("DATABASE_URL_APP", "no address"),
        ("DATABASE_URL_APP", "mysql://wharfinger_app@db.example/wharfinger"),
        ("DATABASE_URL_APP", "postgresql://db.example"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^WHARFINGER_{name}: "):
        Settings.from_environment({f"WHARFINGER_{name}": value})


def test_a_forgotten_address_is_named() -> None:
    forgotten = "WHARFINGER_DATABASE_URL_WORKER"
    with pytest.raises(SettingsError, match=f"Set {forgotten} too"):
        Settings.from_environment({name: url for name, url in _EXTERNAL.items() if name != forgotten})


def test_keys_need_an_issuer_and_an_audience() -> None:
    with pytest.raises(SettingsError, match="WHARFINGER_ISSUER and WHARFINGER_AUDIENCE"):
        Settings.from_environment({"WHARFINGER_JWKS_URL": "https://sign-in.example/keys"})

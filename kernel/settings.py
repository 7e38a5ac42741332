"""Settings: everything that the surroundings decide, read once from variables that begin with WHARFINGER_.

With no database address the embedded server is used; with addresses there is one per role, because each process part
signs in as the role that may do its work and no more.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from kernel.contexts import ContextKey
from kernel.db import COMMAND_CONNECTIONS, READ_CONNECTIONS
from kernel.readers import Pooling

_PREFIX = "WHARFINGER_"
_DATABASE_VARIABLES = tuple(f"DATABASE_URL_{role}" for role in ("APP", "ACTIVATE", "WORKER", "MIGRATE"))
_DRIVERS = {"postgresql", "postgres", "postgresql+asyncpg"}
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
_SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

T = TypeVar("T")


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the text names it."""


class LogLevel(StrEnum):
    """From which gravity on the log speaks."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class DatabaseUrls:
    """One address per login role of an external server."""

    app: URL
    activate: URL
    worker: URL
    migrate: URL
    context_key: ContextKey
    """What the contexts of statements are signed with (contexts.py)."""
    pooling: Pooling = Pooling.SESSION
    """What a connection to `app` or `activate` is; one to `worker` or `migrate` is always a session of PostgreSQL."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process."""

    databases: DatabaseUrls | None = None
    """Empty: the embedded server, with its files in `data`."""
    data: Path = Path(".wharfinger")
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: LogLevel = LogLevel.INFO
    command_connections: int = COMMAND_CONNECTIONS
    """How many connections to the database commands share at most ..."""
    read_connections: int = READ_CONNECTIONS
    """... and how many reads have besides."""
    request_seconds_max: int = 30
    """After this a request is stopped, and its statement with it."""
    request_bytes_max: int = 256 * 1024
    """How large a request may be: a body, a query string, a message on a WebSocket."""
    document_tokens_max: int = 3_000
    """How long a GraphQL document may be: Python needs 15 microseconds for each token of one that is new."""
    request_cost_max: int = 25_000
    """How many rows a request may ask for at worst."""
    cost_per_minute: int = 1_000_000
    """How many rows the requests of one person, or of one API key that says nothing else, may ask for in a minute."""
    sign_in_failures_per_minute: int = 60
    """How often credentials that are not believed may come from one address, or name one API key, in a minute."""
    issuer: str | None = None
    """Who signs the tokens that we accept (`iss`)."""
    audience: str | None = None
    """For whom they must be meant (`aud`)."""
    jwks_file: Path | None = None
    """The issuer's public keys in a file ..."""
    jwks_url: str | None = None
    """... or at an address."""
    development_issuer: bool = False
    """Sign tokens for the demo's personas ourselves: never where anyone else can reach the server."""
    trusted_documents: Path | None = None
    """The manifest of the documents that may run, or a folder of manifests; empty: any document may."""
    origins: tuple[str, ...] = ()
    """The web origins whose pages may call the API."""
    proxies: tuple[str, ...] = ()
    """The addresses or networks of the proxies in front, which are believed when they name the client's address."""
    graphiql: bool = False
    """Show browsers a page to try the API on. This and the next two are on with the development issuer."""
    introspection: bool = False
    """Tell the schema to who asks for it."""
    suggestions: bool = False
    """Tell of a name that does not exist which one may have been meant."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads and checks every variable. Raises SettingsError."""
        read = _Reader(environment)
        development = read("DEVELOPMENT_ISSUER", _switch, cls.development_issuer)
        settings = cls(
            databases=_databases(read),
            data=read("DATA", _folder, cls.data),
            host=read("HOST", str, cls.host),
            port=read("PORT", _between(1, 65535), cls.port),
            log_level=read("LOG_LEVEL", _log_level, cls.log_level),
            command_connections=read("COMMAND_CONNECTIONS", _between(1, 1000), cls.command_connections),
            read_connections=read("READ_CONNECTIONS", _between(1, 1000), cls.read_connections),
            request_seconds_max=read("REQUEST_SECONDS_MAX", _between(1, 3600), cls.request_seconds_max),
            request_bytes_max=read("REQUEST_BYTES_MAX", _between(1024, 64 * 1024 * 1024), cls.request_bytes_max),
            document_tokens_max=read("DOCUMENT_TOKENS_MAX", _between(100, 100_000), cls.document_tokens_max),
            request_cost_max=read("REQUEST_COST_MAX", _between(1, 10_000_000), cls.request_cost_max),
            cost_per_minute=read("COST_PER_MINUTE", _between(1, 1_000_000_000), cls.cost_per_minute),
            sign_in_failures_per_minute=read(
                "SIGN_IN_FAILURES_PER_MINUTE", _between(1, 1_000_000), cls.sign_in_failures_per_minute
            ),
            issuer=read("ISSUER", str, None),
            audience=read("AUDIENCE", str, None),
            jwks_file=read("JWKS_FILE", _file, None),
            jwks_url=read("JWKS_URL", _web_address, None),
            trusted_documents=read("TRUSTED_DOCUMENTS", _place, None),
            development_issuer=development,
            origins=read("ORIGINS", _origins, cls.origins),
            proxies=read("PROXIES", _networks, cls.proxies),
            graphiql=read("GRAPHIQL", _switch, development),
            introspection=read("INTROSPECTION", _switch, development),
            suggestions=read("SUGGESTIONS", _switch, development),
        )
        _check_tokens(settings)
        return settings


class _Reader:
    """Reads one variable: absent and empty are the same."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __call__(self, name: str, parse: Callable[[str], T], default: T) -> T:
        value = self._environment.get(_PREFIX + name, "").strip()
        if not value:
            return default
        try:
            return parse(value)
        except ValueError as error:
            raise SettingsError(f"{_PREFIX}{name}: {error}") from None


def _databases(read: _Reader) -> DatabaseUrls | None:
    urls = {name: read(name, _database_url, None) for name in _DATABASE_VARIABLES}
    pooling = read("POOLING", _pooling, DatabaseUrls.pooling)
    missing = [_PREFIX + name for name, url in urls.items() if url is None]
    if len(missing) == len(urls):
        if pooling is Pooling.TRANSACTION:
            raise SettingsError(f"Leave out {_PREFIX}POOLING, or set the addresses of an external database.")
        return None
    if missing:
        raise SettingsError(
            f"Set {', '.join(missing)} too: an external database has one address per role, all or none."
        )
    key = read("CONTEXT_KEY", ContextKey.parse, None)
    if key is None:
        raise SettingsError(
            f"Set {_PREFIX}CONTEXT_KEY too: a secret, the same for all processes, such as `openssl rand -hex 32` makes."
        )
    app, activate, worker, migrate = (url for url in urls.values() if url is not None)
    return DatabaseUrls(app=app, activate=activate, worker=worker, migrate=migrate, context_key=key, pooling=pooling)


def _check_tokens(settings: Settings) -> None:
    if settings.jwks_file and settings.jwks_url:
        raise SettingsError(f"Set {_PREFIX}JWKS_FILE or {_PREFIX}JWKS_URL, not both.")
    if not (settings.jwks_file or settings.jwks_url):
        return
    if settings.issuer is None or settings.audience is None:
        raise SettingsError(f"Set {_PREFIX}ISSUER and {_PREFIX}AUDIENCE too: keys alone do not say whose tokens count.")


def _database_url(value: str) -> URL:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError("not a database address such as postgresql://user:password@host:5432/name.") from None
    if url.drivername not in _DRIVERS:
        raise ValueError(f"{url.drivername} is not PostgreSQL; the address begins with postgresql://.")
    if not url.username or not url.database:
        raise ValueError("the address must name the user and the database.")
    url = url.set(drivername="postgresql+asyncpg")
    if "sslmode" not in url.query:
        return url
    # The name that every other client uses; asyncpg calls the same values ssl.
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError(f"{value} is not a folder.")
    return path


def _file(value: str) -> Path:
    path = Path(value).expanduser()
    if not path.is_file():
        raise ValueError(f"there is no file {value}.")
    return path


def _place(value: str) -> Path:
    path = Path(value).expanduser()
    if not path.exists():
        raise ValueError(f"there is no file or folder {value}.")
    return path


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(value: str) -> int:
        if not value.isascii() or not value.isdecimal() or not least <= int(value[:20]) <= most:
            raise ValueError(f"{value!r} is not a whole number from {least} to {most}.")
        return int(value)

    return number


def _log_level(value: str) -> LogLevel:
    if value.lower() not in set(LogLevel):
        raise ValueError(f"{value!r} is none of {', '.join(LogLevel)}.")
    return LogLevel(value.lower())


def _pooling(value: str) -> Pooling:
    if value.lower() not in set(Pooling):
        raise ValueError(f"{value!r} is none of {', '.join(Pooling)}.")
    return Pooling(value.lower())


def _web_address(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise ValueError(f"{value!r} does not begin with https://.")
    return value


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(origin.strip().rstrip("/").lower() for origin in value.split(",") if origin.strip())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is not an origin such as https://console.example.")
    return origins


def _networks(value: str) -> tuple[str, ...]:
    networks = tuple(each.strip() for each in value.split(",") if each.strip())
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise ValueError(f"{network!r} is not an address or a network such as 10.0.0.0/8.") from None
    return networks


def _switch(value: str) -> bool:
    if value.lower() not in _SWITCH:
        raise ValueError(f"{value!r} is neither yes nor no.")
    return _SWITCH[value.lower()]

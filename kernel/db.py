"""Connections and set-based statements.

`Database` holds the connections of each login role that this process may use. A `RowContext` (contexts.py) says which
rows the caller may see and write; signed, it is in force in PostgreSQL for every statement (see authz/wall for what the
database makes of it). Statements work on sets: `insert_rows` and `GivenRows` turn many rows into one statement with one
parameter, whose text stays the same for any number of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from asyncpg.pgproto import pgproto
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Subquery,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    event,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.schema import Table
from sqlalchemy.sql.dml import Insert
from sqlalchemy.types import TypeEngine

from kernel.contexts import ContextKey, Signer
from kernel.memory import Memory
from kernel.readers import Pooling, Readers
from kernel.tables import Base
from kernel.writers import CONNECTION_WAIT_SECONDS, Writers

COMMAND_CONNECTIONS = 16
READ_CONNECTIONS = 16
WORKER_CONNECTIONS = 4
OVERSIGHT_CONNECTIONS = 2
# The texts of statements may be long, and asyncpg would otherwise prepare long ones anew each time.
_SESSION = {"server_settings": {"application_name": "wharfinger"}, "max_cacheable_statement_size": 0}


class Database:
    """The connections of this process: `app` runs commands, `readers` compiled reads, `worker` jobs and streams.

    `oversight` sees what the worker sees, for those who answer for the access policy: however long their questions
    take, they wait for each other only. `memory` has PostgreSQL remember the contexts that the first two carry.
    """

    def __init__(
        self,
        *,
        app: Writers,
        readers: Readers,
        worker: AsyncEngine,
        oversight: AsyncEngine,
        memory: Memory | None = None,
    ) -> None:
        self.app = app
        self.readers = readers
        self.worker = worker
        self.oversight = oversight
        self._memory = memory

    @classmethod
    def connect(
        cls,
        *,
        app: URL,
        worker: URL,
        key: ContextKey,
        commands: int = COMMAND_CONNECTIONS,
        reads: int = READ_CONNECTIONS,
        pooling: Pooling = Pooling.SESSION,
    ) -> "Database":
        """Makes the pools; connections open on first use. The worker's own connections pass by any proxy."""
        memory = Memory(worker)
        signer = Signer(key, remember=memory.remember)
        return cls(
            app=Writers(app, size=commands, signer=signer, pooling=pooling),
            readers=Readers(app, size=reads, wait_seconds=CONNECTION_WAIT_SECONDS, signer=signer, pooling=pooling),
            worker=make_engine(worker, pool_size=WORKER_CONNECTIONS),
            oversight=make_engine(worker, pool_size=OVERSIGHT_CONNECTIONS),
            memory=memory,
        )

    async def close(self) -> None:
        """Closes every connection."""
        await self.readers.close()
        await self.app.close()
        if self._memory is not None:
            await self._memory.close()
        await self.worker.dispose()
        await self.oversight.dispose()


def make_engine(url: URL, *, pool_size: int, wait_seconds: float = CONNECTION_WAIT_SECONDS) -> AsyncEngine:
    """An engine over asyncpg, for work that is no request's: READ COMMITTED, statements prepared, JSON by orjson."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=wait_seconds,
        json_serializer=_encode_json,
        json_deserializer=orjson.loads,
        connect_args=_SESSION,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Has the pool replace a connection that the server closed meanwhile. The driver knows; no question is sent."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _encode_json(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    """What JSON has no form for: decimals as plain text, so that none is rounded; named tuples by their names."""
    if type(value) is _DRIVERS_UUID:  # the most frequent by far
        return str(value)
    if isinstance(value, Decimal):
        written = str(value)
        return format(value, "f") if "E" in written else written
    return value._asdict() if isinstance(value, tuple) and hasattr(value, "_asdict") else str(value)


class GivenRows:
    """Rows that a statement is given as lines of JSON, taken apart by `json_to_record`.

    The text of the statement stays the same for any number of rows. So the driver takes a fraction of the time that an
    array for each column takes, PostgreSQL the same (docs/decisions/measuring.md), and it expects a few rows, as it
    does not of one JSON text with all of them. Inside a line of JSON no line ends. The parameter carries the alias in
    its name, because SQLAlchemy takes a parameter that is named like a column of an UPDATE for a value to set.
    """

    def __init__(self, alias: str, **columns: TypeEngine[Any]) -> None:
        self._parameter = f"{alias}__rows"
        given = func.unnest(func.string_to_array(bindparam(self._parameter, type_=Text()), _LINE_END))
        texts = given.table_valued("line").render_derived(name="given")
        record = func.json_to_record(cast(texts.c.line, JSON()))
        typed = record.table_valued(*(column(name, kind) for name, kind in columns.items()))
        rows = typed.render_derived(name="taken", with_types=True)
        self.rows: Subquery = select(*rows.c).select_from(texts).join(rows, true()).subquery(alias)
        self.c = self.rows.c
        self.names = tuple(columns)

    def parameters(self, rows: Iterable[Sequence[Any]]) -> dict[str, str]:
        """The parameter for these rows, whose values stand in the order of the columns."""
        return self.of_mappings(dict(zip(self.names, row, strict=True)) for row in rows)

    def of_mappings(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
        """The parameter for rows that name their columns."""
        return {self._parameter: "\n".join(map(_encode_json, rows))}


class WrittenRows:
    """Rows that are only inserted, as one JSON text, taken apart by `json_to_recordset`.

    That takes two thirds of the time that lines of JSON take (docs/decisions/measuring.md). PostgreSQL expects a
    hundred rows of it, on which nothing depends where they are joined with nothing.
    """

    def __init__(self, alias: str, **columns: TypeEngine[Any]) -> None:
        self._parameter = f"{alias}__rows"
        given = func.json_to_recordset(cast(bindparam(self._parameter, type_=Text()), JSON()))
        named = given.table_valued(*(column(name, kind) for name, kind in columns.items()), name=alias)
        self.c = named.render_derived(with_types=True).c
        self.names = tuple(columns)

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """The parameter for these rows."""
        columns = set(self.names)
        assert all(row.keys() == columns for row in rows), "every row has the same columns"
        return {self._parameter: _encode_json(rows)}


_LINE_END: ColumnElement[str] = literal_column("E'\\n'", Text())

_DRIVERS_UUID = pgproto.UUID


async def insert_rows(connection: AsyncConnection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes all rows with one statement. Every row has the same keys, which are column names of `model`."""
    if rows:
        made = insertion_of(model, tuple(rows[0]))
        result = await connection.execute(made.statement, made.parameters(rows))
        assert result.rowcount == len(rows), f"{model.__tablename__}: {result.rowcount} of {len(rows)} rows inserted"


@dataclass(frozen=True, eq=False)
class Insertion:
    """The statement that writes rows with certain columns into a table."""

    given: WrittenRows
    statement: Insert

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """The parameter for these rows."""
        return self.given.parameters(rows)


@lru_cache(maxsize=512)
def insertion_of(model: type[Base], columns: tuple[str, ...]) -> Insertion:
    """The one statement for this table and these columns."""
    table = model.__table__
    assert isinstance(table, Table)
    given = WrittenRows(f"new_{table.name}", **{name: table.c[name].type for name in columns})
    chosen = select(*(given.c[name] for name in columns))
    return Insertion(given, insert(table).from_select(list(columns), chosen, include_defaults=False))


def json_text(value: Any) -> str | None:
    """A value as the text of a JSON column."""
    return None if value is None else _encode_json(value)


def any_of(column_: Any, parameter: str, kind: TypeEngine[Any] | None = None) -> Any:
    """`column = ANY(:parameter)` with one bound array, so that the statement's text does not grow with the list."""
    kind = kind or Uuid()
    return column_ == func.any(cast(bindparam(parameter, type_=ARRAY(kind)), ARRAY(kind)))


def among(column_: Any, values: Iterable[str]) -> Any:
    """`column` is one of these known texts, as one array: SQLAlchemy's IN writes its text anew for each execution."""
    listed = bindparam("among", [str(value) for value in values], type_=ARRAY(Text()), unique=True)
    return column_ == func.any(cast(listed, ARRAY(Text())))

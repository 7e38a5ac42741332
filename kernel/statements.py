"""Statements as the driver runs them.

SQLAlchemy writes the text of a statement once, and asyncpg runs it: SQLAlchemy's own execution takes three times as
much of the processor as the driver needs, for each of the twenty statements of an operation (docs/decisions/
measuring.md). Results are SQLAlchemy's rows all the same. Errors are asyncpg's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, Executable, IteratorResult, Result, SelectBase
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from kernel.db import check_inserted, insertion, json_text
from kernel.tables import Base

KEPT_MAX = 2_000

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class DriverStatement:
    """The text for asyncpg, the names of its parameters in their order, and the values that the statement brings."""

    text: str
    parameters: tuple[tuple[str, Convert | None], ...]
    fixed: Mapping[str, Any]
    columns: SimpleResultMetaData

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of one run."""
        values = {**self.fixed, **given}
        return [values[name] if encode is None else encode(values[name]) for name, encode in self.parameters]


async def fetch(connection: AsyncConnection, statement: Executable, given: Mapping[str, Any]) -> Result[Any]:
    """Runs a statement that answers rows, in the transaction that the connection has begun."""
    made = driver_statement(statement)
    rows = await driver_of(connection).fetch(made.text, *made.arguments(given))
    return IteratorResult(made.columns, iter(rows))


async def write(connection: AsyncConnection, statement: Executable, given: Mapping[str, Any]) -> int:
    """Runs a statement that answers no rows, likewise. Answers how many rows it touched."""
    made = driver_statement(statement)
    status: str = await driver_of(connection).execute(made.text, *made.arguments(given))
    return int(status.rpartition(" ")[2])


async def insert(connection: AsyncConnection, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes all rows with one statement, likewise. Every row has the same keys, which are column names of `model`."""
    if rows:
        check_inserted(model, rows, await write(connection, *insertion(model, rows)))


def driver_of(connection: AsyncConnection) -> Any:
    """asyncpg's own connection. SQLAlchemy begins a transaction with its first statement, and must have done so."""
    sync = connection.sync_connection
    assert sync is not None, "the connection was not opened"
    driver: Any = sync.connection.driver_connection
    assert driver.is_in_transaction(), "the driver would commit each statement by itself"
    return driver


@lru_cache(maxsize=KEPT_MAX)
def driver_statement(statement: Executable) -> DriverStatement:
    """What a statement is for the driver. Statements are kept by identity: they are constants of their modules."""
    assert isinstance(statement, SelectBase | UpdateBase), "only SELECT, INSERT, UPDATE and DELETE"
    made = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    assert not made.prefetch, f"defaults that SQLAlchemy would compute: {made}"
    return DriverStatement(
        text=str(made),
        parameters=tuple((name, _encoder(made.binds[name].type)) for name in made.positiontup or ()),
        fixed=made.params,
        columns=SimpleResultMetaData([str(each.key) for each in statement.exported_columns]),
    )


def _encoder(kind: TypeEngine[Any]) -> Convert | None:
    """What SQLAlchemy does to a value before the driver gets it. A list of values that need nothing needs nothing."""
    if isinstance(kind, ARRAY) and _encoder(kind.item_type) is None:
        return None
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


_DIALECT: Dialect = asyncpg_dialect(json_serializer=json_text)  # type: ignore[no-untyped-call]

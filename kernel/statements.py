"""Statements as the driver runs them.

SQLAlchemy writes the text of a statement once, and asyncpg runs it: SQLAlchemy's own execution takes three times as
much of the processor, and an operation has many statements (docs/decisions/measuring.md). Rows (rows.py) and errors
are the driver's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Executable,
    Integer,
    ScalarSelect,
    SelectBase,
    Update,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.types import TypeEngine

from kernel.db import Insertion, insertion_of, json_text
from kernel.opening import Driver
from kernel.rows import Row, Rows, row_class
from kernel.tables import Base

KEPT_MAX = 2_000

Convert = Callable[[Any], Any]
Given = Sequence[Mapping[str, Any]]
"""Rows to be written, each with the same keys, which are names of columns."""


@dataclass(frozen=True)
class DriverStatement:
    """The text for asyncpg, the names of its parameters in their order, and the values that the statement brings."""

    text: str
    parameters: tuple[tuple[str, Convert | None], ...]
    fixed: Mapping[str, Any]
    row: type[Row]

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of one run."""
        values = {**self.fixed, **given}
        return [values[name] if encode is None else encode(values[name]) for name, encode in self.parameters]


async def fetch(driver: Driver, statement: Executable, given: Mapping[str, Any]) -> Rows[Row]:
    """Runs a statement that answers rows: in the transaction that has begun on the connection, or by itself."""
    made = driver_statement(statement)
    return Rows(await driver.fetch(made.text, *made.arguments(given), record_class=made.row))


async def write(driver: Driver, statement: Executable, given: Mapping[str, Any]) -> int:
    """Runs a statement that answers no rows, likewise. Answers how many rows it touched."""
    made = driver_statement(statement)
    status: str = await driver.execute(made.text, *made.arguments(given))
    return int(status.rpartition(" ")[2])


async def insert(driver: Driver, model: type[Base], rows: Given) -> None:
    """Writes all rows with one statement, likewise. Every row has the same keys, which are column names of `model`."""
    if rows:
        made = insertion_of(model, tuple(rows[0]))
        _check(model, rows, await write(driver, made.statement, made.parameters(rows)))


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row that is changed together with what is inserted."""

    statement: Update
    given: Mapping[str, Any]


async def insert_all(driver: Driver, rows_of: Mapping[type[Base], Given], *, change: Change | None = None) -> None:
    """Writes rows into several tables with one statement, likewise, and changes a row with it.

    They may refer to each other: PostgreSQL checks foreign keys at the end of the statement.
    """
    written = {model: rows for model, rows in rows_of.items() if rows}
    if not written:
        assert change is None, "a row is changed together with others, and there are none"
        return
    made = {model: insertion_of(model, tuple(rows[0])) for model, rows in written.items()}
    given = {name: value for model, rows in written.items() for name, value in made[model].parameters(rows).items()}
    together = _together(tuple(made.items()), change.statement if change else None)
    counts = (await fetch(driver, together, {**given, **(change.given if change else {})})).one()
    for (model, rows), count in zip(written.items(), counts, strict=False):
        _check(model, rows, count)
    assert change is None or counts[-1] == 1, f"{counts[-1]} rows changed where 1 was meant: {change.statement}"


def _check(model: type[Base], rows: Given, count: int) -> None:
    assert count == len(rows), f"{model.__tablename__}: {count} of {len(rows)} rows inserted"


@lru_cache(maxsize=KEPT_MAX)
def _together(made: tuple[tuple[type[Base], Insertion], ...], change: Update | None) -> Executable:
    """All insertions and the change in one statement, which answers how many rows each has written."""
    inserted = (_counted(insertion.statement, f"inserted_{model.__tablename__}") for model, insertion in made)
    return select(*inserted, *([] if change is None else [_counted(change, "changed")]))


def _counted(written: Insert | Update, name: str) -> ScalarSelect[int]:
    # A constant is returned, because who may insert a row may not always read it.
    rows = written.returning(literal_column("1", Integer())).cte(name)
    return select(func.count()).select_from(rows).scalar_subquery()


@lru_cache(maxsize=KEPT_MAX)
def driver_statement(statement: Executable) -> DriverStatement:
    """What a statement is for the driver. Statements are kept by identity: they are constants of their modules."""
    assert isinstance(statement, SelectBase | UpdateBase), "only SELECT, INSERT, UPDATE and DELETE"
    made = statement.compile(dialect=_DIALECT)
    assert isinstance(made, SQLCompiler)
    assert not made.prefetch, f"defaults are the database's, not SQLAlchemy's: {made}"
    given = {name: None for name, bind in made.binds.items() if bind.required}
    # Lists of constants (IN) become as many parameters.
    expanded = made.construct_expanded_state(given)
    own = {name: value for name, value in expanded.parameters.items() if name not in given}
    kinds = {name: bind.type for name, bind in made.binds.items()}
    encoders = {name: _encoder(kinds[name]) if name in kinds else None for name in expanded.positiontup or ()}
    return DriverStatement(
        text=expanded.statement,
        parameters=tuple(encoders.items()),
        fixed=own,
        row=row_class(tuple(str(each.key) for each in statement.exported_columns)),
    )


def _encoder(kind: TypeEngine[Any]) -> Convert | None:
    """What SQLAlchemy does to a value before the driver gets it. A list of values that need nothing needs nothing."""
    if isinstance(kind, ARRAY) and _encoder(kind.item_type) is None:
        return None
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


_DIALECT: Dialect = asyncpg_dialect(json_serializer=json_text)  # type: ignore[no-untyped-call]

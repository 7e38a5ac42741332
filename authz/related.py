"""Related rows: what a decision on one row must know of others, where a condition asks whether some exist."""

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Select, Uuid, bindparam, select
from sqlalchemy.schema import Table

from authz.policies.conditions.python import RowValues
from authz.policies.conditions.sql import relation_key
from kernel.rows import Row, Rows

Execute = Callable[[Executable, dict[str, Any]], Awaitable[Rows[Row]]]
"""Runs a statement with its parameters, by whose rights is the caller's choice."""


async def with_related(execute: Execute, table: Table, row: Row | RowValues, names: Iterable[str]) -> RowValues:
    """The row of a table with the rows of these other tables that refer to it; mostly none are asked for."""
    values: dict[str, Any] = dict(row.mapping if isinstance(row, Row) else row)
    for name in sorted(names):
        statement, columns = _related(table, name)
        given = {f"of_{column}": values[column] for column in columns}
        values[name] = (await execute(statement, given)).mappings().all()
    return values


@lru_cache(maxsize=64)
def _related(table: Table, name: str) -> tuple[Select[Any], tuple[str, ...]]:
    """The rows of another table that refer to a row, and the columns of it to which they refer."""
    related = table.metadata.tables[name]
    ties = {each.parent.name: each.column.name for each in relation_key(related, table).elements}
    same = (related.c[own] == bindparam(f"of_{there}", type_=Uuid()) for own, there in ties.items())
    return select(related).where(*same), tuple(ties.values())

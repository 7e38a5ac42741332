"""What columns mean: which tell the rows of a table apart, and which an expression reads."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Index
from sqlalchemy.schema import Table
from sqlalchemy.sql import visitors


def unique_columns(table: Table) -> Iterator[frozenset[str]]:
    """Sets of columns of which no two rows have the same values; NULLs would not count as the same."""
    for index in table.indexes:
        names = index.columns.keys()
        if index.unique and not is_partial(index) and not any(table.columns[name].nullable for name in names):
            yield frozenset(names)


def is_partial(index: Index) -> bool:
    """Whether the index has only some of the rows."""
    return index.dialect_options["postgresql"]["where"] is not None


def columns_read(expression: Callable[[FromClause], ColumnElement[Any]], table: Table) -> Iterator[str]:
    """The names of the columns that an expression over a row reads."""
    for each in visitors.iterate(expression(table)):
        if isinstance(each, Column) and each.table is table:
            yield each.name

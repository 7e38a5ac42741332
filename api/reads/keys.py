"""Which columns tell the rows of a table apart, as its unique indexes say."""

from collections.abc import Iterator

from sqlalchemy import Index
from sqlalchemy.schema import Table


def unique_columns(table: Table) -> Iterator[frozenset[str]]:
    """Sets of columns of which no two rows have the same values; NULLs would not count as the same."""
    for index in table.indexes:
        names = index.columns.keys()
        if index.unique and not is_partial(index) and not any(table.columns[name].nullable for name in names):
            yield frozenset(names)


def is_partial(index: Index) -> bool:
    """Whether the index has only some of the rows."""
    return index.dialect_options["postgresql"]["where"] is not None

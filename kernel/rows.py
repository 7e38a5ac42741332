"""What a statement answers: the driver's rows, whose columns are attributes.

The driver makes each row as what it is given as their class, so that nothing is copied; a class of rows is made once
for the same columns. SQLAlchemy's rows and results take longer than the driver takes to read them.
"""

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import asyncpg

T = TypeVar("T")


class Row(asyncpg.Record):
    """One row: a tuple of values, each also an attribute by its column's name."""

    columns: ClassVar[tuple[str, ...]]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def mapping(self) -> dict[str, Any]:
        """The values by their columns' names."""
        return dict(zip(self.columns, self, strict=True))


@lru_cache(maxsize=2_000)
def row_class(columns: tuple[str, ...]) -> type[Row]:
    """The one class of the rows that have these columns: the driver prepares a statement for each class."""
    places = {name: property(itemgetter(place)) for place, name in enumerate(columns)}
    assert not places.keys() & vars(Row).keys(), f"a row has attributes of its own: {columns}"
    made: type[Row] = type("Row", (Row,), {**places, "columns": columns})
    return made


class Rows(Generic[T]):
    """The rows of one answer, in their order."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[T]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[T]:
        return iter(self._rows)

    def all(self) -> list[T]:
        """All of them."""
        return self._rows

    def one(self) -> T:
        """The only one; that there is exactly one, the statement makes sure."""
        assert len(self._rows) == 1, f"{len(self._rows)} rows where one was meant"
        return self._rows[0]

    def one_or_none(self) -> T | None:
        """The only one, or None where there is none."""
        return self.one() if self._rows else None

    def scalars(self) -> list[Any]:
        """The first values."""
        return [row[0] for row in self._rows]  # type: ignore[index]

    def scalar_one(self) -> Any:
        """The first value of the only one."""
        return self.one()[0]  # type: ignore[index]

    def mappings(self) -> "Rows[dict[str, Any]]":
        """The rows as values by their columns' names."""
        return Rows([row.mapping for row in self._rows])  # type: ignore[attr-defined]

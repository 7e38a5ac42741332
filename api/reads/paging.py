"""Keyset paging: a page starts after the last row that the client saw, so rows inserted meanwhile shift nothing.

A cursor holds the values of the order's columns for one row, and a short hash of the order itself: a cursor taken in
another order is refused instead of misread. NULL counts as the greatest value, which is how PostgreSQL's indexes are
sorted (ascending: NULLS LAST, descending: NULLS FIRST).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from graphql import GraphQLError
from sqlalchemy import ColumnElement, FromClause, and_, false, or_, true, tuple_

from api.reads.errors import bad_argument
from api.reads.kinds import joined, json_value
from api.reads.registry import Sort
from api.values.ids import decode_bytes

PAGE_SIZE_DEFAULT = 50
PAGE_SIZE_MAX = 100
_CURSOR_LENGTH_MAX = 4096


@dataclass(frozen=True)
class PageEnd:
    """From which end of the list a page is cut, and which argument says how long it is."""

    argument: str
    size: Any
    backward: bool


def page_end(arguments: Mapping[str, Any]) -> PageEnd:
    """The end that `first` or `last` names; a GraphQLError if both do."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise bad_argument("Give first or last, not both.")
    if last is not None:
        return PageEnd("last", last, backward=True)
    return PageEnd("first", PAGE_SIZE_DEFAULT if first is None else first, backward=False)


def checked_size(argument: str, size: int) -> int:
    """The size of a page; a GraphQLError that names the limit."""
    if not 0 <= size <= PAGE_SIZE_MAX:
        raise bad_argument(f"{argument} must be between 0 and {PAGE_SIZE_MAX}, not {size}.")
    return size


@lru_cache(maxsize=1024)
def order_hash(order: tuple[Sort, ...]) -> str:
    """Tells the cursors of one order from those of another."""
    text = ",".join(f"{sort.field.column} {sort.field.kind.name} {sort.descending}" for sort in order)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def decode_cursor(cursor: str, order: tuple[Sort, ...]) -> tuple[Any, ...]:
    """The order's values at a cursor; a GraphQLError if it is malformed or belongs to another order."""
    try:
        if len(cursor) > _CURSOR_LENGTH_MAX:
            raise ValueError("too long")
        mark, *values = orjson.loads(decode_bytes(cursor))
    except (ValueError, TypeError):
        raise bad_argument("The cursor is malformed.") from None
    if mark != order_hash(order) or len(values) != len(order):
        raise bad_argument("The cursor belongs to another list or another order.")
    return tuple(_revived(value, sort) for value, sort in zip(values, order, strict=True))


def value_at(step: int, order: tuple[Sort, ...]) -> Callable[[str], Any]:
    """Reads one of the order's values from a cursor."""
    return lambda cursor: decode_cursor(cursor, order)[step]


def _revived(value: Any, sort: Sort) -> Any:
    if value is None and sort.field.nullable:
        return None
    try:
        assert sort.field.kind.revive is not None
        return sort.field.kind.revive(value)
    except (ValueError, TypeError, GraphQLError):
        raise bad_argument("The cursor is malformed.") from None


def cursor_values(order: tuple[Sort, ...], row: FromClause) -> ColumnElement[str]:
    """The SQL expression for what the cursor of a row encodes."""
    pieces: list[ColumnElement[str] | str] = [f'["{order_hash(order)}"']
    for sort in order:
        pieces.append(",")
        pieces.extend(json_value(sort.field.kind, row.c[sort.field.column], nullable=sort.field.nullable))
    return joined([*pieces, "]"])


def ordered(order: Sequence[Sort], row: FromClause, *, backward: bool) -> list[ColumnElement[Any]]:
    """The ORDER BY of a list; PostgreSQL's defaults put NULL where this module expects it."""
    columns = ((row.c[sort.field.column], sort.descending is not backward) for sort in order)
    return [column.desc() if descending else column.asc() for column, descending in columns]


@dataclass(frozen=True)
class Place:
    """A place in an order: each sort with the bound value there, or None for NULL."""

    steps: tuple[tuple[Sort, ColumnElement[Any] | None], ...]


def beyond(place: Place, row: FromClause, *, backward: bool) -> ColumnElement[bool]:
    """The rows strictly behind a place, or strictly before it if `backward`.

    One row comparison where all columns go the same way and none can be NULL, which an index serves as one range;
    otherwise the lexicographic condition written out, column by column.
    """
    upward = _upward(place, backward=backward)
    if upward is not None:
        columns, values = _as_rows(place, row)
        return columns > values if upward else columns < values
    return _written_out(place, row, backward=backward)


def at_or_beyond(place: Place, row: FromClause, *, backward: bool) -> ColumnElement[bool]:
    """Like `beyond`, with the rows at the place itself."""
    upward = _upward(place, backward=backward)
    if upward is not None:
        columns, values = _as_rows(place, row)
        return columns >= values if upward else columns <= values
    at = and_(*(_same(row.c[sort.field.column], value) for sort, value in place.steps))
    return or_(at, _written_out(place, row, backward=backward))


def _upward(place: Place, *, backward: bool) -> bool | None:
    """Whether all columns grow in this direction; None where they differ, or where NULL has no place in a range."""
    upward = {sort.descending is backward for sort, _ in place.steps}
    if len(upward) > 1 or any(sort.field.nullable for sort, _ in place.steps):
        return None
    return upward.pop()


def _as_rows(place: Place, row: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    columns = tuple_(*(row.c[sort.field.column] for sort, _ in place.steps))
    return columns, tuple_(*(value for _, value in place.steps))


def _written_out(place: Place, row: FromClause, *, backward: bool) -> ColumnElement[bool]:
    alternatives = []
    for position, (sort, value) in enumerate(place.steps):
        ties = [_same(row.c[tied.field.column], tied_value) for tied, tied_value in place.steps[:position]]
        further = _further(row.c[sort.field.column], value, sort, upward=sort.descending is backward)
        alternatives.append(and_(*ties, further))
    return and_(_range_of_first(place, row, backward=backward), or_(*alternatives))


def _range_of_first(place: Place, row: FromClause, *, backward: bool) -> ColumnElement[bool]:
    """Says nothing new, but an index that begins with the first column can use it to begin at the place."""
    sort, value = place.steps[0]
    if value is None or sort.field.nullable:
        return true()
    column = row.c[sort.field.column]
    return column >= value if sort.descending is backward else column <= value


def _same(column: ColumnElement[Any], value: ColumnElement[Any] | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _further(
    column: ColumnElement[Any], value: ColumnElement[Any] | None, sort: Sort, *, upward: bool
) -> ColumnElement[bool]:
    """Whether a column is greater than a value (`upward`) or less, with NULL as the greatest of all."""
    if value is None:
        return false() if upward else column.is_not(None)
    if not upward:
        return column < value
    return or_(column > value, column.is_(None)) if sort.field.nullable else column > value

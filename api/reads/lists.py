"""The rows of one list: a page of them in order, their number, and whether any lie outside a bound.

How an ordered page is read depends on whose rows it has. Those of one legal entity are one range of an index that
begins with the entity. `entity_id = ANY (...)` over several would lose that order and sort every row of all of them; so
each entity's own page is read by its index (LATERAL), and the few rows that this gives are merged, ordered again and
cut. Rows below a row of an entity are that entity's alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    TableValuedAlias,
    Uuid,
    column,
    false,
    func,
    select,
    true,
)

from api.reads.paging import ordered
from api.reads.registry import ManyField, ObjectType, Sort
from authz.rows import Readable, RowsOfEntities, SharedRows, row_conditions

RowConditions = Callable[[FromClause], Sequence[ColumnElement[bool]]]
RANK = "rank_in_page"


@dataclass(frozen=True)
class Tie:
    """Ties the rows of a nested list to the row that it hangs on, whose id they hold in `column`.

    `entity_id` is the entity to which they all belong, where the parent says it.
    """

    parent: FromClause
    column: str
    entity_id: ColumnElement[UUID] | None

    @classmethod
    def of(cls, many: ManyField, parent: FromClause) -> "Tie":
        """The tie of a to-many relation. Below a row of an entity, and below an entity itself, all rows are its own."""
        entity_id = None
        if many.target.node.entity_owned and many.owner.node.entity_owned:
            entity_id = parent.c.entity_id
        elif many.target.node.entity_owned and many.relation.column == "entity_id":
            entity_id = parent.c.id
        return cls(parent, many.relation.column, entity_id)

    def conditions(self, row: FromClause) -> Iterator[ColumnElement[bool]]:
        """What makes a row one of the list."""
        if self.entity_id is not None:
            yield row.c.entity_id == self.entity_id
        if self.column != "entity_id" or self.entity_id is None:
            yield row.c[self.column] == self.parent.c.id


@dataclass(frozen=True)
class Slice:
    """Which part of a list: `size` rows from its start or its end, and only those for which `within` holds.

    `ranked` counts them from 1 in one more column, from the side where the slice begins.
    """

    size: ColumnElement[Any]
    backward: bool
    ranked: bool
    within: RowConditions


@dataclass(frozen=True)
class RowList:
    """The rows of a type that one reader sees, in order; below a parent those that are tied to it."""

    type: ObjectType
    order: tuple[Sort, ...]
    readable: Readable
    tie: Tie | None
    where: RowConditions

    def __post_init__(self) -> None:
        shared = isinstance(self.readable.scope, SharedRows)
        assert shared is not self.type.node.entity_owned, f"{self.type.name} is read without its entity"

    def page(self, cut: Slice, columns: Sequence[str]) -> Subquery:
        """The rows of a slice with these columns, in order."""
        return self._rows(cut, columns).subquery()

    def count(self) -> ColumnElement[int]:
        """How many rows the list has."""
        row = self.type.row()
        return self._tied(select(func.count()).select_from(row).where(*self._all(row))).scalar_subquery()

    def any(self, cut: Slice) -> ColumnElement[bool]:
        """Whether a slice has a row. Asked in order, so that PostgreSQL looks into an index and not through a table."""
        rows = self._rows(cut, [sort.field.column for sort in self.order])
        return func.coalesce(rows.with_only_columns(true()).scalar_subquery(), false(), type_=Boolean())

    @cached_property
    def final_order(self) -> tuple[Sort, ...]:
        """The steps that order a page; an index that has them gives the rows in order."""
        return self.type.shortest(self.order, self._fixed) or self.order[:1]

    @property
    def _fixed(self) -> frozenset[str]:
        """The columns that have one value in the whole list. Shared rows that name an entity may name any."""
        tied = frozenset() if self.tie is None else frozenset({self.tie.column})
        of_one_entity = self.type.node.entity_owned and self._several is None
        return tied | {"entity_id"} if of_one_entity else tied

    @cached_property
    def _several(self) -> RowsOfEntities | None:
        """The entities whose ranges are to be merged; None where one range has all rows."""
        scope = self.readable.scope
        known = self.tie is not None and self.tie.entity_id is not None
        return scope if isinstance(scope, RowsOfEntities) and not known else None

    def _rows(self, cut: Slice, columns: Sequence[str]) -> Select[Any]:
        return self._ranged(cut, columns) if self._several is None else self._merged(cut, columns, self._several)

    def _ranged(self, cut: Slice, columns: Sequence[str]) -> Select[Any]:
        row = self.type.row()
        rows = self._tied(_selected(row, columns).where(*self._all(row), *cut.within(row)))
        return _cut(rows, row, self.final_order, cut)

    def _merged(self, cut: Slice, columns: Sequence[str], scope: RowsOfEntities) -> Select[Any]:
        row, entity = self.type.row(), _each(scope)
        rows = _selected(row, columns).where(row.c.entity_id == entity.c.id, *self._own(row), *cut.within(row))
        steps = self.type.shortest(self.order, self._fixed | {"entity_id"}) or self.order[:1]
        in_entity = _cut(self._tied(rows, entity), row, steps, replace(cut, ranked=False)).lateral()
        merged = select(*(in_entity.c[name] for name in columns)).select_from(entity.join(in_entity, true()))
        return _cut(merged, in_entity, self.final_order, cut)

    def _all(self, row: FromClause) -> Iterator[ColumnElement[bool]]:
        """Conditions that the rows of every entity in scope meet."""
        entity_id = None if self.tie is None else self.tie.entity_id
        yield from row_conditions(self.readable, row, entity_id)
        yield from self._listed(row)

    def _own(self, row: FromClause) -> Iterator[ColumnElement[bool]]:
        """Conditions on the rows of one entity, which the statement names itself."""
        yield from (condition(row) for condition in self.readable.further)
        yield from self._listed(row)

    def _listed(self, row: FromClause) -> Iterator[ColumnElement[bool]]:
        if self.tie is not None:
            yield from self.tie.conditions(row)
        yield from self.where(row)

    def _tied(self, rows: Select[Any], *others: FromClause) -> Select[Any]:
        around = [*others] if self.tie is None else [self.tie.parent, *others]
        return rows.correlate(*around) if around else rows


def _selected(rows: FromClause, columns: Sequence[str]) -> Select[Any]:
    return select(*(rows.c[name] for name in columns)).select_from(rows)


def _cut(rows: Select[Any], row: FromClause, order: Sequence[Sort], cut: Slice) -> Select[Any]:
    by = ordered(order, row, backward=cut.backward)
    counted = rows.add_columns(func.row_number().over(order_by=by).label(RANK)) if cut.ranked else rows
    return counted.order_by(*by).limit(cut.size)


def _each(scope: RowsOfEntities) -> TableValuedAlias:
    return func.unnest(scope.values).table_valued(column("id", Uuid()), name="entity").render_derived()

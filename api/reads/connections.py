"""The JSON text of a connection: one page of an ordered list, in its own subquery, aggregated.

The page is cut by LIMIT before anything of its rows is built. One row more than the page is read where PageInfo asks
whether the list goes on. The total is counted only where it was selected.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    Text,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.elements import Grouping

from api.reads.filters import bound
from api.reads.kinds import INT, Piece, as_text, joined, json_name, json_object, or_null
from api.reads.lists import RANK, RowList, Slice
from api.reads.paging import Place, at_or_beyond, beyond, cursor_values, ordered
from api.reads.plan import (
    Bound,
    Connection,
    ConnectionPart,
    EdgeCursor,
    EdgeNode,
    Edges,
    Many,
    Masked,
    Nodes,
    Object,
    ObjectField,
    One,
    PageFact,
    PageInfo,
    Parts,
    TotalCount,
    Typename,
    Value,
)
from api.reads.registry import ObjectType
from api.values.ids import encoded_text
from api.values.sqltext import known_text

ObjectPieces = Callable[[Object, FromClause], Iterable[Piece]]


@dataclass(frozen=True)
class ConnectionText:
    """The text of one connection over its rows."""

    plan: Connection
    rows: RowList
    object_pieces: ObjectPieces

    def expression(self) -> ColumnElement[str]:
        """The connection as one SQL expression."""
        text = joined(json_object((part.key, self._part(part)) for part in self.plan.parts))
        if not any(map(self._reads_page, self.plan.parts)):
            return text
        return select(text).select_from(self._page).scalar_subquery()

    def _reads_page(self, part: ConnectionPart) -> bool:
        """Whether a part is an aggregate of the page; the others have one value, however many rows the page has."""
        if not isinstance(part, PageInfo):
            return isinstance(part, Nodes | Edges)
        of_page = {self._sought, "startCursor", "endCursor"}
        return any(isinstance(each, PageFact) and each.name in of_page for each in part.fields)

    def _part(self, part: ConnectionPart) -> Iterable[Piece]:
        match part:
            case Typename(_, name):
                return json_name(name)
            case TotalCount():
                return (as_text(self.rows.count()),)
            case Nodes():
                return self._listed(self.object_pieces(part.object, self._page))
            case Edges():
                return self._listed(json_object((each.key, self._of_edge(each)) for each in part.fields))
            case PageInfo():
                return json_object((each.key, self._of_page_info(each)) for each in part.fields)

    @cached_property
    def _page(self) -> Subquery:
        backward = self.plan.page.backward
        cut = Slice(size=self._rows_read, backward=backward, ranked=self._looks_ahead, within=self._within_bounds)
        return self.rows.page(cut, self._needed_columns())

    @property
    def _rows_read(self) -> ColumnElement[Any]:
        return self._size + _constant(1) if self._looks_ahead else self._size

    def _needed_columns(self) -> list[str]:
        """Only what is read: the statement stays short enough to be parsed fast and kept prepared."""
        objects = [part.object for part in self.plan.parts if isinstance(part, Nodes)]
        for part in self.plan.parts:
            if isinstance(part, Edges):
                objects.extend(each.object for each in part.fields if isinstance(each, EdgeNode))
        needed = {sort.field.column for sort in self.plan.order}
        return sorted(needed.union(*(_columns_of(each) for each in objects)))

    @property
    def _size(self) -> ColumnElement[Any]:
        return bound(self.plan.page.size, INT)

    @property
    def _sought(self) -> str:
        """The fact that takes one row more than the page has."""
        return "hasPreviousPage" if self.plan.page.backward else "hasNextPage"

    @cached_property
    def _looks_ahead(self) -> bool:
        infos = (part for part in self.plan.parts if isinstance(part, PageInfo))
        return any(isinstance(each, PageFact) and each.name == self._sought for info in infos for each in info.fields)

    def _within_bounds(self, row: FromClause) -> list[ColumnElement[bool]]:
        bounds = ((self.plan.page.after, False), (self.plan.page.before, True))
        return [beyond(self._place(given), row, backward=backward) for given, backward in bounds if given is not None]

    def _place(self, given: Bound) -> Place:
        steps = zip(self.plan.order, given.values, strict=True)
        return Place(tuple((sort, None if slot is None else bound(slot, sort.field.kind)) for sort, slot in steps))

    def _listed(self, element: Iterable[Piece]) -> Iterator[Piece]:
        elements = func.string_agg(joined(element), known_text(",")).aggregate_order_by(*self._list_order())
        yield "["
        yield func.coalesce(self._of_page(elements), known_text(""), type_=Text())
        yield "]"

    def _list_order(self) -> list[ColumnElement[Any]]:
        """The order in which the answer has its elements: PostgreSQL sees that a page forward is sorted already."""
        return ordered(self.rows.final_order, self._page, backward=False)

    def _of_page(self, aggregate: Any) -> Any:
        """Leaves the row that was only read to see whether the list goes on out of an aggregate."""
        return aggregate.filter(self._page.c[RANK] <= self._size) if self._looks_ahead else aggregate

    def _of_edge(self, each: Typename | EdgeCursor | EdgeNode) -> Iterable[Piece]:
        match each:
            case Typename(_, name):
                return json_name(name)
            case EdgeCursor():
                return ('"', encoded_text(cursor_values(self.plan.order, self._page)), '"')
            case EdgeNode():
                return self.object_pieces(each.object, self._page)

    def _of_page_info(self, each: Typename | PageFact) -> Iterable[Piece]:
        if isinstance(each, Typename):
            return json_name(each.name)
        facts: dict[str, Callable[[], ColumnElement[str]]] = {
            "hasNextPage": self._has_next,
            "hasPreviousPage": self._has_previous,
            "startCursor": lambda: self._cursor_at(_constant(1)),
            "endCursor": lambda: self._cursor_at(self._last_place),
        }
        return (facts[each.name](),)

    def _has_next(self) -> ColumnElement[str]:
        return self._exceeds_page() if not self.plan.page.backward else self._has_any(self.plan.page.before, "next")

    def _has_previous(self) -> ColumnElement[str]:
        return self._exceeds_page() if self.plan.page.backward else self._has_any(self.plan.page.after, "previous")

    def _exceeds_page(self) -> ColumnElement[str]:
        return as_text(func.count() > self._size)

    def _has_any(self, edge: Bound | None, side: str) -> ColumnElement[str]:
        """Whether the list has rows at or outside a bound: those that the page leaves out on that side."""
        if edge is None:
            return known_text("false")
        place, backward = self._place(edge), side == "previous"

        def outside(row: FromClause) -> list[ColumnElement[bool]]:
            return [at_or_beyond(place, row, backward=backward)]

        nearest = Slice(size=_constant(1), backward=backward, ranked=False, within=outside)
        return as_text(self.rows.any(nearest))

    def _cursor_at(self, place: ColumnElement[int]) -> ColumnElement[str]:
        """The cursor of one row of the page; null if there is none. Only this one is encoded."""
        values = func.array_agg(cursor_values(self.plan.order, self._page), type_=ARRAY(Text()))
        listed = values.aggregate_order_by(*self._list_order())
        # SQLAlchemy does not bracket an ordered aggregate by itself, and PostgreSQL takes no subscript of a bare one.
        found = encoded_text(Grouping(self._of_page(listed))[place])
        return or_null(joined(['"', found, '"']))

    @property
    def _last_place(self) -> ColumnElement[int]:
        """The place of the last row of the page, from 1."""
        read = func.count()
        return func.least(read, self._size, type_=Integer()) if self._looks_ahead else read


def empty_connection(plan: Connection) -> Iterator[Piece]:
    """The text of a connection of which the reader sees no row: no statement is needed."""
    return json_object((part.key, _empty_part(part)) for part in plan.parts)


def _empty_part(part: ConnectionPart) -> Iterable[Piece]:
    match part:
        case Typename(_, name):
            return json_name(name)
        case TotalCount():
            return ("0",)
        case Nodes() | Edges():
            return ("[]",)
        case PageInfo():
            return json_object((each.key, _empty_fact(each)) for each in part.fields)


def _empty_fact(each: Typename | PageFact) -> Iterable[Piece]:
    if isinstance(each, Typename):
        return json_name(each.name)
    return ("false" if each.name.startswith("has") else "null",)


def _columns_of(read: Object) -> set[str]:
    """The columns of the row itself that an object's JSON is built from."""
    return set().union(*(_columns_of_field(read.type, each) for each in read.fields))


def _columns_of_field(of: ObjectType, each: ObjectField) -> set[str]:
    match each:
        case Value():
            return set(each.field.columns)
        case Parts():
            return set().union(*(part.columns for part in each.field.parts.values()))
        case One():
            return {each.field.relation.column} | _entity_column(each.object.type, each.field.relation.entity_column)
        case Many():
            return {"id"} | _entity_column(of, "entity_id")
        case Masked():
            told = {of.node.entity_column} if of.node.entity_column and each.shown_in else set()
            return _columns_of_field(of, each.read) | told
        case _:
            return set()


def _entity_column(of: ObjectType, name: str) -> set[str]:
    return {name} if of.node.entity_owned else set()


def _constant(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer())

"""The plain side: the same schema answered by graphql-core's own executor, with slow resolvers over rows in memory.

It knows the declared nodes, the rows, and which rows a reader sees; nothing of the planner, of plans, or of SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
)
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.values.ids import decode_id, encode_id
from authz.fields import Mask
from tests.oracle.conditions import Conditions
from tests.oracle.house import House, Reader
from tests.oracle.ordering import Cursors, Place, Steps, compared, key_of, listed, names_of_order, steps_of
from tests.oracle.phantom import Phantoms
from tests.oracle.rights import masked
from tests.oracle.rows import Row
from tests.oracle.running import executed, list_or_object, node_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class Found:
    """One row as an object of a node."""

    node: Node
    row: Row


@dataclass(frozen=True)
class Page:
    """One page of a list, and what is beside it."""

    node: Node
    steps: Steps
    rows: Sequence[Row]
    total: int
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, eq=False)
class Plain:
    """Answers queries for one reader."""

    house: House
    reader: Reader

    def answer(self, document: DocumentNode, variables: Mapping[str, Any], cursors: Cursors) -> ExecutionResult:
        """The response. Where the API gives cursors, this has places."""
        with localcontext(Context(prec=400, traps=[])):
            result = executed(self.house.plain_schema, document, variables, cursors, self._resolve)
        refused = self.refused(document, variables, cursors)
        for error in result.errors or ():
            if not isinstance(error.original_error, GraphQLError) and str((error.path or [""])[0]) not in refused:
                raise AssertionError("the plain side failed") from error
        return _without(result, refused)

    def refused(self, document: DocumentNode, variables: Mapping[str, Any], cursors: Cursors) -> set[str]:
        """The response keys of the root fields that must be refused."""
        return self._phantoms.refused(document, variables, cursors)

    @property
    def _phantoms(self) -> Phantoms:
        return Phantoms(self.house, self.reader)

    @cached_property
    def _visible(self) -> Mapping[str, list[Row]]:
        house = self.house
        return {
            node.name: [row for row in house.rows[node.name] if self.reader.sees(node, row)] for node in house.nodes
        }

    @cached_property
    def _by_column(self) -> Mapping[tuple[str, str, Any], list[Row]]:
        found: dict[tuple[str, str, Any], list[Row]] = defaultdict(list)
        for name, rows in self._visible.items():
            for row in rows:
                for column, value in row.items():
                    if isinstance(value, UUID):
                        found[name, column, value].append(row)
        return found

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        match source:
            case None:
                return self._root(info, arguments)
            case Found():
                return self._field(source, info, arguments)
            case Page():
                return _page_field(source, info.field_name)
            case _:
                return source[info.field_name]

    def _root(self, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        if info.field_name == "node":
            return self._by_id(arguments["id"])
        if info.field_name == "nodes":
            return [self._by_id(each) for each in arguments["ids"]]
        is_list, node = list_or_object(self.house, info)
        if is_list:
            return self._page(node, self._visible[node.name], node.order, arguments, info.context)
        return self._lookup(node, arguments)

    def _by_id(self, text: str) -> Found | None:
        node, decoded = node_of(self.house, text)
        if node is None:
            return None
        for row in self._by_column.get((node.name, "id", decoded.id), ()):
            if not node.entity_owned or row["entity_id"] == decoded.entity_id:
                return Found(node, row)
        return None

    def _lookup(self, node: Node, arguments: Mapping[str, Any]) -> Found | None:
        given = {name: value for name, value in arguments.items() if value is not None and name != "entityId"}
        ((name, value),) = given.items()
        if name == "id":
            found = self._by_id(value)
            return found if found and found.node is node else None
        entity = arguments.get("entityId")
        (column,) = (key for key in node.keys if to_camel_case(key) == name)
        rows = [row for row in self._visible[node.name] if row[column] == value]
        if entity is not None:
            rows = [row for row in rows if row["entity_id"] == decode_id(entity).id]
        if len(rows) > 1:
            raise GraphQLError("ambiguous")
        return Found(node, rows[0]) if rows else None

    def _field(self, found: Found, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        node, row, name = found.node, found.row, info.field_name
        if name == "id":
            return _id(node, row)
        declared = self.house.declared[node.name][name]
        if not self.reader.rights.shows(node, name, row):
            return self._mask(node, row, declared, self.reader.rights.to(node, name).mask)
        if declared in node.columns:
            return shown(row[declared], enum=declared in node.enums)
        if declared in node.computed:
            own = self.reader.rights.computed.get((node.name, declared))
            return shown((own or self.house.computations[node.name, declared])(row), enum=False)
        if declared in node.composites:
            parts = {part: shown(row[column], enum=False) for part, column in node.composites[declared].columns.items()}
            return None if None in parts.values() else parts
        return (
            self._one(node, row, declared) if declared in node.one else self._many(node, row, declared, arguments, info)
        )

    def _mask(self, node: Node, row: Row, declared: str, mask: Mask) -> Any:
        if declared in node.composites:
            if mask is not Mask.BUCKET:
                return None
            values = {part: row[column] for part, column in node.composites[declared].columns.items()}
            made = {
                part: shown(masked(mask, value, enum=False) if isinstance(value, Decimal) else value, enum=False)
                for part, value in values.items()
            }
            return None if None in made.values() else made
        if declared in node.computed:
            return shown(masked(mask, self.house.computations[node.name, declared](row), enum=False), enum=False)
        enum = declared in node.enums
        return shown(masked(mask, row[declared], enum=enum), enum=enum) if declared in node.columns else None

    def _one(self, node: Node, row: Row, name: str) -> Found | None:
        relation = node.one[name]
        target = self.house.by_name[relation.target]
        rows = self._by_column.get((target.name, "id", row[relation.column]), [])
        if target.entity_owned:
            rows = [there for there in rows if there["entity_id"] == row[relation.entity_column]]
        return Found(target, rows[0]) if rows else None

    def _many(
        self, node: Node, row: Row, name: str, arguments: Mapping[str, Any], info: GraphQLResolveInfo[Any]
    ) -> Page:
        target, rows = self._related(node, row, name)
        return self._page(target, rows, node.many[name].order or target.order, arguments, info.context)

    def _related(self, node: Node, row: Row, name: str) -> tuple[Node, Sequence[Row]]:
        relation = node.many[name]
        target = self.house.by_name[relation.target]
        rows = self._by_column.get((target.name, relation.column, row["id"]), [])
        if node.entity_owned and target.entity_owned:
            rows = [there for there in rows if there["entity_id"] == row["entity_id"]]
        return target, rows

    def _page(
        self, node: Node, rows: Iterable[Row], order: Iterable[str], arguments: Mapping[str, Any], cursors: Cursors
    ) -> Page:
        chosen = names_of_order(arguments.get("orderBy") or ())
        steps = steps_of(node, chosen or self._phantoms.visible_order(node, order))
        where, conditions = arguments.get("where") or {}, Conditions(self._related)
        whole = listed((row for row in rows if conditions.hold(node, where, row)), steps)
        after, before = (self._bound(arguments.get(side), node, steps, cursors) for side in ("after", "before"))
        inside = [row for row in whole if after is None or compared(row, after, steps) > 0]
        inside = [row for row in inside if before is None or compared(row, before, steps) < 0]
        at_or_before = after is not None and any(compared(row, after, steps) <= 0 for row in whole)
        at_or_behind = before is not None and any(compared(row, before, steps) >= 0 for row in whole)
        first, last = arguments.get("first"), arguments.get("last")
        if last is not None:
            page = inside[max(0, len(inside) - last) :]
            return Page(node, steps, page, len(whole), at_or_behind, len(inside) > last)
        size = PAGE_SIZE if first is None else first
        return Page(node, steps, inside[:size], len(whole), len(inside) > size, at_or_before)

    def _bound(self, cursor: str | None, node: Node, steps: Steps, cursors: Cursors) -> Row | None:
        if cursor is None:
            return None
        place = cursors.places[cursor]
        if (place.node, place.steps) != (node.name, steps):
            raise LookupError("a cursor of another list: no valid question")
        return self.house.at(place)


def _without(result: ExecutionResult, refused: set[str]) -> ExecutionResult:
    """The result with null and one error for each root field that is refused, whatever was found below it."""
    if not refused:
        return result
    errors = [error for error in result.errors or () if error.path and str(error.path[0]) not in refused]
    data = {key: None if key in refused else value for key, value in (result.data or {}).items()}
    return ExecutionResult(data, [*errors, *(GraphQLError("refused", path=[key]) for key in sorted(refused))])


def _page_field(page: Page, name: str) -> Any:
    match name:
        case "totalCount":
            return page.total
        case "nodes":
            return [Found(page.node, row) for row in page.rows]
        case "edges":
            return [{"cursor": _place(page, row), "node": Found(page.node, row)} for row in page.rows]
        case "pageInfo":
            places = [_place(page, row) for row in page.rows]
            return {
                "hasNextPage": page.has_next,
                "hasPreviousPage": page.has_previous,
                "startCursor": places[0] if places else None,
                "endCursor": places[-1] if places else None,
            }
        case _:
            raise KeyError(name)


def _place(page: Page, row: Row) -> Place:
    return Place(page.node.name, page.steps, tuple(row[name] for name in key_of(page.node)))


def _id(node: Node, row: Row) -> str:
    return encode_id(node.name, row["id"], row["entity_id"] if node.entity_owned else None)


def shown(value: Any, *, enum: bool) -> Any:
    """A value as JSON has it."""
    match value:
        case None | bool() | int():
            return value
        case Enum() | str():
            return str(value).upper() if enum else value
        case Decimal():
            return format(value, "f")
        case datetime():
            text = value.replace(tzinfo=None).isoformat()
            return (text.rstrip("0") if "." in text else text) + "Z"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value

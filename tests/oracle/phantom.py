"""Which root fields must be refused: a field somewhere below asks for rows by what the reader sees as a mask.

That does not depend on the rows, so the question is asked of a house in which every list has one object and every
relation leads to one. graphql-core's executor finds the fields that count, as it does for the plain side.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLResolveInfo,
)
from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from authz.fields import Mask, Shown
from tests.oracle.conditions import SEARCHED, column_of, filtered
from tests.oracle.house import House, Reader
from tests.oracle.ordering import Cursors, names_of_order, steps_of
from tests.oracle.running import executed, list_or_object, node_of


@dataclass(frozen=True)
class Somebody:
    """Any object of a node."""

    node: Node


@dataclass(frozen=True)
class Somewhere:
    """Any page of a node's objects."""

    node: Node


@dataclass(frozen=True)
class Phantoms:
    """Asks in one reader's name."""

    house: House
    reader: Reader

    def refused(self, document: DocumentNode, variables: Mapping[str, Any], cursors: Cursors) -> set[str]:
        """The response keys of the root fields that must be refused."""
        result = executed(self.house.lenient_schema, document, variables, cursors, self._resolve)
        for error in result.errors or ():
            if not isinstance(error.original_error, GraphQLError):
                raise AssertionError("the phantoms failed") from error
        return {str(error.path[0]) for error in result.errors or () if error.path}

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        match source:
            case None:
                return self._root(info, arguments)
            case Somebody(node):
                return self._field(node, info, arguments)
            case Somewhere(node):
                one = Somebody(node)
                return {"nodes": [one], "edges": [{"node": one}], "pageInfo": {}}.get(info.field_name)
            case _:
                return source.get(info.field_name)

    def _root(self, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        if info.field_name == "node":
            return self._by_id(arguments["id"])
        if info.field_name == "nodes":
            return [self._by_id(each) for each in arguments["ids"]]
        is_list, node = list_or_object(self.house, info)
        return self._page(node, node.order, arguments, info.context) if is_list else self._lookup(node, arguments)

    def _by_id(self, text: str) -> Somebody | None:
        node, _ = node_of(self.house, text)
        return None if node is None else Somebody(node)

    def _lookup(self, node: Node, arguments: Mapping[str, Any]) -> Somebody | None:
        if arguments.get("id") is not None:
            found = self._by_id(arguments["id"])
            return found if found and found.node is node else None
        (key,) = (key for key in node.keys if arguments.get(to_camel_case(key)) is not None)
        self._check_told(node, key)
        return Somebody(node)

    def _field(self, node: Node, info: GraphQLResolveInfo[Any], arguments: Mapping[str, Any]) -> Any:
        declared = self.house.declared[node.name].get(info.field_name)
        right = self.reader.rights.to(node, info.field_name)
        if declared is None or (right.shown is Shown.NOWHERE and right.mask is Mask.NULL):
            return None
        if declared in node.one:
            return Somebody(self.house.by_name[node.one[declared].target])
        if declared in node.many:
            target = self.house.by_name[node.many[declared].target]
            return self._page(target, node.many[declared].order or target.order, arguments, info.context)
        return {} if declared in node.composites else None

    def _page(self, node: Node, order: tuple[str, ...], arguments: Mapping[str, Any], cursors: Cursors) -> Somewhere:
        chosen = names_of_order(arguments.get("orderBy") or ())
        if self.visible_order(node, chosen) != chosen:
            raise GraphQLError("an order by what is masked")
        steps = steps_of(node, chosen or self.visible_order(node, order))
        self._check_where(node, arguments.get("where") or {})
        for cursor in filter(None, (arguments.get("after"), arguments.get("before"))):
            if cursors.places[cursor].steps != steps:
                raise GraphQLError("a cursor of somebody who sees another order")
        return Somewhere(node)

    def visible_order(self, node: Node, order: Iterable[str]) -> list[str]:
        """The usual order, without what the reader may not sort by."""
        return [name for name in order if self.may_sort(node, name.removeprefix("-"))]

    def may_sort(self, node: Node, column: str) -> bool:
        """Whether the reader may order by a column."""
        return self.reader.rights.may_sort(node, self.house.telling(node, column))

    def _check_where(self, node: Node, where: Mapping[str, Any]) -> None:
        for name, given in where.items():
            for target, inner in self._inside(node, name, given):
                self._check_where(target, inner)

    def _inside(self, node: Node, name: str, given: Any) -> Iterator[tuple[Node, Mapping[str, Any]]]:
        """Checks one condition, and gives those inside it."""
        if name in ("and", "or", "not"):
            yield from ((node, each) for each in ([given] if name == "not" else given))
        elif name == "search":
            for text in SEARCHED[node.name]:
                self._check_told(node, text)
        elif (declared := filtered(node)[name]) in node.many:
            self._check({name}, node)
            target = self.house.by_name[node.many[declared].target]
            yield from ((target, each) for each in given.values())
        else:
            self._check({name} | self.house.telling(node, column_of(node, declared)), node)

    def _check_told(self, node: Node, column: str) -> None:
        self._check({to_camel_case(column)} | self.house.telling(node, column), node)

    def _check(self, names: set[str], node: Node) -> None:
        if not self.reader.rights.may_filter(node, names):
            raise GraphQLError("a condition on what is masked")

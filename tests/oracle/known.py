"""What a client may know of a house: values to compare with, words to look for, ids."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from api.reads.nodes import Node
from api.values.ids import encode_id
from tests.oracle.conditions import SEARCHED
from tests.oracle.house import House
from tests.oracle.values import values_of

_OFFSETS = (0, 120, -330, 825)
"""Minutes from UTC."""


@dataclass(frozen=True, eq=False)
class Known:
    """Kept for all documents of a house: nothing here is drawn."""

    house: House
    _kept: dict[Hashable, list[Any]] = field(default_factory=dict)

    def values(self, node: Node, declared: str) -> Sequence[Any]:
        """Values to compare a column with, as JSON: those that are there, and some that are not."""
        return self._keep((node.name, declared), lambda: self._values(node, declared))

    def _values(self, node: Node, declared: str) -> Iterator[Any]:
        if declared in node.one:
            yield from self.ids(self.house.by_name[node.one[declared].target])
        elif declared in node.enums:
            yield from (member.name for member in node.enums[declared])
        else:
            column = node.table.c[declared]
            there = [row[declared] for row in self.house.rows[node.name] if row[declared] is not None]
            strange = [] if column.type.python_type is UUID else values_of(column)
            for place, value in enumerate((*there, *there, *strange)):
                yield from _as_json(value, _OFFSETS[place % len(_OFFSETS)])

    def ids(self, node: Node) -> Sequence[str]:
        """The public ids of a node's rows, and of one that does not exist."""
        return self._keep(node.name, lambda: self._ids(node))

    def _ids(self, node: Node) -> Iterator[str]:
        for row in (*self.house.rows[node.name], {"id": UUID(int=7), "entity_id": UUID(int=8)}):
            yield encode_id(node.name, row["id"], row["entity_id"] if node.entity_owned else None)

    def words(self, node: Node) -> Sequence[str]:
        """Parts of texts in which a search looks, in capitals and not, with blanks around and without."""
        return self._keep((node.name, "search"), lambda: filter(_searchable, self._words(node)))

    def _words(self, node: Node) -> Iterator[str]:
        yield "xyzzy"
        for row in self.house.rows[node.name]:
            for text in (row[column] for column in SEARCHED[node.name]):
                yield from (text, text[-3:], text[1:5].upper(), f" {text[:4]} ", f"{text[:3].lower()}%")

    def _keep(self, key: Hashable, make: Callable[[], Iterator[Any]]) -> Sequence[Any]:
        if key not in self._kept:
            self._kept[key] = list(make())
        return self._kept[key]


def _searchable(word: str) -> bool:
    return 3 <= len(word.strip()) <= 100


def _as_json(value: Any, offset: int) -> list[Any]:
    """A value as a client may send it; nothing for a value that no client can send."""
    match value:
        case Decimal():
            text = format(value, "f")
            return [text] if value.is_finite() and len(text) <= 60 else []
        case datetime():
            zone = timezone(timedelta(minutes=offset if 1900 < value.year < 2100 else 0))
            return [value.astimezone(zone).isoformat()]
        case date():
            return [value.isoformat()]
        case UUID():
            return [str(value)]
        case bool() | str():
            return [value]
        case int():
            return [value] if abs(value) < 2**53 else []
        case _:
            raise AssertionError(f"{value!r} cannot be compared")

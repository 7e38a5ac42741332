"""The order of a list and the places in it, as the documentation of the API tells them.

No value counts as the greatest; PostgreSQL puts NaN above every number. The key breaks ties, in the direction of the
first step. A cursor is opaque: the oracle only knows from earlier answers at which row each stands, and in which order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from api.reads.nodes import Node
from tests.oracle.rows import Row

Steps = tuple[tuple[str, bool], ...]
"""Columns, and whether each descends."""


def steps_of(node: Node, names: Iterable[str]) -> Steps:
    """The whole order of a list from names such as `number` and `-placed_at`."""
    named = [(name.removeprefix("-"), name.startswith("-")) for name in names]
    steps = [(node.folded.get(name, name), descending) for name, descending in named]
    direction = steps[0][1] if steps else False
    chosen: dict[str, bool] = {}
    for column, descending in [*steps, *((key, direction) for key in key_of(node))]:
        chosen.setdefault(column, descending)
    return tuple(chosen.items())


def names_of_order(chosen: Sequence[str]) -> list[str]:
    """From the members of an OrderBy enum."""
    parts = (name.rsplit("_", 1) for name in chosen)
    return [f"{'-' * (way == 'DESC')}{column.lower()}" for column, way in parts]


def key_of(node: Node) -> tuple[str, ...]:
    """The columns that identify a row."""
    return ("id", "entity_id") if node.entity_owned else ("id",)


def ranked(value: Any) -> tuple[Any, ...]:
    """A value as one that Python can compare with every other of its column."""
    if value is None:
        return (2,)
    if isinstance(value, Decimal) and value.is_nan():
        return (1,)
    return (0, value)


def listed(rows: Iterable[Row], steps: Steps) -> list[Row]:
    """The rows in order."""
    made = list(rows)
    for column, descending in reversed(steps):
        made.sort(key=lambda row: ranked(row[column]), reverse=descending)
    return made


def compared(one: Row, other: Row, steps: Steps) -> int:
    """Below 0 if one row stands before the other, above 0 if behind."""
    for column, descending in steps:
        left, right = ranked(one[column]), ranked(other[column])
        if left != right:
            return -1 if (left < right) is not descending else 1
    return 0


@dataclass(frozen=True)
class Place:
    """A row's place in an order of its node."""

    node: str
    steps: Steps
    key: tuple[UUID, ...]


@dataclass
class Cursors:
    """What each cursor of an earlier answer stands for."""

    places: dict[str, Place] = field(default_factory=dict)
    of_order: dict[tuple[str, Steps], list[str]] = field(default_factory=dict)

    def learn(self, cursor: str, place: Place) -> bool:
        """Remembers a cursor; False if it stood for another place before."""
        if cursor not in self.places:
            self.places[cursor] = place
            self.of_order.setdefault((place.node, place.steps), []).append(cursor)
        return self.places[cursor] == place

    def drawn(self, rng: Random, node: Node, steps: Steps) -> str | None:
        """One of the cursors of an order, if any is known."""
        known = self.of_order.get((node.name, steps))
        return rng.choice(known) if known else None

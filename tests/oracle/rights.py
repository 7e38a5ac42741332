"""What a mask makes of a value, and what may be asked of a field that has one: told in Python.

The rights of the oracle's readers are drawn at random, over every field that may be null.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from authz.fields import OPEN, FieldRight, Mask, Shown
from tests.oracle.rows import Row

Computations = Mapping[tuple[str, str], Callable[[Row], Any]]
"""Computed fields, told again in Python: node and declared name to the value of a row."""

SHOWN_IN = "shown_in"
"""The reader's parameter with the entities in which a field is shown that is shown somewhere."""
_RESTRICTED_SHARE = 0.25


@dataclass(frozen=True)
class Rights:
    """The rights of one reader to fields, by node and name in the API. Whatever is not named is open."""

    named: Mapping[tuple[str, str], FieldRight] = field(default_factory=dict)
    shown_in: Mapping[str | None, frozenset[UUID]] = field(default_factory=dict)
    """The legal entities in which a field is shown that is shown somewhere, by its parameter."""
    computed: Computations = field(default_factory=dict)
    """Computed fields of which the value depends on the reader."""

    def to(self, node: Node, name: str) -> FieldRight:
        """The right to a field."""
        return self.named.get((node.name, name), OPEN)

    def shows(self, node: Node, name: str, row: Row) -> bool:
        """Whether the value itself is shown of a row. Rows of the group are shown by a right in any entity."""
        right = self.to(node, name)
        match right.shown:
            case Shown.EVERYWHERE:
                return True
            case Shown.NOWHERE:
                return False
            case Shown.SOMEWHERE:
                entity_id = row["id"] if node.name == "LegalEntity" else row.get("entity_id")
                of_group = node.name != "LegalEntity" and "entity_id" not in row
                return of_group or entity_id in self.shown_in[right.parameter]

    def may_filter(self, node: Node, names: set[str]) -> bool:
        """Whether one may ask for rows by what these fields hold."""
        return all(self.to(node, name).filters for name in names)

    def may_sort(self, node: Node, names: set[str]) -> bool:
        """Whether one may order rows by what these fields hold: cursors tell it, so it must be seen in every row."""
        of_entities = "entity_id" in node.table.columns or node.name == "LegalEntity"
        enough = {Shown.EVERYWHERE} if of_entities else {Shown.EVERYWHERE, Shown.SOMEWHERE}
        rights = [self.to(node, name) for name in names]
        return all(right.sorts and right.shown in enough for right in rights)


def masked(mask: Mask, value: Any, *, enum: bool) -> Any:
    """What a mask leaves of a value."""
    if mask is Mask.LAST4 and isinstance(value, str) and not enum:
        return value[-4:] if len(value) > 4 else None
    if mask is Mask.BUCKET and isinstance(value, Decimal):
        return _below(value) if value.is_finite() else None
    return int(_below(Decimal(value))) if mask is Mask.BUCKET and type(value) is int else None


def _below(number: Decimal) -> Decimal:
    digits = len(str(int(abs(number))))
    power = 0 if abs(number) < 1 else 10 ** (digits - 1)
    return Decimal(power if number > 0 else -power)


def telling(node: Node, computations: Computations, column: str) -> set[str]:
    """The fields, by their names in the API, from which the value of a column can be told."""
    return {to_camel_case(name) for name, columns in _told(node, computations) if column in columns}


def _told(node: Node, computations: Computations) -> Iterator[tuple[str, set[str]]]:
    for name in node.columns:
        yield name, {name, node.folded.get(name, name)}
    for name, computed in node.computed.items():
        # What a field reads only to know whether it may be shown is not told by it: that is declared.
        yield name, _read(computations[node.name, name]) if computed.tells is None else set(computed.tells)
    for name, composite in node.composites.items():
        yield name, {column for part, column in composite.columns.items() if part in ("amount", "value")}
    for name, one in node.one.items():
        yield name, {one.column}


class _Recorder(dict[str, Any]):
    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def __missing__(self, column: str) -> Any:
        self.asked.add(column)
        return _Anything()


class _Anything(str):
    """Takes part in every computation."""

    __slots__ = ()

    def __sub__(self, _other: object) -> "_Anything":
        return self

    def __rmul__(self, _other: object) -> "_Anything":
        return self


def _read(compute: Callable[[Row], Any]) -> set[str]:
    recorder = _Recorder()
    compute(recorder)
    return recorder.asked


def random_rights(rng: Random, fields: list[tuple[str, str]], entities: list[UUID]) -> Rights:
    """Rights of every kind to some of these fields."""
    chosen = [each for each in fields if rng.random() < _RESTRICTED_SHARE]
    shown_in = rng.sample(entities, rng.randint(0, len(entities)))
    return Rights({each: _right(rng) for each in chosen}, {SHOWN_IN: frozenset(shown_in)})


def _right(rng: Random) -> FieldRight:
    shown = rng.choice((Shown.NOWHERE, Shown.NOWHERE, Shown.SOMEWHERE, Shown.EVERYWHERE))
    return FieldRight(
        shown,
        rng.choice(tuple(Mask)),
        filters=rng.random() < 0.6,
        sorts=rng.random() < 0.6,
        parameter=SHOWN_IN if shown is Shown.SOMEWHERE else None,
    )

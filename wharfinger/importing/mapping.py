"""The mapping: which columns of which files become what. Frozen values, made from YAML by `mapping_file.py`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

_HOLE = re.compile(r"\{([^{}]+)\}")


class MappingError(Exception):
    """The mapping cannot be used; the text names the place in it and says why."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A value that stands in another file: in `column` of the row whose `key` is the cell."""

    file: str
    key: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a value comes from: a column, a template over columns, or a constant; and what is done to it."""

    column: str | None = None
    template: str | None = None
    value: Any = None
    refers_by: str | None = None
    """`external` or `code`, where the value names another object that way."""
    decimals: int | None = None
    times: Decimal | None = None
    words: Mapping[str, str] | None = None
    """The other system's words with ours; a word that is not there is refused."""
    lookup: Lookup | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the value is made of."""
        if self.column is not None:
            return (self.column,)
        return tuple(_HOLE.findall(self.template or ""))

    def fill(self, cells: Mapping[str, str]) -> str:
        """The template with its holes filled."""
        return _HOLE.sub(lambda hole: cells[hole.group(1)], self.template or "")


@dataclass(frozen=True, kw_only=True)
class Only:
    """Which rows of a file are meant: those with this text in this column."""

    column: str
    equals: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """Rows that become objects of one noun: of a file, or written in the mapping itself."""

    noun: str
    file: str | None = None
    key: str | None = None
    """The column with the object's key in the other system."""
    only: Only | None = None
    fields: Mapping[str, Source] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entity:
    """The legal entity, made where there is none with its code. The code may be given with the command instead."""

    code: str
    name: str
    country: str
    currency: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class StockMapping:
    """What becomes opening stock."""

    file: str
    item: str
    """The column with the item's key."""
    quantity: Source
    unit_cost: Source
    location: str
    """The code of the place where it all lies."""
    only: Only | None = None


@dataclass(frozen=True, kw_only=True)
class OrderLinesMapping:
    """What becomes the lines of old orders."""

    file: str
    order: str
    item: str
    quantity: Source
    unit_price: Source
    discount: Source


@dataclass(frozen=True, kw_only=True)
class OrdersMapping:
    """What becomes order history."""

    file: str
    key: str
    customer: str
    site: str
    placed_on: Source
    requested_on: Source
    shipped_on: Source
    lines: OrderLinesMapping


@dataclass(frozen=True, kw_only=True)
class ImportMapping:
    """One whole mapping."""

    system: str
    title: str
    approver: str
    """Who approves the master data, unless the command names somebody else."""
    entity: Entity
    encoding: str
    records: tuple[Record, ...]
    opening_stock: StockMapping | None
    orders: OrdersMapping | None

    @property
    def columns(self) -> Mapping[str, frozenset[str]]:
        """The columns that each file must have."""
        wanted: dict[str, set[str]] = {}
        for file, column in self._columns():
            wanted.setdefault(file, set()).add(column)
        return {file: frozenset(columns) for file, columns in wanted.items()}

    def _columns(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for record in self.records:
            if record.file is not None:
                found += _of(record.file, record.only, *record.fields.values(), key=record.key)
        if stock := self.opening_stock:
            found += _of(stock.file, stock.only, stock.quantity, stock.unit_cost, key=stock.item)
        if orders := self.orders:
            found += _of(orders.file, None, orders.placed_on, orders.requested_on, orders.shipped_on, key=orders.key)
            found += [(orders.file, orders.customer)]
            lines = orders.lines
            found += _of(lines.file, None, lines.quantity, lines.unit_price, lines.discount, key=lines.item)
            found += [(lines.file, lines.order)]
        return found


def _of(file: str, only: Only | None, *sources: Source, key: str | None) -> list[tuple[str, str]]:
    own = [(file, column) for source in sources for column in source.columns]
    own += [(file, each) for each in (key, only.column if only else None) if each is not None]
    others = [(each.lookup.file, column) for each in sources if each.lookup for column in _needed(each.lookup)]
    return own + others


def _needed(lookup: Lookup) -> tuple[str, str]:
    return lookup.key, lookup.column

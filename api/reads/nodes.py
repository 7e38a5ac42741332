"""Declarations: what of a model the API shows.

A `Node` is data. It names the columns of a model that become GraphQL fields (an allow-list: a new column stays hidden
until it is named), computed expressions, values made of several columns, and relations to other nodes, which are named
by their public names, so that declarations may refer to each other in circles. Everything else is derived: types and
nullability from the columns, descriptions from each column's `doc`. `assembly.assemble` turns nodes into a schema.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import Table

from api.reads.kinds import Kind
from kernel.tables import parties_of

Expression = Callable[[FromClause], ColumnElement[Any]]
"""Makes an SQL expression over one row of a node's (aliased) table."""


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A field whose value is an SQL expression over the row. It may not read other governed rows.

    `tells` are the columns whose values can be told from it: all that it reads, unless said.
    """

    expression: Expression
    kind: Kind
    description: str
    nullable: bool = False
    tells: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class CompositeType:
    """An object type made of values, e.g. Money: `parts` gives each part's kind and description."""

    name: str
    description: str
    parts: Mapping[str, tuple[Kind, str]]


@dataclass(frozen=True, kw_only=True)
class Composite:
    """A composite of columns of the row: part name to column. Null in the API if one of the columns is NULL."""

    type: CompositeType
    columns: Mapping[str, str]
    description: str = ""


@dataclass(frozen=True)
class ToOne:
    """The row of `target` whose id is in `column`. Null in the API when it is NULL or hidden from the reader.

    The target of another entity (an inter-company pair) is found by naming the column that holds that entity.
    """

    column: str
    target: str
    description: str = ""
    entity_column: str = "entity_id"


@dataclass(frozen=True)
class ToMany:
    """The rows of `target` whose `column` holds this row's id, as a connection. `-column` orders descending."""

    target: str
    column: str
    description: str
    order: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """One object type of the API, derived from a model.

    `keys` are business keys, unique in the table or within an entity. `filters` and `orders` name columns that an index
    serves (a filter may also name a to-one relation, and then takes ids, or a to-many relation, and then takes
    conditions on its rows). `search` are the texts in which a word is looked for; they share a trigram index.
    `order` is the order of a plain list. `folded` names, for a text, the column that has it in lower case: filters and
    orders by the text read that one, so that capitals do not matter.
    """

    model: type[DeclarativeBase]
    name: str
    description: str
    columns: tuple[str, ...]
    enums: Mapping[str, type[StrEnum]] = field(default_factory=dict)
    computed: Mapping[str, Computed] = field(default_factory=dict)
    composites: Mapping[str, Composite] = field(default_factory=dict)
    one: Mapping[str, ToOne] = field(default_factory=dict)
    many: Mapping[str, ToMany] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    search: tuple[Expression, ...] = ()
    folded: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The table of the model."""
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    @property
    def entity_owned(self) -> bool:
        """Whether each row belongs to a legal entity: its primary key is then (entity_id, id)."""
        return "entity_id" in self.table.primary_key.columns

    @property
    def entity_column(self) -> str | None:
        """The column that says which legal entity a row concerns; None for what the group shares."""
        if "entity_id" in self.table.columns:
            return "entity_id"
        return "id" if self.name == "LegalEntity" else None

    @property
    def entity_columns(self) -> tuple[str, ...]:
        """All columns that say whom a row concerns: two, where it belongs to two legal entities."""
        return parties_of(self.table) or tuple(filter(None, (self.entity_column,)))

    def policy_names(self, field_name: str) -> tuple[str, ...]:
        """The names by which a policy may mean a declared field: its own, and those of the columns it is made of."""
        composite = self.composites.get(field_name)
        return (field_name,) if composite is None else (field_name, *composite.columns.values())

    @property
    def orders_max(self) -> int:
        """How many orders a list may be given: there are two of each column, and to repeat one changes nothing."""
        return 2 * len(self.orders)

    def shown(self, column: str) -> str:
        """The column that the API shows for one: that of the text, where it is the text in lower case."""
        return next((text for text, folded in self.folded.items() if folded == column), column)

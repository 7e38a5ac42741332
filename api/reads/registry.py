"""The registry: declared nodes as the types that plans and SQL work with.

It is closed: assembly.py makes it, the GraphQL types are made from it (graphql_types.py), and the planner looks fields
up in it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from sqlalchemy import FromClause, TableClause, column, table
from strawberry.utils.str_converters import to_camel_case

from api.reads.columns import columns_read, unique_columns
from api.reads.kinds import NUMBERS, UUID_, Kind
from api.reads.nodes import CompositeType, Expression, Node, ToMany, ToOne


@dataclass(frozen=True, eq=False)
class ValueField:
    """One value of the row: a column or an expression over `columns`, of which it tells all unless `tells` says."""

    kind: Kind
    nullable: bool
    description: str
    expression: Expression
    columns: frozenset[str]
    tells: frozenset[str] | None = None


@dataclass(frozen=True, eq=False)
class IdField:
    """The public id of the row."""

    description: str
    columns: frozenset[str]


@dataclass(frozen=True, eq=False)
class CompositeField:
    """An object made of values of the row; null if one of them is."""

    type: CompositeType
    parts: Mapping[str, ValueField]
    nullable: bool
    description: str


@dataclass(frozen=True, eq=False)
class OneField:
    """At most one row of `target`."""

    relation: ToOne
    target: "ObjectType"
    description: str


@dataclass(frozen=True, eq=False)
class ManyField:
    """A connection from a row of `owner` to rows of `target`."""

    owner: "ObjectType"
    relation: ToMany
    target: "ObjectType"
    description: str


Field = ValueField | IdField | CompositeField | OneField | ManyField


@dataclass(frozen=True, eq=False)
class SortField:
    """A column by which a list may be ordered."""

    column: str
    kind: Kind
    nullable: bool


@dataclass(frozen=True)
class Sort:
    """One step of an order. NULL counts as the greatest value, as in PostgreSQL's indexes."""

    field: SortField
    descending: bool


@dataclass(frozen=True, eq=False)
class FilterField:
    """A column that `where` may name; of a relation, when `target` is set: it then takes public ids."""

    column: str
    kind: Kind
    target: str | None = None


ENTITY = FilterField("entity_id", UUID_, "LegalEntity")
"""The owner of a row, as an argument beside a business key."""


@dataclass(frozen=True, eq=False)
class ObjectType:
    """A node with everything resolved. Fields, filters and keys go by their GraphQL names, sorts by their columns.

    `related` are the to-many relations that `where` may look into. `restrictable` fields may be masked by a policy, and
    so be null; a reveal of one that is `audited` is written down.
    """

    node: Node
    restrictable: frozenset[str] = frozenset()
    audited: frozenset[str] = frozenset()
    fields: dict[str, Field] = field(default_factory=dict)
    filters: dict[str, FilterField] = field(default_factory=dict)
    related: dict[str, ManyField] = field(default_factory=dict)
    keys: dict[str, FilterField] = field(default_factory=dict)
    sorts: dict[str, SortField] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name in the API."""
        return self.node.name

    def order(self, names: Iterable[str]) -> tuple[Sort, ...]:
        """Sorts from names such as `number` and `-placed_at`, made total by the key as tie-break.

        The tie-break runs in the direction of the first sort, so that one index can serve the whole order.
        """
        steps = [(name.removeprefix("-"), name.startswith("-")) for name in names]
        direction = steps[0][1] if steps else False
        steps += [(name, direction) for name in self.key_columns]
        chosen: dict[str, bool] = {}
        for name, descending in steps:
            chosen.setdefault(name, descending)
        return tuple(Sort(self.sorts[name], descending) for name, descending in chosen.items())

    def showing(self, column: str) -> frozenset[str]:
        """The GraphQL names of the fields from which a column's value can be told."""
        return self._showing.get(column, frozenset())

    @cached_property
    def _showing(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name, each in self.fields.items():
            for shown in values_of(each):
                for told in (shown, self.node.folded.get(shown, shown)):
                    found[told] = found.get(told, frozenset()) | {name}
        return found

    def named(self, column: str) -> str:
        """The GraphQL name of the field that shows a column, by which orders and filters name it."""
        return to_camel_case(self.node.shown(column))

    def row(self) -> FromClause:
        """The table under a name of its own, for one place of a statement."""
        return self._names.alias()

    @cached_property
    def _names(self) -> TableClause:
        """Names and types only: an alias of the declared table would copy every constraint and default."""
        declared = self.node.table
        names = (column(each.name, each.type) for each in declared.columns)
        return table(declared.name, *names, schema=declared.schema)

    def shortest(self, order: tuple[Sort, ...], fixed: Collection[str]) -> tuple[Sort, ...]:
        """The first steps of a total order that still tell all rows apart, in a list where `fixed` have one value.

        They are what a list is sorted by: an index seldom has the tie-break behind a column that is unique anyway.
        """
        steps: list[Sort] = []
        known = set(fixed)
        for sort in order:
            if any(key <= known for key in self.unique_keys):
                break
            if sort.field.column not in known:
                steps.append(sort)
                known.add(sort.field.column)
        return tuple(steps)

    @cached_property
    def unique_keys(self) -> tuple[frozenset[str], ...]:
        """Sets of columns of which no two rows have the same values."""
        return (frozenset(self.key_columns), *unique_columns(self.node.table))

    @cached_property
    def searched(self) -> frozenset[str]:
        """The GraphQL names of what a search looks into."""
        texts = chain.from_iterable(columns_read(each, self.node.table) for each in self.node.search)
        return frozenset(to_camel_case(self.node.shown(each)) for each in texts)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that identify a row, the most selective first."""
        return ("id", "entity_id") if self.node.entity_owned else ("id",)


@dataclass(frozen=True, eq=False)
class Registry:
    """All object types of the API by name."""

    types: Mapping[str, ObjectType]

    def __getitem__(self, name: str) -> ObjectType:
        return self.types[name]


def values_of(field: Field) -> frozenset[str]:
    """The columns whose values a field tells. Of a sum of money that is the amount, of a quantity the number."""
    match field:
        case ValueField():
            return field.columns if field.tells is None else field.tells
        case CompositeField():
            numbers = [part for part in field.parts.values() if part.kind in NUMBERS]
            return frozenset().union(*(part.columns for part in numbers or field.parts.values()))
        case OneField():
            return frozenset({field.relation.column})
        case IdField() | ManyField():
            return frozenset()

"""Assembly: from declared nodes to the types that plans and SQL work with.

`assemble` resolves names, derives nullability and descriptions from the columns, and fails for a declaration that does
not fit its model. What it gives is closed: the GraphQL types are made from it (graphql_types.py), and the planner looks
fields up in it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Column, FromClause, TableClause, column, table
from strawberry.utils.str_converters import to_camel_case

from api.reads.columns import columns_read, unique_columns
from api.reads.kinds import CASELESS, NUMBERS, UUID_, Kind, enum_kind, kind_of
from api.reads.nodes import Composite, CompositeType, Computed, Expression, Node, ToMany, ToOne
from api.values.ids import check_type_name


@dataclass(frozen=True, eq=False)
class ValueField:
    """One value of the row: a column or an expression over `columns`."""

    kind: Kind
    nullable: bool
    description: str
    expression: Expression
    columns: frozenset[str]


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


FieldNames = Mapping[str, Collection[str]]
"""The declared names of some fields, by node. A node need not have them all: nodes of one resource share its list."""


def assemble(
    nodes: Iterable[Node], *, restrictable: FieldNames | None = None, audited: FieldNames | None = None
) -> Registry:
    """Resolves all nodes together, since they refer to each other in circles."""
    types: dict[str, ObjectType] = {}
    for node in nodes:
        check_type_name(node.name)
        assert node.name not in types, f"two nodes are named {node.name}"
        types[node.name] = ObjectType(node, _names(node, restrictable), _names(node, audited))
    for object_type in types.values():
        _resolve(object_type, types)
        _check_restrictable(object_type)
    return Registry(types)


def _names(node: Node, chosen: FieldNames | None) -> frozenset[str]:
    meant = frozenset((chosen or {}).get(node.name, ()))
    declared = (*node.columns, *node.computed, *node.composites, *node.one, *node.many)
    return frozenset(to_camel_case(name) for name in declared if meant.intersection(node.policy_names(name)))


def _check_restrictable(of: ObjectType) -> None:
    """A value that is shown twice can be masked in one place and read in the other."""
    for name in of.restrictable:
        for told in values_of(of.fields[name]):
            open_ways = of.showing(told) - of.restrictable
            assert not open_ways, f"{of.name}.{name} may be masked, but {sorted(open_ways)} tell {told} too"


def values_of(field: Field) -> frozenset[str]:
    """The columns whose values a field tells. Of a sum of money that is the amount, of a quantity the number."""
    match field:
        case ValueField():
            return field.columns
        case CompositeField():
            numbers = [part for part in field.parts.values() if part.kind in NUMBERS]
            return frozenset().union(*(part.columns for part in numbers or field.parts.values()))
        case OneField():
            return frozenset({field.relation.column})
        case IdField() | ManyField():
            return frozenset()


def _resolve(of: ObjectType, types: Mapping[str, ObjectType]) -> None:
    node = of.node
    for name, made in _fields(node, types):
        graphql_name = to_camel_case(name)
        assert graphql_name not in of.fields, f"{node.name}.{graphql_name} is declared twice"
        of.fields[graphql_name] = made
    for name in node.filters:
        if name in node.many:
            of.related[to_camel_case(name)] = _related_field(of, name)
        else:
            of.filters[to_camel_case(name)] = _filter_field(node, name)
    of.keys.update({to_camel_case(name): _filter_field(node, name) for name in node.keys})
    for each in node.table.columns:
        of.sorts[each.name] = SortField(each.name, kind_of(each.type), bool(each.nullable))
    of.sorts.update({text: of.sorts[column] for text, column in node.folded.items()})
    for sort in of.order([*node.order, *node.orders]):
        assert sort.field.kind.revive, f"{node.name} cannot be ordered by {sort.field.column}"


def _fields(node: Node, types: Mapping[str, ObjectType]) -> Iterator[tuple[str, Field]]:
    yield "id", IdField("The public id.", frozenset({"id", "entity_id"} if node.entity_owned else {"id"}))
    for name in node.columns:
        yield name, _column_field(node, name)
    for name, computed in node.computed.items():
        yield name, _computed_field(node, computed)
    for name, composite in node.composites.items():
        yield name, _composite_field(node, composite)
    for name, one in node.one.items():
        yield name, _one_field(node, one, types)
    for name, many in node.many.items():
        yield name, _many_field(types[node.name], many, types)


def _column_field(node: Node, name: str) -> ValueField:
    declared = node.table.columns[name]
    return ValueField(
        kind=_kind(node, name),
        nullable=bool(declared.nullable),
        description=_doc(declared),
        expression=lambda row: row.c[name],
        columns=frozenset({name}),
    )


def _kind(node: Node, column: str) -> Kind:
    return enum_kind(node.enums[column]) if column in node.enums else kind_of(node.table.columns[column].type)


def _doc(declared: Column[Any]) -> str:
    assert declared.doc, f"{declared} has no doc, which is its description in the API"
    return declared.doc


def _computed_field(node: Node, computed: Computed) -> ValueField:
    return ValueField(
        kind=computed.kind,
        nullable=computed.nullable,
        description=computed.description,
        expression=computed.expression,
        columns=frozenset(columns_read(computed.expression, node.table)),
    )


def _composite_field(node: Node, composite: Composite) -> CompositeField:
    assert composite.columns.keys() == composite.type.parts.keys(), f"{node.name}: parts of {composite.type.name}"
    parts = {to_camel_case(part): _column_field(node, column) for part, column in composite.columns.items()}
    return CompositeField(
        type=composite.type,
        parts=parts,
        nullable=any(part.nullable for part in parts.values()),
        description=composite.description or next(iter(parts.values())).description,
    )


def _one_field(node: Node, relation: ToOne, types: Mapping[str, ObjectType]) -> OneField:
    target = types[relation.target]
    key = node.table.columns[relation.column]
    assert not target.node.entity_owned or relation.entity_column in node.table.columns, f"{key} needs its entity"
    return OneField(relation, target, relation.description or _doc(key))


def _many_field(owner: ObjectType, relation: ToMany, types: Mapping[str, ObjectType]) -> ManyField:
    target = types[relation.target]
    assert relation.column in target.node.table.columns, f"{owner.name}: {relation.target} has no {relation.column}"
    return ManyField(owner, relation, target, relation.description)


def _related_field(of: ObjectType, name: str) -> ManyField:
    related = of.fields[to_camel_case(name)]
    assert isinstance(related, ManyField)
    assert related.target.node.filters, f"{of.name}.{name}: {related.target.name} has no filters"
    return related


def _filter_field(node: Node, name: str) -> FilterField:
    if name in node.one:
        relation = node.one[name]
        return FilterField(relation.column, UUID_, relation.target)
    folded = node.folded.get(name)
    return FilterField(folded, CASELESS) if folded else FilterField(name, _kind(node, name))

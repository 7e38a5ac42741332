"""Assembly: from declared nodes to the registry of the types that are made of them.

`assemble` resolves names, derives nullability and descriptions from the columns, and fails for a declaration that does
not fit its model.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column
from strawberry.utils.str_converters import to_camel_case

from api.reads.columns import columns_read
from api.reads.kinds import CASELESS, UUID_, Kind, enum_kind, has_kind, kind_of
from api.reads.nodes import Composite, Computed, Node, ToMany, ToOne
from api.reads.registry import (
    CompositeField,
    Field,
    FilterField,
    IdField,
    ManyField,
    ObjectType,
    OneField,
    Registry,
    SortField,
    ValueField,
    values_of,
)
from api.values.ids import check_type_name

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
        if has_kind(each.type):
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
        tells=computed.tells,
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

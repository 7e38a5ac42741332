"""Whatever the API can order, filter and look up by, an index serves.

An index of an entity's rows begins with the entity, so that a list is one range of it for each entity. Behind that it
has to go on with the column: a filter is then a smaller range, and an order needs no sorting. Types that are reached
through relations only are ranges of the relation's index, so their own columns need no other.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Index, Table

from api.reads.columns import is_partial
from api.reads.registry import ManyField, ObjectType
from api.schema import LISTS, LOOKUPS, REGISTRY

LISTED = {node for node, _ in LISTS.values()}
RELATIONS = {
    f"{of.name}.{name}": (of, field)
    for of in REGISTRY.types.values()
    for name, field in of.fields.items()
    if isinstance(field, ManyField)
}


def indexes(of: ObjectType) -> Iterator[list[str]]:
    """The columns of every index that has all rows, in their order."""
    table = of.node.table
    yield table.primary_key.columns.keys()
    for index in table.indexes:
        if not is_partial(index) and not index.dialect_options["postgresql"]["using"]:
            yield list(_plain_columns(table, index))


def _plain_columns(table: Table, index: Index) -> Iterator[str]:
    """Up to the first expression, and no farther than a column in an order of its own."""
    operators = index.dialect_options["postgresql"]["ops"]
    for column in index.expressions:
        name = getattr(column, "name", None)
        if name is None or name not in table.columns or name in operators:
            return
        yield name


def owner(of: ObjectType) -> list[str]:
    """What every index of the type begins with."""
    return ["entity_id"] if of.node.entity_owned else []


def serves(of: ObjectType, wanted: list[str]) -> bool:
    return any(columns[: len(wanted)] == wanted for columns in indexes(of))


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_list_is_ordered_by_an_index(name: str) -> None:
    of = REGISTRY[name]
    for order in (of.node.order, *((column,) for column in of.node.orders)):
        steps = of.shortest(of.order(order), owner(of))
        assert len({step.descending for step in steps}) == 1, f"{name} by {order}: no index runs both ways at once"
        wanted = [*owner(of), *(step.field.column for step in steps)]
        assert serves(of, wanted), f"{name} by {order} needs an index on {wanted}"


@pytest.mark.parametrize("name", sorted(LISTED))
def test_a_filter_is_a_range_of_an_index(name: str) -> None:
    of = REGISTRY[name]
    for field in of.filters.values():
        wanted = [*owner(of), *(column for column in [field.column] if column not in owner(of))]
        assert serves(of, wanted), f"{name}.{field.column} needs an index on {wanted}"


@pytest.mark.parametrize("name", sorted(of.name for of in REGISTRY.types.values() if of.node.search))
def test_a_search_has_an_index_of_trigrams(name: str) -> None:
    node = REGISTRY[name].node
    searched = {str(expression(node.table)).replace(f"{node.table.name}.", "") for expression in node.search}
    trigrams = [index for index in node.table.indexes if index.dialect_options["postgresql"]["using"] == "gin"]
    assert searched in [{str(each) for each in index.expressions} for index in trigrams]


@pytest.mark.parametrize("name", sorted(node for node, _ in LOOKUPS.values()))
def test_a_business_key_is_unique(name: str) -> None:
    of = REGISTRY[name]
    for field in of.keys.values():
        assert frozenset([*owner(of), field.column]) in of.unique_keys, f"{name}.{field.column}"


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_is_a_range_of_an_index_in_its_order(relation: str) -> None:
    _, field = RELATIONS[relation]
    of, column = field.target, field.relation.column
    fixed = dict.fromkeys([*owner(of), column])
    steps = of.shortest(of.order(field.relation.order or of.node.order), fixed)
    wanted = [*fixed, *(step.field.column for step in steps)]
    assert len({step.descending for step in steps}) <= 1
    assert serves(of, wanted), f"{relation} needs an index on {of.name} {wanted}"

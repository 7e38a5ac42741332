"""The terms of a right as a condition on the rows of a list: legal entities with the same terms are one disjunct.

Conditions speak of the rows of their resource. Lines and other parts are seen with the row that they belong to; what
belongs to none is seen only where no condition is set.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    false,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from authz.policies.compile import Disjunct, Terms
from authz.policies.conditions.sql import InSql, not_denied, relation_keys
from authz.vocabulary import RESOURCE_TABLES, Resource
from kernel.tables import parties_of

RowCondition = Callable[[FromClause], ColumnElement[bool]]
"""A condition on the rows of a table, or of an alias of it."""

_IDS: TypeEngine[Any] = ARRAY(Uuid())


def row_terms(resource: Resource, table: Table, grant: Sequence[Disjunct]) -> RowCondition:
    """That a row of the table is one of those on which the action is allowed."""
    home = table.metadata.tables.get(RESOURCE_TABLES.get(resource, resource.value), table)
    if home is table:
        return lambda rows: _holding(resource, grant, rows, InSql(home))
    keys = relation_keys(table, home)
    if len(keys) != 1:
        free = [each for each in grant if not each.terms.conditions]
        return lambda rows: or_(
            false(), *(_place(resource, table, rows, grant.index(each)) for each in free)
        ).self_group()
    ties = [(element.parent.name, element.column.name) for element in keys[0].elements]

    def with_home(rows: FromClause) -> ColumnElement[bool]:
        there = home.alias()
        found = select(literal_column("1", Integer())).select_from(there)
        tied = (there.c[target] == rows.c[column] for column, target in ties)
        return found.where(*tied, _holding(resource, grant, there, InSql(home))).correlate(rows).exists()

    return with_home


def term_parameters(resource: Resource, grant: Sequence[Disjunct]) -> dict[str, Any]:
    """The values of the parameters in `row_terms`."""
    values: dict[str, Any] = {}
    for number, disjunct in enumerate(grant):
        if len(grant) > 1:
            values[_entities(resource, number)] = sorted(disjunct.entities)
        for condition in disjunct.terms.conditions:
            values |= condition.constants
    return values


def terms_shape(disjunct: Disjunct) -> Hashable:
    """Equal for terms with the same text."""
    terms = disjunct.terms
    return tuple(each.digest for each in terms.allows), tuple(each.digest for each in terms.denies)


def _holding(resource: Resource, grant: Sequence[Disjunct], rows: FromClause, writer: InSql) -> ColumnElement[bool]:
    """That the terms hold of the legal entity in which a row lies. Where they are everywhere the same nobody asks."""
    if len(grant) == 1:
        return _written(writer, grant[0].terms, rows)
    places = (_place(resource, writer.table, rows, number) for number in range(len(grant)))
    held = (and_(place, _written(writer, each.terms, rows)) for place, each in zip(places, grant, strict=True))
    return or_(*held).self_group()


def _written(writer: InSql, terms: Terms, rows: FromClause) -> ColumnElement[bool]:
    parts = [not_denied(writer.write(each.tree, rows)) for each in terms.denies]
    if terms.allows:
        parts.insert(0, or_(*(writer.write(each.tree, rows) for each in terms.allows)).self_group())
    return and_(true(), *parts).self_group()


def _place(resource: Resource, table: Table, rows: FromClause, number: int) -> ColumnElement[bool]:
    """That a row lies in the legal entities of a disjunct. What the group shares lies in all of them, what belongs to
    two entities in either."""
    entities: ColumnElement[list[UUID]] = cast(bindparam(_entities(resource, number), type_=_IDS), _IDS)
    if resource is Resource.LEGAL_ENTITY:
        return rows.c.id == any_(entities)
    if parties := parties_of(table):
        return or_(*(rows.c[party] == any_(entities) for party in parties)).self_group()
    if "entity_id" not in rows.c:
        return true()
    here = rows.c.entity_id == any_(entities)
    nullable = getattr(rows.c.entity_id, "nullable", False)
    return or_(rows.c.entity_id.is_(None), here).self_group() if nullable else here


def _entities(resource: Resource, number: int) -> str:
    return f"reader_{resource}_entities_{number}"

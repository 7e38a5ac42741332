"""Rows gained and lost: how many rows of a type one policy shows that the other does not, counted by SQL."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import visitors

from api.reads.nodes import Node
from authz.actor import Actor
from authz.rows import NOTHING, Readable, row_conditions
from authz.vocabulary import Resource

COUNTED_MAX = 10_000
"""Where more rows are gained or lost, it is told that there are at least so many."""


async def count_beyond(
    connection: AsyncConnection, node: Node, resource: Resource, *, more: Actor, less: Actor, entities: frozenset[UUID]
) -> int:
    """How many rows one actor reads that the other does not, among those of the group and of these legal entities."""
    shown = more.rows.readable(resource, node.table)
    if shown == NOTHING:
        return 0
    row = node.table.alias()
    within = _holds(shown, row, more)
    without = _holds(less.rows.readable(resource, node.table), row, less).is_not(true())
    rows: Select[Any] = select(literal_column("1")).select_from(row).where(within, without, *_here(node, row, entities))
    return int((await connection.execute(_count(rows))).scalar_one())


def _count(rows: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(rows.limit(COUNTED_MAX).subquery())


def _here(node: Node, row: FromClause, entities: frozenset[UUID]) -> list[ColumnElement[bool]]:
    columns = [row.c[name] for name in node.entity_columns]
    listed = bindparam(None, sorted(entities), type_=ARRAY(Uuid()), unique=True)
    return [or_(*(or_(column.is_(None), column == any_(listed)) for column in columns))] if columns else []


def _holds(readable: Readable, row: FromClause, actor: Actor) -> ColumnElement[bool]:
    """The actor's own predicate, with their values in it: two actors' parameters have the same names."""
    return _with_values(and_(true(), *row_conditions(readable, row)), actor.rows.parameters)


def _with_values(condition: ColumnElement[bool], parameters: Mapping[str, Any]) -> ColumnElement[bool]:
    def replaced(element: Any, **_: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in parameters:
            return bindparam(None, parameters[element.key], type_=element.type, unique=True)
        return None

    made: ColumnElement[bool] = visitors.replacement_traverse(condition, {}, replaced)
    return made

"""Every statement of governance that looks at the objects themselves, for whatever noun: who is there, and how.

Each works on a set: no statement for a single row. Statements are built once for each table and kept.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Executable, Integer, Uuid, and_, bindparam, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import Table

from authz.actor import Actor
from kernel.db import GivenRows, any_of
from kernel.operation import Operation
from masterdata.noun import Noun, Part

Found = Mapping[UUID, Mapping[str, Any]]
"""Rows by their ids."""


async def gather_by_column(
    op: Operation[Actor], noun: Noun, column: str, wanted: Collection[Any], entity_id: UUID | None
) -> dict[Any, UUID]:
    """The ids of the objects whose `column` has one of these values."""
    parameters = {"wanted": sorted(wanted), **_owner(noun, entity_id)}
    rows = await op.execute(_by_column(noun.table, column, noun.is_entity_owned), parameters)
    return {row.value: row.id for row in rows}


async def gather_by_key(
    op: Operation[Actor], noun: Noun, keys: Mapping[int, Sequence[Any]], entity_id: UUID | None
) -> dict[int, UUID]:
    """The ids of the objects that have these natural keys, by the numbers of the keys."""
    given, statement = _by_key(noun.table, noun.key, noun.is_entity_owned)
    parameters = given.parameters((number, *key) for number, key in keys.items())
    rows = await op.execute(statement, {**parameters, **_owner(noun, entity_id)})
    return {row.number: row.id for row in rows}


async def gather_holders(
    op: Operation[Actor], noun: Noun, columns: tuple[str, ...], wanted: Mapping[int, Sequence[Any]]
) -> dict[int, UUID]:
    """The ids of the objects that have these identifiers, by the numbers of the identifiers."""
    given, statement = _holders(noun.table, columns)
    rows = await op.execute(statement, given.parameters((number, *values) for number, values in wanted.items()))
    return {row.number: row.id for row in rows}


async def gather_objects(op: Operation[Actor], noun: Noun, ids: Collection[UUID], entity_id: UUID | None) -> Found:
    """The objects with these ids, as they are."""
    parameters = {"wanted": sorted(ids), **_owner(noun, entity_id)}
    rows = await op.execute(_of_ids(noun.table, noun.is_entity_owned), parameters)
    return {row["id"]: plain_row(noun.table, row) for row in rows.mappings()}


async def gather_parts(
    op: Operation[Actor], part: Part, owners: Collection[UUID]
) -> dict[tuple[UUID, Any], Mapping[str, Any]]:
    """The parts of these objects, by owner and key."""
    rows = await op.execute(_parts(part.table, part.owner), {"owners": sorted(owners)})
    return {(row[part.owner], row[part.key]): plain_row(part.table, row) for row in rows.mappings()}


def plain_row(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with JSON as values: connections for reads give it as text."""
    of_json = [column.name for column in table.c if isinstance(column.type, JSONB)]
    return {**row, **{name: orjson.loads(row[name]) for name in of_json if isinstance(row[name], str)}}


def _owner(noun: Noun, entity_id: UUID | None) -> dict[str, UUID | None]:
    return {"entity": entity_id} if noun.is_entity_owned else {}


def _scope(table: Table, owned: bool) -> tuple[ColumnElement[bool], ...]:  # noqa: FBT001 - the key of a cache
    return (table.c.entity_id == bindparam("entity", type_=Uuid()),) if owned else ()


@lru_cache(maxsize=256)
def _by_column(table: Table, column: str, owned: bool) -> Executable:  # noqa: FBT001 - the key of a cache
    named = table.c[column]
    return select(named.label("value"), table.c.id).where(*_scope(table, owned), any_of(named, "wanted", named.type))


@lru_cache(maxsize=256)
def _by_key(table: Table, key: tuple[str, ...], owned: bool) -> tuple[GivenRows, Executable]:  # noqa: FBT001 - as above
    given = GivenRows("wanted", number=Integer(), **{column: table.c[column].type for column in key})
    same = (
        table.c[column].is_not_distinct_from(given.c[column])
        if table.c[column].nullable
        else table.c[column] == given.c[column]
        for column in key
    )
    matching = and_(table.c.id.is_not(None), *_scope(table, owned), *same)
    return given, select(given.c.number, table.c.id).select_from(given.rows).join(table, matching)


@lru_cache(maxsize=256)
def _holders(table: Table, columns: tuple[str, ...]) -> tuple[GivenRows, Executable]:
    """The last column has a value, and is asked by its index; the others may be empty."""
    given = GivenRows("wanted", number=Integer(), **{column: table.c[column].type for column in columns})
    *others, last = columns
    same = (table.c[column].is_not_distinct_from(given.c[column]) for column in others)
    matching = and_(table.c[last] == given.c[last], *same)
    return given, select(given.c.number, table.c.id).select_from(given.rows).join(table, matching)


@lru_cache(maxsize=256)
def _of_ids(table: Table, owned: bool) -> Executable:  # noqa: FBT001 - the key of a cache
    return select(table).where(*_scope(table, owned), any_of(table.c.id, "wanted"))


@lru_cache(maxsize=256)
def _parts(table: Table, owner: str) -> Executable:
    return select(table).where(any_of(table.c[owner], "owners"))

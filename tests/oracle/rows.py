"""Rows for every table behind a node: random, mean, and as far as possible from what the domain would write.

PostgreSQL itself says what a table permits: candidates are drawn without regard to the table's conditions, and of each
batch those go in that pass every CHECK and every unique index. What is in the tables then is read back, row by row,
and is all that the plain resolvers know. NaN and the infinities so stand wherever a table lets them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, Numeric, Select, Table, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import sort_tables

from api.reads.nodes import Node
from kernel.db import GivenRows
from tests.oracle.values import NO_NUMBERS, NULL_SHARE, drawn, is_listed

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""The rows of each node, by its name."""

ENTITIES = 3
ROWS_OF_ENTITY = 10
"""How many rows a table gets for each legal entity; a shared table gets twice as many."""
_TWIN_SHARE = 0.1
_CROWDING = 0.4
_FEW = 30
_TRIES = 8
_CANDIDATES = 80
_ROUNDS_MAX = 60


async def filled(engine: AsyncEngine, nodes: Sequence[Node], rng: Random) -> Rows:
    """Fills the tables of the nodes and says what is in them."""
    async with engine.begin() as connection:
        await Filling(nodes, connection, rng).fill()
    return await read_rows(engine, nodes)


async def read_rows(engine: AsyncEngine, nodes: Sequence[Node]) -> Rows:
    """What is in the tables of the nodes."""
    async with engine.connect() as connection:
        found = {node.name: (await connection.execute(select(node.table))).mappings() for node in nodes}
    return {name: [dict(row) for row in rows] for name, rows in found.items()}


@dataclass
class Filling:
    """One run over all tables. `ids` are those that went in, by table and owner."""

    nodes: Sequence[Node]
    connection: AsyncConnection
    rng: Random
    ids: dict[tuple[Table, UUID | None], list[UUID]] = field(default_factory=dict)

    async def fill(self) -> None:
        """Parents come before their children."""
        for table in self._in_order():
            owners = self._owners(table)
            self.ids.update({(table, owner): [] for owner in owners})
            await self._insist(table, owners[-1])
            for owner in owners:
                await self._fill(table, owner)

    def _in_order(self) -> list[Table]:
        tables = list(self._nodes_of)
        refer = [(parent, child) for child in tables for parent in self._parents(child).values() if parent is not child]
        own = [(self._entities, table) for table in tables if _is_owned(table)]
        return sort_tables(tables, extra_dependencies=[*refer, *own])

    @cached_property
    def _nodes_of(self) -> dict[Table, Node]:
        return {node.table: node for node in self.nodes}

    @cached_property
    def _entities(self) -> Table:
        return next(node.table for node in self.nodes if node.name == "LegalEntity")

    @cached_property
    def _accepting(self) -> Mapping[Table, "Accepting"]:
        return {table: Accepting(table) for table in self._nodes_of}

    def _owners(self, table: Table) -> Sequence[UUID | None]:
        return list(self.ids[self._entities, None]) if _is_owned(table) else [None]

    def _wanted(self, table: Table, owner: UUID | None) -> int:
        if table is self._entities:
            return ENTITIES
        return ROWS_OF_ENTITY if owner else 2 * ROWS_OF_ENTITY

    async def _fill(self, table: Table, owner: UUID | None) -> None:
        kept = self.ids[table, owner]
        for _ in range(_ROUNDS_MAX):
            lacking = self._wanted(table, owner) - len(kept)
            if lacking <= 0:
                break
            candidates = [self._candidate(table, owner) for _ in range(_CANDIDATES)]
            kept.extend(await self._accepting[table].accept(self.connection, candidates, lacking))
        assert len(kept) > 1, f"hardly any candidate fits into {table.name}"

    async def _insist(self, table: Table, owner: UUID | None) -> None:
        """Looks for rows with each number that is none in each column, which chance alone may miss."""
        numeric = [column.name for column in accepted_columns(table) if isinstance(column.type, Numeric)]
        for name, number in product(numeric, NO_NUMBERS):
            for _ in range(_TRIES):
                others = dict.fromkeys(numeric, (number, 0, 1)) | {name: (number,)}
                drawn_numbers = [{each: self.rng.choice(among) for each, among in others.items()} for _ in range(_FEW)]
                strange = [{**self._candidate(table, owner), **numbers} for numbers in drawn_numbers]
                found = await self._accepting[table].accept(self.connection, strange, 1)
                self.ids[table, owner].extend(found)
                if found:
                    break

    def _candidate(self, table: Table, owner: UUID | None) -> dict[str, Any]:
        row: dict[str, Any] = {"id": self._new_id(table, owner)}
        for column in accepted_columns(table):
            if column.name == "id":
                continue
            if column.primary_key and owner is not None:
                row[column.name] = owner
            elif column.nullable and self.rng.random() < NULL_SHARE:
                row[column.name] = None
            else:
                row[column.name] = self._value(table, column.name, row["id"], owner)
        return row

    def _new_id(self, table: Table, owner: UUID | None) -> UUID:
        """Sometimes that of another entity's row: only with the entity it is a key."""
        taken = [each for (known, other), ids in self.ids.items() if known is table and other != owner for each in ids]
        return self.rng.choice(taken) if taken and self.rng.random() < _TWIN_SHARE else self._any_id()

    def _any_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128))

    def _value(self, table: Table, name: str, own_id: UUID, owner: UUID | None) -> Any:
        column, parents, enums = table.c[name], self._parents(table), self._nodes_of[table].enums
        if name in parents:
            return self._parent_id(table, parents[name], own_id, owner)
        if name == "entity_id":
            return self.rng.choice(self.ids[self._entities, None])
        if name in enums:
            return self.rng.choice(list(enums[name])).value
        if not is_listed(column) and column.type.python_type is UUID:
            return self._any_id()
        return drawn(self.rng, column)

    def _parent_id(self, table: Table, parent: Table, own_id: UUID, owner: UUID | None) -> UUID:
        known = self.ids.get((parent, owner if _is_owned(parent) else None), [])
        if parent is table:
            return self.rng.choice([*known, own_id])
        # A few parents have many children: lists of one row page badly.
        return self.rng.choice(known[:2] if self.rng.random() < _CROWDING else known)

    def _parents(self, table: Table) -> Mapping[str, Table]:
        """Where each reference of a table leads."""
        return self._parents_of[table]

    @cached_property
    def _parents_of(self) -> Mapping[Table, Mapping[str, Table]]:
        return {table: self._references(table) for table in self._nodes_of}

    def _references(self, table: Table) -> Mapping[str, Table]:
        """By foreign keys, or by what the nodes declare."""
        found: dict[str, Table] = {}
        for key in table.foreign_key_constraints:
            (column,) = [each.parent for each in key.elements if each.column.name == "id"]
            found[column.name] = key.referred_table
        tables = {node.name: node.table for node in self.nodes}
        for relation in self._nodes_of[table].one.values():
            found.setdefault(relation.column, tables[relation.target])
        for node in self.nodes:
            for many in node.many.values():
                if tables[many.target] is table:
                    found.setdefault(many.column, node.table)
        return {name: parent for name, parent in found.items() if not table.c[name].primary_key}


@dataclass(frozen=True)
class Accepting:
    """The statement that writes those of many candidates that a table permits."""

    table: Table

    async def accept(
        self, connection: AsyncConnection, candidates: Sequence[Mapping[str, Any]], limit: int
    ) -> list[UUID]:
        """The ids of the rows that went in, `limit` at most."""
        values = self._given.parameters([[row[name] for name in self._given.names] for row in candidates])
        return list((await connection.execute(self._statement, {**values, "at_most": limit})).scalars())

    @cached_property
    def _statement(self) -> Any:
        made = insert(self.table).from_select(list(self._given.names), self._permitted(), include_defaults=False)
        return made.on_conflict_do_nothing().returning(self.table.c.id)

    @cached_property
    def _given(self) -> GivenRows:
        return GivenRows("candidate", **{column.name: column.type for column in accepted_columns(self.table)})

    def _permitted(self) -> Select[Any]:
        given = [self._written(column) for column in accepted_columns(self.table)]
        # What CHECKs say is the schema's own text; its bare column names mean the candidates' columns here.
        return select(*given).where(*map(text, self._checks())).limit(bindparam("at_most", type_=Integer()))

    def _written(self, column: Any) -> Any:
        """The candidate's value; but what the key to another row has too is repeated from there."""
        for key in self.table.foreign_key_constraints:
            pairs = {each.parent.name: each.column for each in key.elements}
            if column.name in pairs and pairs[column.name].name not in ("id", "entity_id"):
                same = [self._given.c[own] == there for own, there in pairs.items() if own != column.name]
                return select(pairs[column.name]).where(*same).scalar_subquery()
            document = key.referred_table
            is_line = document is not self.table and not _is_owned(self.table)
            if column.name == "entity_id" and is_line and "entity_id" in document.c:
                # The line of a document that may name an entity names the same one.
                same = [self._given.c[own] == there for own, there in pairs.items()]
                return select(document.c.entity_id).where(*same).scalar_subquery()
        return self._given.c[column.name]

    def _checks(self) -> Iterator[str]:
        for check in self.table.constraints:
            if isinstance(check, CheckConstraint):
                yield f"({check.sqltext}) IS NOT FALSE"


def accepted_columns(table: Table) -> list[Any]:
    """The columns that take values."""
    return [column for column in table.columns if column.computed is None]


def _is_owned(table: Table) -> bool:
    return "entity_id" in table.primary_key.columns

"""Casbin, the compiled decision and the rows that SQL finds agree: 20,000 decisions on policies by chance.

Another seed tries others: POLICY_SEED=7. WHARFINGER_TEST_SIZE=full tries 100,000.
"""

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import CreateTable

from authz.policies.compile import Access, compile_access
from authz.policies.oracle import Oracle, enforcer
from authz.rows import RowRights, row_conditions
from authz.vocabulary import Action, Resource
from kernel.db import any_of, insert_rows
from kernel.tables import Base
from tests.authz.policies import chance as by_chance
from tests.authz.policies.chance import ENTITIES, Order, OrderLine, Request, RequestLine, table_of

SEED = int(os.environ.get("POLICY_SEED", "1"))
BATCHES = 5
ROWS = 100
POLICIES = 1_000 if os.environ.get("WHARFINGER_TEST_SIZE") == "full" else 200

Rows = Mapping[int, list[dict[str, Any]]]


@dataclass(frozen=True)
class Subject:
    """What is decided on: rows of a table, with their lines."""

    resource: Resource
    model: type[Base]
    line_model: type[Base]
    rows: Rows
    """By batch; each row has its lines with it, by the name of their table."""

    @property
    def line(self) -> str:
        return table_of(self.line_model).name


@pytest.fixture
async def connection(migrate_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with migrate_engine.connect() as connection:
        for model in (Order, OrderLine, Request, RequestLine):
            await connection.execute(CreateTable(table_of(model)))
        yield connection
        await connection.rollback()


async def subject(
    connection: AsyncConnection, chance: Random, resource: Resource, model: type[Base], line_model: type[Base]
) -> Subject:
    """Writes rows and lines by chance."""
    owned = "entity_id" in table_of(model).primary_key.columns
    rows = [by_chance.row(chance, number, number % BATCHES, owned=owned) for number in range(BATCHES * ROWS)]
    lines = {row["id"]: by_chance.lines(chance, row, owned=owned) for row in rows}
    await insert_rows(connection, model, rows)
    await insert_rows(connection, line_model, [line for of_row in lines.values() for line in of_row])
    name = table_of(line_model).name
    whole = [{**row, name: lines[row["id"]]} for row in rows]
    return Subject(resource, model, line_model, {batch: whole[batch::BATCHES] for batch in range(BATCHES)})


async def test_casbin_the_compiled_decision_and_sql_agree(connection: AsyncConnection) -> None:
    chance = Random(SEED)  # noqa: S311 - chance that can be repeated
    subjects = (
        await subject(connection, chance, Resource.PURCHASE_ORDER, Order, OrderLine),
        await subject(connection, chance, Resource.CHANGE_REQUEST, Request, RequestLine),
    )
    decided = allowed = conditional = 0
    for number in range(POLICIES):
        of = subjects[number % 2]
        policy = by_chance.policy(chance, of.resource, of.model, of.line)
        roles, sub = by_chance.roles(chance), by_chance.attributes(chance)
        access = compile_access(policy, roles, ENTITIES)
        conditional += access.is_conditional(of.resource, Action.READ)
        oracle = enforcer(policy, "ann", roles, sub)
        rows = of.rows[number % BATCHES]
        by_casbin = {row["id"] for row in rows if _casbin(oracle, of.resource, row)}
        by_access = {row["id"] for row in rows if _compiled(access, of.resource, row, sub)}
        assert by_casbin == by_access, f"policy {number}: {policy}"
        rights = RowRights(access, sub)
        seen = {row["id"] for row in rows if row["id"] in by_access and _of_partner(of.resource, row, sub)}
        assert await _found(connection, rights, of, number % BATCHES) == seen, f"policy {number}: {policy}"
        if sub.partner_id is None:
            expected = {line["id"] for row in rows if row["id"] in seen for line in row[of.line]}
            assert await _found_lines(connection, rights, of, rows) == expected, f"policy {number}: {policy}"
        decided, allowed = decided + len(rows), allowed + len(by_access)
    assert decided == POLICIES * ROWS
    assert decided / 10 < allowed < decided * 9 / 10, "chance must be fair"
    assert conditional > POLICIES / 4


def _casbin(oracle: Oracle, resource: Resource, row: Mapping[str, Any]) -> bool:
    places = ENTITIES if row["entity_id"] is None else (row["entity_id"],)
    return any(oracle.explain(resource, Action.READ, entity_id, row)[0] for entity_id in places)


def _compiled(access: Access, resource: Resource, row: Mapping[str, Any], sub: Any) -> bool:
    if row["entity_id"] is None:
        return access.decide_shared(resource, Action.READ, row, sub)
    return access.decide(resource, Action.READ, row["entity_id"], row, sub)


def _of_partner(resource: Resource, row: Mapping[str, Any], sub: Any) -> bool:
    """Outsiders are held to rows that name their partner; of the group's documents none does."""
    if sub.partner_id is None:
        return True
    return resource is Resource.PURCHASE_ORDER and bool(row["supplier_id"] == sub.partner_id)


async def _found(connection: AsyncConnection, rights: RowRights, of: Subject, batch: int) -> set[UUID]:
    table = table_of(of.model)
    conditions = row_conditions(rights.readable(of.resource, table), table)
    statement = select(table.c.id).where(table.c.batch == batch, *conditions)
    return set((await connection.execute(statement, rights.parameters)).scalars())


async def _found_lines(connection: AsyncConnection, rights: RowRights, of: Subject, rows: list[Any]) -> set[UUID]:
    table = table_of(of.line_model)
    conditions = row_conditions(rights.readable(of.resource, table), table)
    statement = select(table.c.id).where(any_of(table.c.order_id, "orders"), *conditions)
    orders = {"orders": [row["id"] for row in rows]}
    return set((await connection.execute(statement, {**rights.parameters, **orders})).scalars())

"""Casbin, the compiled decision and the rows that SQL finds agree: 20,000 decisions on policies by chance.

What is done to a row is decided twice: on the row as it is, which must be seen, and on the row as it will be. One row
of ten is changed in that way too, through the doors that every use case goes through.

Another seed tries others: POLICY_SEED=7. WHARFINGER_TEST_SIZE=full tries 100,000.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.schema import CreateTable

from authz.access import access, permit_after, permit_shared
from authz.actor import Actor
from authz.policies.compile import Access, compile_access
from authz.policies.conditions.attributes import Attributes
from authz.policies.oracle import Oracle, enforcer
from authz.rows import RowRights, row_conditions
from authz.vocabulary import Action, Resource
from kernel.contexts import SHARED, Signer
from kernel.db import any_of, insert_rows
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.refusal import Code, Refusal
from kernel.tables import Base
from kernel.writers import Transaction, Writers
from tests.authz.policies import chance as by_chance
from tests.authz.policies.chance import ENTITIES, INSTANTS, Order, OrderLine, Request, RequestLine, table_of
from tests.databases import CONTEXT_KEY

SEED = int(os.environ.get("POLICY_SEED", "1"))
BATCHES = 5
ROWS = 100
WRITTEN = 10
"""How many rows of a policy are changed."""
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
    written: Counter[str] = Counter()
    for number in range(POLICIES):
        of = subjects[number % 2]
        policy = by_chance.policy(chance, of.resource, of.model, of.line)
        roles, sub = by_chance.roles(chance), by_chance.attributes(chance)
        compiled = compile_access(policy, roles, ENTITIES)
        conditional += compiled.is_conditional(of.resource, Action.READ)
        oracle = enforcer(policy, "ann", roles, sub)
        rows = of.rows[number % BATCHES]
        by_casbin = {row["id"] for row in rows if _casbin(oracle, of.resource, row)}
        by_access = {row["id"] for row in rows if _compiled(compiled, of.resource, row, sub)}
        assert by_casbin == by_access, f"policy {number}: {policy}"
        rights = RowRights(compiled, sub)
        seen = {row["id"] for row in rows if row["id"] in by_access and _of_partner(of.resource, row, sub)}
        assert await _found(connection, rights, of, number % BATCHES) == seen, f"policy {number}: {policy}"
        if sub.partner_id is None:
            expected = {line["id"] for row in rows if row["id"] in seen for line in row[of.line]}
            assert await _found_lines(connection, rights, of, rows) == expected, f"policy {number}: {policy}"
        for row in _tried(chance, rows, seen):
            attempt = Attempt(chance.choice(by_chance.WRITES), row, changed(chance, of, row))
            reasoned = by_reasoning(oracle, of, attempt, sub)
            answer = await by_doors(connection, actor_of(compiled, sub), of, attempt)
            assert answer == reasoned, f"policy {number}, {attempt}: {policy}"
            written[answer] += 1
        decided, allowed = decided + len(rows), allowed + len(by_access)
    assert decided == POLICIES * ROWS
    assert decided / 10 < allowed < decided * 9 / 10, "chance must be fair"
    assert conditional > POLICIES / 4
    assert written.total() == POLICIES * WRITTEN
    assert min(written[answer] for answer in ANSWERS) > POLICIES * WRITTEN / 40, f"chance must be fair: {written}"


@dataclass(frozen=True)
class Attempt:
    """Something done to a row."""

    action: Action
    before: Mapping[str, Any]
    after: Mapping[str, Any]


DONE, NOT_FOUND, FORBIDDEN, NOT_SO = ANSWERS = ("done", "not found", "forbidden", "forbidden as it will be")


def _tried(chance: Random, rows: list[dict[str, Any]], seen: set[UUID]) -> Iterator[dict[str, Any]]:
    """Rows to be changed: most of what is seen, which is what most people try, and some of all."""
    likely = [row for row in rows if row["id"] in seen] or rows
    for number in range(WRITTEN):
        yield chance.choice(likely if number % 5 else rows)


def changed(chance: Random, of: Subject, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it will be, with other lines; it stays where it is, and who it is."""
    owned = "entity_id" in table_of(of.model).primary_key.columns
    drawn = by_chance.row(chance, 0, row["batch"], owned=owned)
    made = {**drawn, "id": row["id"], "entity_id": row["entity_id"]}
    return {**made, of.line: by_chance.lines(chance, made, owned=owned)}


def actor_of(access: Access, sub: Attributes) -> Actor:
    """Somebody of whom these attributes are known."""
    actor = Actor(subject="ann", access=access, partner_id=sub.partner_id, limits=sub.limits)
    actor.__dict__["attributes"] = sub  # in the place of what it would compute
    return actor


def by_reasoning(oracle: Oracle, of: Subject, attempt: Attempt, sub: Attributes) -> str:
    """What Casbin would have answered: they see the row, may do it to the row, and may do it to what becomes of it."""
    is_shared = of.resource is Resource.CHANGE_REQUEST
    sees = _casbin(oracle, of.resource, attempt.before) and _of_partner(of.resource, attempt.before, sub)
    if not sees and not is_shared:
        return NOT_FOUND
    if not sees or not _casbin(oracle, of.resource, attempt.before, attempt.action):
        return FORBIDDEN
    becomes = _casbin(oracle, of.resource, attempt.after, attempt.action)
    return DONE if becomes and _of_partner(of.resource, attempt.after, sub) else NOT_SO


async def by_doors(connection: AsyncConnection, actor: Actor, of: Subject, attempt: Attempt) -> str:
    """What the doors of a use case answer."""
    op = Operation(transaction=await _transaction(connection), actor=actor, now=INSTANTS[0])
    try:
        await _enter(op, of, attempt)
    except Refusal as refusal:
        assert not op.authorised
        return NOT_FOUND if refusal.reasons[0].code is Code.NOT_FOUND else FORBIDDEN
    try:
        _leave(op, of, attempt)
    except Refusal:
        return NOT_SO
    return DONE


async def _transaction(connection: AsyncConnection) -> Transaction:
    """The transaction of the connection, to which the tables of this test belong, as an operation takes it."""
    made = Transaction(Writers(connection.engine.url, size=1, signer=Signer(CONTEXT_KEY)), SHARED)
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    made.driver = driver
    return made


async def _enter(op: Operation[Actor], of: Subject, attempt: Attempt) -> None:
    if of.resource is Resource.CHANGE_REQUEST:  # a use case of the group asks for what it needs, one by one
        permit_shared(op, of.resource, Action.READ, attempt.before)
        op.authorised = False
        permit_shared(op, of.resource, attempt.action, attempt.before)
        return
    await access(
        op, of.model, entity_id=attempt.before["entity_id"], row_id=attempt.before["id"], resource=of.resource,
        action=attempt.action, noun="Order", lock=LockRank.PURCHASE_ORDER,
    )  # fmt: skip


def _leave(op: Operation[Actor], of: Subject, attempt: Attempt) -> None:
    if of.resource is Resource.CHANGE_REQUEST:
        permit_shared(op, of.resource, attempt.action, attempt.after)
    else:
        lines = {of.line: attempt.after[of.line]}
        permit_after(op, of.resource, attempt.action, attempt.after, related=lines)


def _casbin(oracle: Oracle, resource: Resource, row: Mapping[str, Any], action: Action = Action.READ) -> bool:
    places = ENTITIES if row["entity_id"] is None else (row["entity_id"],)
    return any(oracle.explain(resource, action, entity_id, row)[0] for entity_id in places)


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

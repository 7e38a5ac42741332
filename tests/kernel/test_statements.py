"""Statements run by the driver: what SQLAlchemy would have done to them is done."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import pytest
from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.audit import AuditEntry
from kernel.contexts import RowContext
from kernel.db import Database, json_text
from kernel.events import EventRecord
from kernel.idempotency import IdempotencyKey
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.statements import fetch, insert_all, write
from masterdata.items.model import Item

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = {"subject": "ann", "mutation": "m", "fingerprint": "f", "created_at": NOW}


@pytest.fixture
async def driver(database: Database) -> AsyncIterator[Driver]:
    """A transaction that ends in nothing."""
    async with database.app.transaction(RowContext(subject="ann", entities_write=(new_id(),))) as transaction:
        yield transaction.driver


async def test_rows_are_read_by_name(driver: Driver) -> None:
    wanted = select(literal(1).label("one"), bindparam("given", type_=Item.base_increment.type).label("two"))
    row = (await fetch(driver, wanted, {"given": Decimal("2.5")})).one()
    assert (row.one, row.two) == (1, Decimal("2.5"))


async def test_a_list_of_constants_needs_no_parameter(driver: Driver) -> None:
    known = select(literal("draft").in_(("active", "draft")).label("known"), bindparam("x", type_=Item.sku.type))
    assert tuple((await fetch(driver, known, {"x": "y"})).one()) == (True, "y")


async def test_json_is_encoded_and_touched_rows_are_counted(driver: Driver) -> None:
    take = insert(IdempotencyKey).values({**KEY, "key": bindparam("of_key")}).on_conflict_do_nothing()
    of_ann = (IdempotencyKey.subject == "ann", IdempotencyKey.key == "k1")
    keep = update(IdempotencyKey).where(*of_ann).values(result=bindparam("stored"))
    assert [await write(driver, take, {"of_key": "k1"}) for _ in range(2)] == [1, 0]
    assert await write(driver, keep, {"stored": {"price": Decimal("1.50")}}) == 1
    assert (await fetch(driver, select(IdempotencyKey.result).where(*of_ann), {})).scalar_one() == {"price": "1.50"}


async def test_several_tables_are_written_at_once_though_not_all_may_be_read(driver: Driver) -> None:
    audit = {"id": new_id(), "at": NOW, "actor": "ann", "mutation": "m", "outcome": "done", "detail": {}}
    event = {"id": new_id(), "type": "Tried", "subject_type": "Item", "subject_id": new_id(), "actor": "ann"}
    events = [{**event, "id": new_id(), "payload": {"n": n}, "occurred_at": NOW} for n in range(3)]
    await insert_all(driver, {EventRecord: events, AuditEntry: [audit], IdempotencyKey: []})
    written = select(EventRecord.payload).where(EventRecord.subject_id == event["subject_id"])
    assert [row["n"] for row in (await fetch(driver, written, {})).scalars()] == [0, 1, 2]


async def test_errors_are_the_drivers_own(driver: Driver) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fetch(driver, select(AuditEntry.id), {})


def test_decimals_in_json_are_plain() -> None:
    assert json_text({"quantity": Decimal("1.0E+9"), "part": Decimal("0.000001")}) == (
        '{"quantity":"1000000000","part":"0.000001"}'
    )

"""The orders that tests of access look at."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable

from authz.actor import Actor
from kernel.db import insert_rows
from kernel.ids import new_id
from kernel.operation import Operation
from tests.authz.scratch import ACME, BOLT, BUYER, NORTH, NOW, ORDERS, SOUTH, Order


@pytest.fixture
async def orders(migrate_engine: AsyncEngine) -> AsyncIterator[tuple[Operation[Actor], dict[str, UUID]]]:
    """An operation of the buyer of NORTH, in which three orders exist."""
    ids = {"north": new_id(), "south": new_id(), "bolt": new_id()}
    rows = [
        {"entity_id": NORTH, "id": ids["north"], "supplier_id": ACME, "note": "screws", "version": 3},
        {"entity_id": SOUTH, "id": ids["south"], "supplier_id": ACME, "note": "nails", "version": 1},
        {"entity_id": NORTH, "id": ids["bolt"], "supplier_id": BOLT, "note": "nuts", "version": 1},
    ]
    assert isinstance(ORDERS, Table)
    async with migrate_engine.connect() as connection:
        await connection.execute(CreateTable(ORDERS))
        await insert_rows(connection, Order, rows)
        yield Operation(connection=connection, actor=BUYER, now=NOW), ids
        await connection.rollback()

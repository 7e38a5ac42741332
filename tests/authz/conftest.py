"""The orders that tests of access look at."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable

from authz.actor import Actor
from kernel.contexts import SHARED, Signer
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.statements import insert
from kernel.writers import Writers
from tests.authz.scratch import ACME, BOLT, BUYER, NORTH, NOW, ORDERS, SOUTH, Order
from tests.databases import CONTEXT_KEY


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
    owner = Writers(migrate_engine.url, size=1, signer=Signer(CONTEXT_KEY))
    async with owner.transaction(SHARED) as transaction:
        await transaction.driver.execute(str(CreateTable(ORDERS).compile(migrate_engine.sync_engine)))
        await insert(transaction.driver, Order, rows)
        yield Operation(transaction=transaction, actor=BUYER, now=NOW), ids
    await owner.close()

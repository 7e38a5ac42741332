"""How often the database is asked for one answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.schema import make_schema
from authz.vocabulary import Role
from kernel.contexts import SHARED
from kernel.db import Database
from kernel.writers import Writers
from tests.api.serving import Office, serving
from tests.api.test_inter_company_offers import offers
from tests.databases import CONTEXT_KEY
from tests.factories.agreements import agreed
from tests.factories.world import World

READ = "{ salesOrders { nodes { number lines { nodes { quantity } } } } }"


@pytest.fixture
async def narrow(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API on one connection for reads, and one for commands."""
    one = Database.connect(app=database.app.url, worker=database.worker.url, key=CONTEXT_KEY, reads=1, commands=1)
    async with serving(make_schema(), one, activation, tmp_path_factory.mktemp("narrow")) as house:
        yield house
    await one.close()


async def test_a_read_is_one_statement_and_one_more_where_the_connection_served_other_rights(
    narrow: Office, north: World, south: World
) -> None:
    ann, bob = [await narrow.hire(Role.CUSTOMER_SERVICE, north.entity_id) for _ in range(2)]
    sue = await narrow.hire(Role.CUSTOMER_SERVICE, south.entity_id)
    for token in (ann, bob, sue):
        await narrow.ask(token, READ)
    sent: list[str] = []
    async with narrow.database.readers.connection(SHARED) as driver:
        driver.add_query_logger(lambda record: sent.append(record.query))

    async def statements(token: str) -> int:
        sent.clear()
        await narrow.ask(token, READ)
        await asyncio.sleep(0)  # the driver tells of a statement when the loop comes round
        return len(sent)

    assert [await statements(token) for token in (ann, ann, bob, sue, sue, ann)] == [2, 1, 1, 2, 1, 2]


async def test_offers_take_the_same_statements_however_many_agreements_there_are(
    narrow: Office, north: World, south: World
) -> None:
    flour = await north.item("flour")
    await north.stock(flour, "10", cost="5.00")
    token = await narrow.hire(Role.PLANNER, south.entity_id)
    sent: list[str] = []
    driver = await narrow.database.app.take()
    driver.add_query_logger(lambda record: sent.append(record.query))
    narrow.database.app.give_back(driver)

    async def statements() -> int:
        sent.clear()
        offered = await offers(narrow, token, south, flour)
        await asyncio.sleep(0)
        assert offered
        return len(sent)

    counted = []
    for code in ("A", "B", "C"):
        await agreed(north, south, code=code)
        await statements()
        counted.append(await statements())
    assert counted == [counted[0]] * 3
    assert counted[0] < 15

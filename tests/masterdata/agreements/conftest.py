"""Three companies: the north gives, the south takes, and the west has nothing to do with it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest

from kernel.db import Database
from kernel.ids import new_id
from kernel.writers import Writers
from masterdata.prices.model import Price
from tests.factories.agreements import agreed
from tests.factories.selling import placed
from tests.factories.world import LONG_AGO, World


@dataclass
class Group:
    """The companies, the item that all of them keep, and the agreement."""

    north: World
    south: World
    west: World
    bolt: UUID
    agreement_id: UUID


@pytest.fixture(scope="session")
async def group(database: Database, activation: Writers) -> Group:
    """The north agreed with the south."""
    north, south, west = [await World(database, activation).build() for _ in range(3)]
    bolt = await north.item("bolt", price=None)
    for world in (north, south, west):
        await _trade(world, bolt)
    return Group(north, south, west, bolt, await agreed(north, south))


async def _trade(world: World, bolt: UUID) -> None:
    """Bolts are in stock, some are kept, and one is ordered."""
    key = {"entity_id": world.entity_id, "id": new_id(), "price_list_id": world.price_list_id}
    await world.write(Price, **key, item_id=bolt, valid_from=LONG_AGO, amount=Decimal(10))
    await world.stock(bolt, "100", cost="5.00")
    await world.keep(bolt, world.site_id, "30")
    await placed(world, (bolt, "1"))

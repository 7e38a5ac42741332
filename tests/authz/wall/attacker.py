"""A bare session of the application's role, and the companies that it would like to look into."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.contexts import RowContext, Signer
from kernel.ids import new_id
from tests.databases import CONTEXT_KEY
from tests.factories.world import World

Session: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
SIGNER = Signer(CONTEXT_KEY)
CARRY = "SELECT set_config('wharfinger.context', $1, false)"
_BALANCES = "SELECT DISTINCT entity_id FROM site_balance WHERE entity_id = ANY ($1)"


@dataclass
class Company(World):
    """A company that trades in bolts."""

    bolt: UUID = field(default_factory=new_id)

    async def trade(self) -> "Company":
        """Bolts are in stock, and one is ordered."""
        await self.build()
        self.bolt = await self.item("bolt")
        await self.stock(self.bolt, "10")
        line = PlaceSalesOrderLine(item_id=self.bolt, quantity=Decimal(1))
        order = PlaceSalesOrder(entity_id=self.entity_id, customer_id=self.customer_id, lines=(line,))
        await self.done(place_sales_order, order)
        return self


async def carry(session: Session, context: RowContext) -> str:
    """Sets a context for reading that the process has signed."""
    signed = SIGNER.reading(context)
    await session.execute(CARRY, signed)
    return signed


async def seen(session: Session, *worlds: World) -> set[UUID]:
    """The legal entities whose balances are there, as ids of the standard library."""
    rows = await session.fetch(_BALANCES, [world.entity_id for world in worlds])
    return {UUID(int=row[0].int) for row in rows}


def reads(*worlds: World, **more: Any) -> RowContext:
    """A context that reads these companies."""
    return RowContext(entities_read=tuple(world.entity_id for world in worlds), **more)

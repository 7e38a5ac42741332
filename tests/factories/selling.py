"""Selling in a test world: orders placed and shipped through the use cases."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.fulfillment.ship import ShipSalesOrder, ShipSalesOrderLine, ship_sales_order
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.outcome import Outcome
from tests.factories.world import World


async def placed(world: World, *wishes: tuple[UUID, str], **changed: Any) -> UUID:
    """The id of an order for these items and quantities."""
    lines = tuple(PlaceSalesOrderLine(item_id=item_id, quantity=Decimal(quantity)) for item_id, quantity in wishes)
    given = {"entity_id": world.entity_id, "customer_id": world.customer_id, "lines": lines, **changed}
    done = await world.done(place_sales_order, PlaceSalesOrder(**given))
    (order,) = done.objects["sales_order"]
    return order.id


async def order_now(world: World, order_id: UUID) -> Any:
    """The order as it is."""
    (order,) = await world.rows(
        select(SalesOrder.__table__).where(SalesOrder.entity_id == world.entity_id, SalesOrder.id == order_id)
    )
    return order


async def lines_now(world: World, order_id: UUID) -> list[Any]:
    """The order's lines as they are, in sequence."""
    return await world.rows(
        select(SalesOrderLine.__table__)
        .where(SalesOrderLine.entity_id == world.entity_id, SalesOrderLine.order_id == order_id)
        .order_by(SalesOrderLine.line_number)
    )


async def shipping(world: World, order_id: UUID, *wishes: tuple[UUID, str], **changed: Any) -> ShipSalesOrder:
    """The command that ships these parts of an order; all that is reserved when none is named."""
    parts = tuple(
        ShipSalesOrderLine(sales_order_line_id=line_id, quantity=Decimal(quantity)) for line_id, quantity in wishes
    )
    order = await order_now(world, order_id)
    given = {"sales_order_id": order_id, "expected_version": order.version, "lines": parts or None, **changed}
    return ShipSalesOrder(**{"entity_id": world.entity_id, **given})


async def ship(world: World, order_id: UUID, *wishes: tuple[UUID, str], **changed: Any) -> Outcome[None]:
    """Ships, and answers what became of it."""
    return await world.run(ship_sales_order, await shipping(world, order_id, *wishes, **changed))

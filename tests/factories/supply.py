"""Short ways to tell how goods come in: an order waits, an option is accepted, a delivery arrives."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.access import authorise
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.fulfillment.receive import ReceivePurchaseOrder, ReceivePurchaseOrderLine, receive_purchase_order
from domain.inventory.model import Demand
from domain.orders.cancel import CancelSalesOrder, cancel_sales_order
from domain.orders.model import SalesOrder
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from domain.procurement.issue import NewPurchaseLine, NewPurchaseOrder, issue_purchase_order
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from domain.resolution.accept_option import AcceptSourcingOption, accept_sourcing_option
from domain.resolution.confirm_purchase_order import (
    ConfirmPurchaseOrder,
    ConfirmPurchaseOrderLine,
    confirm_purchase_order,
)
from domain.sourcing.model import Shortage, SourcingOption
from kernel.operation import Operation
from kernel.outcome import Done, Outcome
from tests.factories.world import World

Wishes = dict[UUID, str]


def order_of(world: World, wishes: Wishes, **changed: Any) -> PlaceSalesOrder:
    """An order of the customer for so much of each item."""
    lines = tuple(PlaceSalesOrderLine(item_id=item, quantity=Decimal(much)) for item, much in wishes.items())
    return PlaceSalesOrder(
        **{"entity_id": world.entity_id, "customer_id": world.customer_id, "lines": lines, **changed}
    )


async def placed(world: World, wishes: Wishes, **changed: Any) -> UUID:
    """Places an order that must be accepted; answers its id."""
    return only(await world.done(place_sales_order, order_of(world, wishes, **changed)), "sales_order")


async def order(world: World, order_id: UUID) -> Any:
    """The order as it is now."""
    (found,) = [each for each in await world.all(SalesOrder) if each.id == order_id]
    return found


async def demand_of(world: World, order_id: UUID) -> Any:
    """The demand of an order with one line."""
    (found,) = [each for each in await world.all(Demand) if each.document_id == order_id]
    return found


async def shortage_of(world: World, order_id: UUID) -> Any:
    """The shortage of an order with one line."""
    demand = await demand_of(world, order_id)
    (found,) = [each for each in await world.all(Shortage) if each.demand_id == demand.id]
    return found


async def offered(world: World, order_id: UUID, kind: str) -> Any:
    """The offered option of this kind for an order with one line."""
    shortage = await shortage_of(world, order_id)
    options = await world.all(SourcingOption)
    (found,) = [
        each for each in options if (each.shortage_id, each.kind, each.status) == (shortage.id, kind, "offered")
    ]
    return found


async def acceptance(world: World, order_id: UUID, kind: str) -> AcceptSourcingOption:
    """The command that accepts this option of the order, as it is seen now."""
    option, shortage = await offered(world, order_id, kind), await shortage_of(world, order_id)
    return AcceptSourcingOption(entity_id=world.entity_id, option_id=option.id, expected_version=shortage.version)


async def accept(world: World, order_id: UUID, kind: str) -> Outcome[None]:
    """Accepts the option of this kind for an order with one line."""
    return await world.run(accept_sourcing_option, await acceptance(world, order_id, kind))


async def bought(world: World, order_id: UUID) -> UUID:
    """Buys what the order is short of; answers the purchase order."""
    outcome = await accept(world, order_id, "buy")
    assert outcome.done is not None, outcome.refused
    return only(outcome.done, "purchase_order")


async def issued(world: World, wishes: Wishes) -> UUID:
    """Orders so much of each item from the supplier, without anybody waiting for it; answers the purchase order."""
    lines = [
        NewPurchaseLine(item_id=item, quantity=Decimal(much), unit_price=Decimal("6.00"), requested_date=world.day(7))
        for item, much in wishes.items()
    ]
    draft = NewPurchaseOrder(
        supplier_id=world.supplier_id,
        site_id=world.site_id,
        currency=world.currency,
        exchange_rate=Decimal(1),
        lines=lines,
    )

    async def issue(op: Operation[Actor], command: NewPurchaseOrder) -> Done:
        authorise(op, Resource.PURCHASE_ORDER, Action.CREATE, world.entity_id)
        await issue_purchase_order(op, world.entity_id, command)
        return Done({})

    await world.done(issue, draft)
    return draft.id


def only(done: Done, field: str) -> UUID:
    """The id of the one object in a field of what was done."""
    (ref,) = done.objects[field]
    return ref.id


async def delivery(world: World, purchase_order_id: UUID, *quantities: str, **changed: Any) -> ReceivePurchaseOrder:
    """The command that receives so much of each line of the order, as it is seen now; all of it if nothing is named."""
    (seen,) = [each for each in await world.all(PurchaseOrder) if each.id == purchase_order_id]
    lines = [each for each in await world.all(PurchaseOrderLine) if each.order_id == purchase_order_id]
    named = quantities or [str(each.quantity) for each in lines]
    arrived = tuple(
        ReceivePurchaseOrderLine(purchase_order_line_id=line.id, quantity=Decimal(quantity))
        for line, quantity in zip(lines, named, strict=True)
    )
    return ReceivePurchaseOrder(
        **{
            "entity_id": world.entity_id,
            "purchase_order_id": purchase_order_id,
            "expected_version": seen.version,
            "lines": arrived,
            **changed,
        }
    )


async def receive(world: World, purchase_order_id: UUID, *quantities: str, **changed: Any) -> Outcome[None]:
    """Receives so much of each line of the order."""
    return await world.run(receive_purchase_order, await delivery(world, purchase_order_id, *quantities, **changed))


async def cancellation(world: World, order_id: UUID) -> CancelSalesOrder:
    """The command that cancels the order, as it is seen now."""
    seen = await order(world, order_id)
    return CancelSalesOrder(
        entity_id=world.entity_id, sales_order_id=order_id, expected_version=seen.version, reason="Too late."
    )


async def cancel(world: World, order_id: UUID) -> Outcome[None]:
    """Cancels the order."""
    return await world.run(cancel_sales_order, await cancellation(world, order_id))


async def confirmation(world: World, purchase_order_id: UUID, on: date, quantity: str | None) -> ConfirmPurchaseOrder:
    """The command that confirms the one line of the order, as it is seen now."""
    (seen,) = [each for each in await world.all(PurchaseOrder) if each.id == purchase_order_id]
    (line,) = [each for each in await world.all(PurchaseOrderLine) if each.order_id == purchase_order_id]
    said = ConfirmPurchaseOrderLine(
        purchase_order_line_id=line.id,
        confirmed_date=on,
        confirmed_quantity=None if quantity is None else Decimal(quantity),
    )
    return ConfirmPurchaseOrder(
        entity_id=world.entity_id, purchase_order_id=purchase_order_id, expected_version=seen.version, lines=(said,)
    )


async def confirm(world: World, purchase_order_id: UUID, on: date, quantity: str | None = None) -> Outcome[None]:
    """Confirms the one line of the order."""
    return await world.run(confirm_purchase_order, await confirmation(world, purchase_order_id, on, quantity))

"""The step that makes a transfer order: reserved at the site that gives, expected at the site that takes."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.access import permit_after
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.inventory.allocate import DemandOrigin, StockPicture, apply_allocations
from domain.inventory.expect import NewSupply, expect_supplies
from domain.inventory.lifecycle import DemandKind, SupplyKind
from domain.inventory.rules import Allocation, ExpectedSupply, Stock, StockKey, Wanted
from domain.transfers.lifecycle import TRANSFER_ORDER_STATUS
from domain.transfers.model import TransferOrder, TransferOrderLine
from kernel.events import Event
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class NewTransferOrder:
    """So much of an item, in base units, from the first site to the second."""

    item_id: UUID
    from_site_id: UUID
    to_site_id: UUID
    quantity: Decimal
    ship_date: date
    arrival_date: date
    priority: int
    id: UUID = field(default_factory=new_id)
    line_id: UUID = field(default_factory=new_id)

    @property
    def taken_from(self) -> StockKey:
        return StockKey(self.item_id, self.from_site_id)


async def create_transfer_order(
    op: Operation[Actor], entity_id: UUID, order: NewTransferOrder, *, giver: Stock
) -> tuple[ExpectedSupply, ...]:
    """Writes the order and answers what it will bring. The caller has locked the giver's stock and found it enough.

    Refuses an order that the actor may not make, whatever it is made for.
    """
    row, line = _order_row(op, entity_id, order), _line_row(entity_id, order)
    related = {TransferOrderLine.__tablename__: [line]}
    permit_after(op, Resource.TRANSFER_ORDER, Action.CREATE, row, related=related)
    await op.insert(TransferOrder, [row])
    await op.insert(TransferOrderLine, [line])
    wanted = Wanted(new_id(), order.taken_from, order.quantity, order.ship_date)
    origin = DemandOrigin(
        kind=DemandKind.TRANSFER_ORDER_LINE,
        document_id=order.id,
        line_ids={wanted.demand_id: order.line_id},
        priority=order.priority,
    )
    picture = StockPicture({giver.key: giver}, ())
    await apply_allocations(op, entity_id, [Allocation(wanted, order.quantity, ())], origin=origin, picture=picture)
    op.record(_created(entity_id, order))
    return await expect_supplies(op, entity_id, [_supply(order)])


def _order_row(op: Operation[Actor], entity_id: UUID, order: NewTransferOrder) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": order.id,
        "from_site_id": order.from_site_id,
        "to_site_id": order.to_site_id,
        "status": TRANSFER_ORDER_STATUS.initial,
        "ship_date": order.ship_date,
        "arrival_date": order.arrival_date,
        "created_at": op.now,
    }


def _line_row(entity_id: UUID, order: NewTransferOrder) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": order.line_id,
        "order_id": order.id,
        "line_number": 1,
        "item_id": order.item_id,
        "quantity": order.quantity,
    }


def _supply(order: NewTransferOrder) -> NewSupply:
    return NewSupply(
        kind=SupplyKind.TRANSFER_ORDER_LINE,
        document_id=order.id,
        line_id=order.line_id,
        key=StockKey(order.item_id, order.to_site_id),
        quantity=order.quantity,
        expected_date=order.arrival_date,
    )


def _created(entity_id: UUID, order: NewTransferOrder) -> Event:
    return Event(
        type="TransferOrderCreated",
        subject_type="TransferOrder",
        subject_id=order.id,
        entity_id=entity_id,
        payload={
            "itemId": order.item_id,
            "fromSiteId": order.from_site_id,
            "toSiteId": order.to_site_id,
            "quantity": order.quantity,
            "shipDate": order.ship_date,
            "arrivalDate": order.arrival_date,
        },
    )

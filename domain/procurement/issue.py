"""The step that issues a purchase order: the order, its lines, and what is now expected of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.access import permit_after
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.inventory.expect import NewSupply, expect_supplies
from domain.inventory.lifecycle import SupplyKind
from domain.inventory.rules import ExpectedSupply, StockKey
from domain.procurement.lifecycle import PURCHASE_ORDER_STATUS
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class NewPurchaseLine:
    """So much of an item, in base units, at a price per base unit in the order's currency."""

    item_id: UUID
    quantity: Decimal
    unit_price: Decimal
    requested_date: date
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, kw_only=True)
class NewPurchaseOrder:
    """What is to be ordered. `exchange_rate` is what one of `currency` is worth in the entity's currency today."""

    supplier_id: UUID
    site_id: UUID
    currency: str
    exchange_rate: Decimal
    lines: Sequence[NewPurchaseLine]
    id: UUID = field(default_factory=new_id)

    def amount(self, line: NewPurchaseLine) -> Decimal:
        return round_money(line.quantity * line.unit_price, self.currency)

    @property
    def total(self) -> Decimal:
        return sum((self.amount(line) for line in self.lines), Decimal(0))


async def issue_purchase_order(
    op: Operation[Actor], entity_id: UUID, order: NewPurchaseOrder
) -> tuple[ExpectedSupply, ...]:
    """Writes the order and answers what it will bring, line by line.

    Refuses an order that the actor may not make, whatever it is made for: rights and limits are those of any other.
    """
    row = _order_row(op, entity_id, order)
    rows = [_line_row(entity_id, order, line, number) for number, line in enumerate(order.lines, start=1)]
    related = {PurchaseOrderLine.__tablename__: rows}
    permit_after(op, Resource.PURCHASE_ORDER, Action.CREATE, row, related=related)
    await op.insert(PurchaseOrder, [row])
    await op.insert(PurchaseOrderLine, rows)
    op.record(_issued(entity_id, order))
    return await expect_supplies(op, entity_id, [_supply(order, line) for line in order.lines])


def _order_row(op: Operation[Actor], entity_id: UUID, order: NewPurchaseOrder) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": order.id,
        "supplier_id": order.supplier_id,
        "site_id": order.site_id,
        "status": PURCHASE_ORDER_STATUS.initial,
        "currency": order.currency,
        "exchange_rate": order.exchange_rate,
        "total": order.total,
        "ordered_at": op.now,
    }


def _line_row(entity_id: UUID, order: NewPurchaseOrder, line: NewPurchaseLine, number: int) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": line.id,
        "order_id": order.id,
        "supplier_id": order.supplier_id,
        "line_number": number,
        "item_id": line.item_id,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": order.amount(line),
        "requested_date": line.requested_date,
    }


def _supply(order: NewPurchaseOrder, line: NewPurchaseLine) -> NewSupply:
    return NewSupply(
        kind=SupplyKind.PURCHASE_ORDER_LINE,
        document_id=order.id,
        line_id=line.id,
        key=StockKey(line.item_id, order.site_id),
        quantity=line.quantity,
        expected_date=line.requested_date,
    )


def _issued(entity_id: UUID, order: NewPurchaseOrder) -> Event:
    return Event(
        type="PurchaseOrderIssued",
        subject_type="PurchaseOrder",
        subject_id=order.id,
        entity_id=entity_id,
        payload={
            "supplierId": order.supplier_id,
            "siteId": order.site_id,
            "total": order.total,
            "currency": order.currency,
            "lines": len(order.lines),
        },
    )

"""Receive a purchase order, all of it or a part: goods, value and promises change together.

What arrives goes first to those to whom it was promised, then to those who are short, in turn. Orders placed while the
receipt is under way either find its goods or are served by it; see domain/inventory/serve.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from authz.access import access
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.cases.close import close_cases
from domain.finance.queries import lock_layers
from domain.finance.rules import Layer
from domain.fulfillment.book_receipt import ArrivedLine, BookedReceipt, book_receipt
from domain.inventory.move import Place, lock_moved
from domain.inventory.queries.claims import lock_demands
from domain.inventory.queries.places import InboundPlaces, gather_inbound_places
from domain.inventory.queries.supplies import apply_arrivals, gather_supplies_of, lock_named_supplies
from domain.inventory.rules import StockKey, total_by
from domain.inventory.serve import Distribution, apply_serving, plan_serving
from domain.inventory.serving import Goods
from domain.orders.queries.waiting import lock_orders
from domain.orders.serve import Held, advance_orders, decide_under_lock, lock_in_rounds
from domain.procurement.lifecycle import PURCHASE_ORDER_STATUS, RECEIVABLE, PurchaseOrderStatus
from domain.procurement.model import PurchaseOrder
from domain.procurement.queries import apply_received, gather_ordered_lines
from domain.procurement.rules import Delivered, OrderedLine, check_delivery, derive_status
from domain.sourcing.queries import lock_shortages
from kernel.commands import argument
from kernel.events import Event
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, Refused, invalid, not_found
from kernel.rows import Row
from masterdata.entities.queries import Books, gather_books

LINES_MAX = 500
DELIVERY_NOTE_LENGTH_MAX = 200


@dataclass(frozen=True)
class ReceivePurchaseOrderLine:
    """What arrived of a line, and where it was put."""

    purchase_order_line_id: UUID = argument("The line of the order.", refers_to="PurchaseOrderLine")
    quantity: Decimal = argument("How much arrived, in the item's base unit.")
    location_id: UUID | None = argument(
        "Where it was put; the first bin of the order's site if left out.", refers_to="Location", default=None
    )


@dataclass(frozen=True)
class ReceivePurchaseOrder:
    """A delivery for a purchase order."""

    entity_id: UUID = argument("The legal entity that ordered.", entity_of="purchase_order_id")
    purchase_order_id: UUID = argument("The purchase order.", refers_to="PurchaseOrder")
    expected_version: int = argument("The version of the order that you saw.")
    lines: tuple[ReceivePurchaseOrderLine, ...] = argument(f"What arrived: 1 to {LINES_MAX} lines.")
    delivery_note: str | None = argument("The supplier's delivery note.", default=None)


@dataclass(frozen=True)
class _Delivery:
    """What arrives of the order, as it is now."""

    order: Row
    lines: Mapping[UUID, OrderedLine]
    arrived: Sequence[ArrivedLine]
    goods: Goods
    books: Books

    @property
    def item_ids(self) -> set[UUID]:
        return {each.line.item_id for each in self.arrived}


@dataclass(frozen=True)
class _Locked:
    """The delivery with everything that it changes under lock, and who gets what of it."""

    delivery: _Delivery
    layers: Mapping[UUID, Layer]
    distribution: Distribution


async def receive_purchase_order(op: Operation[Actor], command: ReceivePurchaseOrder) -> Done:
    """Books the delivery and serves those who wait.

    Refuses lines that the order does not have, places outside its site, and more than is still to come.
    """
    locked = await _lock(op, command)
    delivery = locked.delivery
    entity_id, order = command.entity_id, delivery.order
    receipt = await book_receipt(
        op,
        order,
        delivery.arrived,
        layers=locked.layers,
        books=delivery.books,
        delivery_note=command.delivery_note,
    )
    status = await _advance_order(op, delivery)
    await apply_serving(op, entity_id, locked.distribution, document_id=receipt.id)
    await apply_arrivals(op, entity_id, delivery.goods.arrived)
    op.record(_received(delivery, receipt, status))
    await close_cases(op, entity_id, await advance_orders(op, entity_id, locked.distribution, books=delivery.books))
    return Done(
        {
            "purchase_order": (Ref("PurchaseOrder", order.id, entity_id, order.version + 1),),
            "receipt": (Ref("Receipt", receipt.id, entity_id),),
        }
    )


async def _lock(op: Operation[Actor], command: ReceivePurchaseOrder) -> _Locked:
    await _access_order(op, command)
    _check(command)
    return await lock_in_rounds(op, lambda: _lock_round(op, command))


async def _access_order(op: Operation[Actor], command: ReceivePurchaseOrder, lock: LockRank | None = None) -> Row:
    return await access(
        op,
        PurchaseOrder,
        entity_id=command.entity_id,
        row_id=command.purchase_order_id,
        resource=Resource.PURCHASE_ORDER,
        action=Action.RECEIVE,
        noun="Purchase order",
        lock=lock,
        expected_version=command.expected_version,
        path=("purchaseOrderId",),
    )


def _check(command: ReceivePurchaseOrder) -> None:
    problems = []
    if not 1 <= len(command.lines) <= LINES_MAX:
        problems.append(invalid(f"A delivery has 1 to {LINES_MAX} lines; this has {len(command.lines)}.", "lines"))
    if len(command.delivery_note or "") > DELIVERY_NOTE_LENGTH_MAX:
        problems.append(invalid(f"It has more than {DELIVERY_NOTE_LENGTH_MAX} characters.", "deliveryNote"))
    if problems:
        raise Refusal(*problems)


async def _lock_round(op: Operation[Actor], command: ReceivePurchaseOrder) -> _Locked | None:
    """Locks everything that the delivery changes, in rank order; None when somebody came meanwhile who is busy."""
    entity_id = command.entity_id
    foreseen = await _gather_delivery(op, command, await _access_order(op, command))
    expected = await plan_serving(op, entity_id, foreseen.goods)
    await lock_orders(op, entity_id, expected.sales_order_ids)
    order = await _access_order(op, command, LockRank.PURCHASE_ORDER)
    await lock_shortages(op, entity_id, expected.demand_ids)
    supply_ids = expected.supply_ids | foreseen.goods.arrived.keys()
    await lock_named_supplies(op, entity_id, supply_ids)
    await lock_demands(op, entity_id, expected.demand_ids)
    delivery = await _gather_delivery(op, command, order)
    stocks = await lock_moved(op, entity_id, [(each.line.item_id, each.target) for each in delivery.arrived])
    held = Held(orders=expected.sales_order_ids, demands=expected.demand_ids, supplies=supply_ids)
    distribution = await decide_under_lock(op, entity_id, delivery.goods, stocks=stocks.sites, held=held)
    if distribution is None:
        return None
    layers = await lock_layers(op, entity_id, delivery.item_ids, currency=delivery.books.currency)
    return _Locked(delivery, layers, distribution)


async def _gather_delivery(op: Operation[Actor], command: ReceivePurchaseOrder, order: Row) -> _Delivery:
    """What the command says, checked against the order."""
    if order.status not in RECEIVABLE:
        PURCHASE_ORDER_STATUS.require(order.status, PurchaseOrderStatus.PARTIALLY_RECEIVED)
    lines = await gather_ordered_lines(op, order.entity_id, order.id)
    places = await gather_inbound_places(op, order.entity_id, order.site_id)
    delivered = [Delivered(each.purchase_order_line_id, each.quantity) for each in command.lines]
    problems = [*check_delivery(delivered, lines), *_check_places(command, places)]
    if problems:
        raise Refusal(*problems)
    arrived = [
        ArrivedLine(
            line=lines[each.purchase_order_line_id],
            quantity=each.quantity,
            origin=Place(places.supplier_id, None),
            target=Place(each.location_id or places.location_ids[0], order.site_id),
        )
        for each in command.lines
    ]
    supplies = await gather_supplies_of(op, order.entity_id, order.id)
    goods = Goods(
        stock=total_by((StockKey(each.line.item_id, order.site_id), each.quantity) for each in arrived),
        arrived=total_by((supplies[each.line.line_id].id, each.quantity) for each in arrived),
    )
    return _Delivery(order, lines, arrived, goods, await gather_books(op, order.entity_id))


def _check_places(command: ReceivePurchaseOrder, places: InboundPlaces) -> list[Refused]:
    return [
        not_found("Location", "lines", index, "locationId")
        for index, line in enumerate(command.lines)
        if line.location_id is not None and line.location_id not in places.location_ids
    ]


async def _advance_order(op: Operation[Actor], delivery: _Delivery) -> str:
    arrived = total_by((each.line.line_id, each.quantity) for each in delivery.arrived)
    lines = [line.received(arrived.get(line.line_id, Decimal(0))) for line in delivery.lines.values()]
    order, status = delivery.order, derive_status(lines)
    PURCHASE_ORDER_STATUS.require(order.status, status)
    await apply_received(op, order.entity_id, order.id, arrived=arrived, status=status)
    return status


def _received(delivery: _Delivery, receipt: BookedReceipt, status: str) -> Event:
    order = delivery.order
    return Event(
        type="PurchaseOrderReceived",
        subject_type="PurchaseOrder",
        subject_id=order.id,
        entity_id=order.entity_id,
        payload={
            "supplierId": order.supplier_id,
            "receiptId": receipt.id,
            "lines": len(delivery.arrived),
            "value": receipt.value,
            "currency": delivery.books.currency,
            "status": status,
        },
    )

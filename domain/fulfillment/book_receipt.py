"""The step that books arrived goods: movements and balances, layers, journal, and an open item for each line.

Goods are worth what was ordered, at the exchange rate of the order, until their invoice comes. Until then the
entity owes it on goods received not invoiced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.open_items import NewOpenItem, open_items
from domain.finance.post import Posting, Side, post
from domain.finance.queries import apply_layers
from domain.finance.rules import Layer
from domain.fulfillment.model import Receipt, ReceiptLine
from domain.inventory.move import Move, Place, apply_moves, received_layers
from domain.procurement.rules import OrderedLine
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation
from kernel.rows import Row
from masterdata.entities.queries import Books

DOCUMENT = "Receipt"


@dataclass(frozen=True, kw_only=True)
class ArrivedLine:
    """So much of an order line, from the supplier place to where it was put."""

    line: OrderedLine
    quantity: Decimal
    origin: Place
    target: Place
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class BookedReceipt:
    """A receipt that is booked, and what it is worth in the entity's currency."""

    id: UUID
    value: Decimal


@dataclass(frozen=True)
class _Priced:
    """An arrived line with its value and its open item."""

    arrived: ArrivedLine
    move: Move
    item: NewOpenItem
    ordered_amount: Decimal


async def book_receipt(
    op: Operation[Actor],
    order: Row,
    arrived: Sequence[ArrivedLine],
    *,
    layers: Mapping[UUID, Layer],
    books: Books,
    delivery_note: str | None,
) -> BookedReceipt:
    """Books the lines. Balances and layers are under lock."""
    entity_id, receipt_id = order.entity_id, new_id()
    priced = [_price(each, receipt_id, order, books) for each in arrived]
    moves = [each.move for each in priced]
    await apply_moves(op, entity_id, moves)
    await apply_layers(op, entity_id, received_layers(layers, moves))
    await open_items(op, entity_id, [each.item for each in priced])
    await op.insert(Receipt, [_receipt_row(op, order, receipt_id, delivery_note)])
    await op.insert(ReceiptLine, [_line_row(entity_id, receipt_id, each) for each in priced])
    postings = [_posting(each, layers[each.move.item_id], order.currency) for each in priced]
    await post(op, entity_id, postings, accounting_date=books.day_of(op.now))
    op.record(_event(entity_id, receipt_id, order, priced))
    return BookedReceipt(receipt_id, sum((move.value for move in moves), Decimal(0)))


def _price(arrived: ArrivedLine, receipt_id: UUID, order: Row, books: Books) -> _Priced:
    ordered_amount = arrived.quantity * arrived.line.unit_price
    value = round_money(ordered_amount * order.exchange_rate, books.currency)
    move = Move(
        item_id=arrived.line.item_id,
        origin=arrived.origin,
        target=arrived.target,
        quantity=arrived.quantity,
        value=value,
        currency=books.currency,
        document_type=DOCUMENT,
        document_id=receipt_id,
        line_id=arrived.id,
    )
    item = NewOpenItem(
        account=Account.GOODS_RECEIVED_NOT_INVOICED,
        document_type=DOCUMENT,
        document_id=receipt_id,
        line_id=arrived.id,
        quantity=arrived.quantity,
        amount=value,
        currency=books.currency,
    )
    return _Priced(arrived, move, item, round_money(ordered_amount, order.currency))


def _receipt_row(op: Operation[Actor], order: Row, receipt_id: UUID, delivery_note: str | None) -> dict[str, Any]:
    return {
        "entity_id": order.entity_id,
        "id": receipt_id,
        "purchase_order_id": order.id,
        "received_at": op.now,
        "delivery_note": delivery_note,
    }


def _line_row(entity_id: UUID, receipt_id: UUID, priced: _Priced) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": priced.arrived.id,
        "receipt_id": receipt_id,
        "purchase_order_line_id": priced.arrived.line.line_id,
        "item_id": priced.move.item_id,
        "location_id": priced.arrived.target.location_id,
        "quantity": priced.move.quantity,
        "value": priced.move.value,
        "open_item_id": priced.item.id,
    }


def _posting(priced: _Priced, layer: Layer, ordered_currency: str) -> Posting:
    return Posting(
        debit=Side(Account.STOCK, layer.id),
        credit=Side(Account.GOODS_RECEIVED_NOT_INVOICED, priced.item.id),
        amount=priced.move.value,
        currency=priced.move.currency,
        document_type=DOCUMENT,
        document_id=priced.move.document_id,
        line_id=priced.arrived.id,
        item_id=priced.move.item_id,
        transaction_amount=priced.ordered_amount,
        transaction_currency=ordered_currency,
    )


def _event(entity_id: UUID, receipt_id: UUID, order: Row, priced: Sequence[_Priced]) -> Event:
    return Event(
        type="StockReceived",
        subject_type=DOCUMENT,
        subject_id=receipt_id,
        entity_id=entity_id,
        payload={
            "siteId": order.site_id,
            "lines": [
                {
                    "itemId": each.move.item_id,
                    "locationId": each.arrived.target.location_id,
                    "quantity": each.move.quantity,
                    "value": each.move.value,
                }
                for each in priced
            ],
        },
    )

"""Buying in a test world: purchase orders as they were issued, and receipts booked by the steps of the domain."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.open_items import NewOpenItem, open_items
from domain.finance.post import Posting, Side, post
from domain.finance.queries import apply_layers, lock_layers
from domain.fulfillment.model import Receipt, ReceiptLine
from domain.fulfillment.queries import gather_counterparty
from domain.inventory.move import Move, Place, apply_moves, lock_moved
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from kernel.db import insert_rows
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Call, Operation
from kernel.outcome import Done
from masterdata.locations.kinds import LocationKind
from tests.factories.world import World


async def ordered(
    world: World,
    *wishes: tuple[UUID, str, str],
    supplier_id: UUID | None = None,
    currency: str | None = None,
    rate: str = "1",
) -> list[UUID]:
    """The line ids of a purchase order for these items, quantities and prices."""
    order_id = new_id()
    order = {
        "entity_id": world.entity_id,
        "id": order_id,
        "supplier_id": supplier_id or world.supplier_id,
        "site_id": world.site_id,
        "currency": currency or world.currency,
        "exchange_rate": Decimal(rate),
        "total": Decimal(0),
        "ordered_at": world.now,
    }
    lines = [
        {
            "entity_id": world.entity_id,
            "id": new_id(),
            "order_id": order_id,
            "line_number": number,
            "item_id": item_id,
            "quantity": Decimal(quantity),
            "unit_price": Decimal(price),
            "amount": Decimal(quantity) * Decimal(price),
            "requested_date": world.today,
        }
        for number, (item_id, quantity, price) in enumerate(wishes, start=1)
    ]
    async with world.database.worker.begin() as connection:
        await insert_rows(connection, PurchaseOrder, [order])
        await insert_rows(connection, PurchaseOrderLine, lines)
    return [UUID(str(line["id"])) for line in lines]


@dataclass(frozen=True)
class Arrival:
    """So much of a purchase order line arrives in the world's bin."""

    line_id: UUID
    quantity: Decimal


async def received(world: World, line_id: UUID, quantity: str) -> None:
    """Books a receipt of the line."""
    arrival = Arrival(line_id, Decimal(quantity))

    async def book(op: Operation[Actor], arrival: Arrival) -> Done:
        op.authorise(world.entity_id)
        await _book(op, world, arrival)
        return Done()

    await world.operations.run(world.clerk, book, arrival, Call(mutation="receive"))


async def _book(op: Operation[Actor], world: World, arrival: Arrival) -> None:
    line = (await op.execute(select(PurchaseOrderLine.__table__).where(PurchaseOrderLine.id == arrival.line_id))).one()
    order = (await op.execute(select(PurchaseOrder.__table__).where(PurchaseOrder.id == line.order_id))).one()
    value = round_money(arrival.quantity * line.unit_price * order.exchange_rate, world.currency)
    receipt_id, receipt_line_id, own = new_id(), new_id(), {"entity_id": world.entity_id}
    move = Move(
        item_id=line.item_id,
        origin=Place(await gather_counterparty(op, world.entity_id, LocationKind.SUPPLIER), None),
        target=Place(world.bin_id, world.site_id),
        quantity=arrival.quantity,
        value=value,
        currency=world.currency,
        document_type="Receipt",
        document_id=receipt_id,
        line_id=receipt_line_id,
    )
    await lock_moved(op, world.entity_id, [(line.item_id, move.target)])
    layers = await lock_layers(op, world.entity_id, [line.item_id], currency=world.currency)
    await apply_moves(op, world.entity_id, [move])
    await apply_layers(op, world.entity_id, [layers[line.item_id].received(arrival.quantity, value)])
    item = NewOpenItem(
        account=Account.GOODS_RECEIVED_NOT_INVOICED,
        document_type="Receipt",
        document_id=receipt_id,
        line_id=receipt_line_id,
        quantity=arrival.quantity,
        amount=value,
        currency=world.currency,
    )
    await open_items(op, world.entity_id, [item])
    receipt = {**own, "id": receipt_id, "purchase_order_id": order.id, "received_at": op.now}
    await op.insert(Receipt, [receipt])
    received_line = {
        **own,
        "id": receipt_line_id,
        "receipt_id": receipt_id,
        "purchase_order_line_id": line.id,
        "item_id": line.item_id,
        "location_id": world.bin_id,
        "quantity": arrival.quantity,
        "value": value,
        "open_item_id": item.id,
    }
    await op.insert(ReceiptLine, [received_line])
    counted = PurchaseOrderLine.received_quantity + arrival.quantity
    await op.execute(update(PurchaseOrderLine).where(PurchaseOrderLine.id == line.id).values(received_quantity=counted))
    posting = Posting(
        debit=Side(Account.STOCK, layers[line.item_id].id),
        credit=Side(Account.GOODS_RECEIVED_NOT_INVOICED, item.id),
        amount=value,
        currency=world.currency,
        document_type="Receipt",
        document_id=receipt_id,
    )
    await post(op, world.entity_id, [posting], accounting_date=world.today)

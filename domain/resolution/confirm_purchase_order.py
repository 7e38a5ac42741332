"""Confirm a purchase order: what the supplier says it will deliver when, brought to those to whom it was promised.

Later goods move promises; goods that will not come leave those short who have their turn last. Both open cases. Goods
that nobody holds, as when a supplier finds more than he said, are promised to those who are short. The use case stands
above procurement, because it also changes sales orders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from authz.access import access
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.cases.close import close_cases
from domain.cases.open import open_cases
from domain.inventory.queries.claims import gather_holders, lock_demands
from domain.inventory.queries.supplies import gather_supplies_of, lock_named_supplies
from domain.inventory.revise import apply_revisions
from domain.inventory.rules import ExpectedSupply
from domain.inventory.serving import Expectation, Goods, Revision, revise_pegs
from domain.orders.queries.waiting import lock_orders
from domain.orders.repromise import repromise_orders
from domain.orders.serve import gather_short, lock_in_rounds, promise_goods
from domain.procurement.lifecycle import PURCHASE_ORDER_STATUS, RECEIVABLE, PurchaseOrderStatus
from domain.procurement.model import PurchaseOrder
from domain.procurement.queries import apply_confirmed, gather_ordered_lines
from domain.procurement.rules import Confirmation, OrderedLine, check_confirmation, derive_status
from domain.sourcing.detect import detect_shortages
from domain.sourcing.queries import gather_open_shortages, lock_shortages
from kernel.commands import argument
from kernel.events import Event
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, invalid
from kernel.rows import Row
from masterdata.entities.queries import gather_books

LINES_MAX = 500


@dataclass(frozen=True)
class ConfirmPurchaseOrderLine:
    """What the supplier says of a line."""

    purchase_order_line_id: UUID = argument("The line of the order.", refers_to="PurchaseOrderLine")
    confirmed_date: date = argument("When it will be delivered.")
    confirmed_quantity: Decimal | None = argument(
        "How much will be delivered in all, in the item's base unit; what was ordered if left out.", default=None
    )


@dataclass(frozen=True)
class ConfirmPurchaseOrder:
    """A supplier's answer to a purchase order."""

    entity_id: UUID = argument("The legal entity that ordered.", entity_of="purchase_order_id")
    purchase_order_id: UUID = argument("The purchase order.", refers_to="PurchaseOrder")
    expected_version: int = argument("The version of the order that you saw.")
    lines: tuple[ConfirmPurchaseOrderLine, ...] = argument(f"What is confirmed: 1 to {LINES_MAX} lines.")


@dataclass(frozen=True)
class _Locked:
    """The order, its confirmed lines, and what changes for those who hold pegs on them; all under lock.

    offered: the supplies as they then are. claimants: those who hold pegs on them or are short of their goods.
    """

    order: Row
    confirmed: tuple[OrderedLine, ...]
    status: PurchaseOrderStatus
    expectations: Mapping[UUID, Expectation]
    revisions: tuple[Revision, ...]
    offered: tuple[ExpectedSupply, ...]
    claimants: frozenset[UUID]


async def confirm_purchase_order(op: Operation[Actor], command: ConfirmPurchaseOrder) -> Done:
    """Sets dates and quantities, and tells those who were promised the goods.

    Refuses lines that the order does not have, dates that have passed, and more than was ordered.
    """
    locked = await _lock(op, command)
    entity_id, order = command.entity_id, locked.order
    await apply_confirmed(op, entity_id, order.id, lines=locked.confirmed, status=locked.status)
    await apply_revisions(op, entity_id, locked.revisions, expectations=locked.expectations)
    op.record(_confirmed(locked))
    await _tell(op, entity_id, locked)
    return Done({"purchase_order": (Ref("PurchaseOrder", order.id, entity_id, order.version + 1),)})


async def _tell(op: Operation[Actor], entity_id: UUID, locked: _Locked) -> None:
    """Moves promises, records what is short now, promises what nobody holds, and closes and opens the cases of all."""
    books = await gather_books(op, entity_id)
    told = await repromise_orders(op, entity_id, locked.revisions, books=books)
    standing = await gather_open_shortages(op, entity_id, [each.demand_id for each in told.shortfalls])
    shortages = await detect_shortages(
        op,
        entity_id,
        told.shortfalls,
        currency=books.currency,
        today=books.day_of(op.now),
        standing=standing,
    )
    goods = Goods(offered=locked.offered)
    cleared = await promise_goods(
        op, entity_id, goods, claimants=locked.claimants, document_id=locked.order.id, books=books
    )
    await close_cases(op, entity_id, [*told.cleared, *cleared])
    await open_cases(op, entity_id, [*shortages, *told.cases])


async def _lock(op: Operation[Actor], command: ConfirmPurchaseOrder) -> _Locked:
    await _access_order(op, command)
    if not 1 <= len(command.lines) <= LINES_MAX:
        raise Refusal(invalid(f"Name 1 to {LINES_MAX} lines.", "lines"))
    return await lock_in_rounds(op, lambda: _lock_round(op, command))


async def _access_order(op: Operation[Actor], command: ConfirmPurchaseOrder, lock: LockRank | None = None) -> Row:
    return await access(
        op,
        PurchaseOrder,
        entity_id=command.entity_id,
        row_id=command.purchase_order_id,
        resource=Resource.PURCHASE_ORDER,
        action=Action.CONFIRM,
        noun="Purchase order",
        lock=lock,
        expected_version=command.expected_version,
        path=("purchaseOrderId",),
    )


async def _lock_round(op: Operation[Actor], command: ConfirmPurchaseOrder) -> _Locked | None:
    """Locks the order, its supplies, those who hold pegs on them and those who are short of their goods.

    None when another has got a peg meanwhile; from the lock of a supply on nobody else can.
    """
    entity_id = command.entity_id
    supplies = await gather_supplies_of(op, entity_id, command.purchase_order_id)
    named = [line.purchase_order_line_id for line in command.lines]
    expected = [supplies[line_id] for line_id in named if line_id in supplies]
    supply_ids = {each.id for each in expected}
    short = await gather_short(op, entity_id, {each.key for each in expected})
    foreseen = [*await gather_holders(op, entity_id, supply_ids), *short]
    demand_ids = frozenset(each.demand_id for each in foreseen)
    await lock_orders(op, entity_id, {each.document_id for each in foreseen})
    order = await _access_order(op, command, LockRank.PURCHASE_ORDER)
    await lock_shortages(op, entity_id, demand_ids)
    await lock_named_supplies(op, entity_id, supply_ids)
    await lock_demands(op, entity_id, demand_ids)
    holders = await gather_holders(op, entity_id, supply_ids)
    if not {each.demand_id for each in holders} <= demand_ids:
        return None
    lines = await gather_ordered_lines(op, entity_id, order.id)
    confirmed = await _confirm(op, command, lines)
    expectations = {supplies[line.line_id].id: Expectation(line.open, _date_of(line)) for line in confirmed}
    after = {**lines, **{line.line_id: line for line in confirmed}}
    status = _derive_status(order, tuple(after.values()))
    revisions = revise_pegs(holders, expectations)
    offered = tuple(_offered(supplies[line.line_id], line, revisions) for line in confirmed)
    return _Locked(order, confirmed, status, expectations, revisions, offered, demand_ids)


def _offered(supply: ExpectedSupply, line: OrderedLine, revisions: Iterable[Revision]) -> ExpectedSupply:
    """The supply as it is confirmed, with what is still pegged of it."""
    pegs = (peg for revision in revisions for peg in revision.after.pegs if peg.supply_id == supply.id)
    pegged = sum((peg.quantity for peg in pegs), Decimal(0))
    return replace(supply, expected_date=_date_of(line), open_quantity=line.open, pegged=pegged)


async def _confirm(
    op: Operation[Actor], command: ConfirmPurchaseOrder, lines: Mapping[UUID, OrderedLine]
) -> tuple[OrderedLine, ...]:
    """The confirmed lines as they then are."""
    books = await gather_books(op, command.entity_id)
    said = [
        Confirmation(each.purchase_order_line_id, each.confirmed_date, each.confirmed_quantity)
        for each in command.lines
    ]
    problems = check_confirmation(said, lines, today=books.day_of(op.now))
    if problems:
        raise Refusal(*problems)
    return tuple(lines[each.line_id].confirmed(each.on, each.quantity) for each in said)


def _date_of(line: OrderedLine) -> date:
    assert line.confirmed_date is not None, "it was just confirmed"
    return line.confirmed_date


def _derive_status(order: Row, lines: tuple[OrderedLine, ...]) -> PurchaseOrderStatus:
    """What has begun to arrive stays so, and is complete when nothing more was confirmed."""
    if order.status not in RECEIVABLE:
        PURCHASE_ORDER_STATUS.require(order.status, PurchaseOrderStatus.CONFIRMED)
    has_arrived = any(line.received_quantity for line in lines)
    status = derive_status(lines) if has_arrived else PurchaseOrderStatus.CONFIRMED
    PURCHASE_ORDER_STATUS.require(order.status, status)
    return status


def _confirmed(locked: _Locked) -> Event:
    order = locked.order
    return Event(
        type="PurchaseOrderConfirmed",
        subject_type="PurchaseOrder",
        subject_id=order.id,
        entity_id=order.entity_id,
        payload={
            "supplierId": order.supplier_id,
            "status": locked.status,
            "lines": [
                {
                    "purchaseOrderLineId": line.line_id,
                    "requestedDate": line.requested_date,
                    "confirmedDate": line.confirmed_date,
                    "confirmedQuantity": line.confirmed_quantity,
                }
                for line in locked.confirmed
            ],
        },
    )

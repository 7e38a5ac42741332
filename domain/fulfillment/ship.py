"""Ship a sales order: what is reserved on stock leaves for the customer, at what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from authz.access import access
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.fulfillment.issue import GoodsIssue, ShipmentHeading, apply_issue, plan_issue
from domain.fulfillment.rules import ShipWish, choose_all_reserved, choose_wished
from domain.inventory.picking import ReservedDemand, ToPick
from domain.inventory.queries.issues import lock_reserved_demands
from domain.orders.lifecycle import ORDER_STATUS
from domain.orders.model import SalesOrder
from domain.orders.queries.progress import apply_order_status, apply_shipped_lines, gather_lines
from domain.orders.rules import OpenLine, derive_order_status
from kernel.commands import argument
from kernel.events import Event
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, Refused, invalid
from kernel.rows import Row
from masterdata.entities.queries import gather_books

LINES_MAX = 500
TRACKING_REFERENCE_LENGTH_MAX = 200


@dataclass(frozen=True)
class ShipSalesOrderLine:
    """A part of the order that leaves now."""

    sales_order_line_id: UUID = argument("The line of the order.", refers_to="SalesOrderLine")
    quantity: Decimal = argument("How much leaves, in the item's base unit.")


@dataclass(frozen=True)
class ShipSalesOrder:
    """A shipment for a sales order."""

    entity_id: UUID = argument("The legal entity that sells.", entity_of="sales_order_id")
    sales_order_id: UUID = argument("The sales order.", refers_to="SalesOrder")
    expected_version: int = argument("The version of the order that you saw.")
    lines: tuple[ShipSalesOrderLine, ...] | None = argument(
        f"What leaves: 1 to {LINES_MAX} lines; everything that is reserved on stock if left out.", default=None
    )
    tracking_reference: str | None = argument("The carrier's reference.", default=None)


async def ship_sales_order(op: Operation[Actor], command: ShipSalesOrder) -> Done:
    """Ships all that is reserved, or the named part of it.

    Refuses lines that the order does not have, more than is reserved, and a shipment of nothing.
    """
    order = await _access_order(op, command)
    _check(command)
    entity_id = command.entity_id
    books = await gather_books(op, entity_id)
    demands = await lock_reserved_demands(op, entity_id, order.id)
    # Read once the demands are locked: who serves a demand moves its line on.
    lines = await gather_lines(op, entity_id, order.id)
    to_pick = _choose(command, lines, demands)
    issue = await plan_issue(op, entity_id, to_pick, lines=lines, currency=books.currency)
    heading = ShipmentHeading(order.id, command.tracking_reference, books.day_of(op.now))
    await apply_issue(op, entity_id, issue, heading)
    status = await _advance_order(op, order, lines, to_pick)
    op.record(_shipped(order, issue, status))
    return Done(
        {
            "sales_order": (Ref("SalesOrder", order.id, entity_id, order.version + 1),),
            "shipment": (Ref("Shipment", issue.id, entity_id),),
        }
    )


async def _access_order(op: Operation[Actor], command: ShipSalesOrder) -> Row:
    return await access(
        op,
        SalesOrder,
        entity_id=command.entity_id,
        row_id=command.sales_order_id,
        resource=Resource.SALES_ORDER,
        action=Action.SHIP,
        noun="Sales order",
        lock=LockRank.SALES_ORDER,
        expected_version=command.expected_version,
        path=("salesOrderId",),
    )


def _check(command: ShipSalesOrder) -> None:
    problems = []
    if command.lines is not None and not 1 <= len(command.lines) <= LINES_MAX:
        problems.append(invalid(f"Name 1 to {LINES_MAX} lines, or none to ship all that is reserved.", "lines"))
    if len(command.tracking_reference or "") > TRACKING_REFERENCE_LENGTH_MAX:
        problems.append(invalid(f"It has more than {TRACKING_REFERENCE_LENGTH_MAX} characters.", "trackingReference"))
    if problems:
        raise Refusal(*problems)


def _choose(
    command: ShipSalesOrder, lines: Mapping[UUID, OpenLine], demands: Mapping[UUID, ReservedDemand]
) -> tuple[ToPick, ...]:
    if command.lines is None:
        return _everything(lines, demands)
    wishes = [ShipWish(line.sales_order_line_id, line.quantity) for line in command.lines]
    chosen = choose_wished(wishes, lines, demands)
    refused = [reason for reason in chosen if isinstance(reason, Refused)]
    if refused:
        raise Refusal(*refused)
    return tuple(each for each in chosen if isinstance(each, ToPick))


def _everything(lines: Mapping[UUID, OpenLine], demands: Mapping[UUID, ReservedDemand]) -> tuple[ToPick, ...]:
    reserved = choose_all_reserved(lines, demands)
    if not reserved:
        raise Refusal(invalid("Nothing of the order is reserved on stock: there is nothing to ship.", "salesOrderId"))
    return reserved


async def _advance_order(
    op: Operation[Actor], order: Row, lines: Mapping[UUID, OpenLine], shipped: Sequence[ToPick]
) -> str:
    """Moves the lines and the order on; answers the order's status."""
    changed = {each.line_id: lines[each.line_id].after_shipping(each.quantity) for each in shipped}
    statuses = [line.status for line in {**lines, **changed}.values()]
    status = derive_order_status(statuses, anything_shipped=True)
    ORDER_STATUS.require(order.status, status)
    await apply_shipped_lines(op, order.entity_id, order.id, list(changed.values()))
    await apply_order_status(op, order.entity_id, order.id, status)
    return status


def _shipped(order: Row, issue: GoodsIssue, status: str) -> Event:
    return Event(
        type="SalesOrderShipped",
        subject_type="SalesOrder",
        subject_id=order.id,
        entity_id=order.entity_id,
        payload={
            "customerId": order.customer_id,
            "shipmentId": issue.id,
            "lines": len(issue.to_pick),
            "cost": issue.value,
            "currency": issue.currency,
            "status": status,
        },
    )

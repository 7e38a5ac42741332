"""Cancel a sales order: what it held goes to those who wait, in the same transaction.

An order of which anything has left cannot be cancelled.
"""

from dataclasses import dataclass
from uuid import UUID

from authz.access import access
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.cases.close import close_cases
from domain.cases.lifecycle import CaseType
from domain.cases.rules import Cleared
from domain.inventory.queries.balances import lock_site_balances
from domain.inventory.queries.claims import lock_demands
from domain.inventory.queries.supplies import lock_named_supplies
from domain.inventory.release import Release, apply_release, plan_release
from domain.inventory.serve import Distribution, apply_serving, plan_serving
from domain.orders.lifecycle import ORDER_STATUS, OrderStatus
from domain.orders.model import SalesOrder
from domain.orders.queries.cancelling import apply_cancellation
from domain.orders.queries.waiting import lock_orders
from domain.orders.serve import Held, advance_orders, decide_under_lock, lock_in_rounds
from domain.sourcing.queries import lock_shortages
from domain.sourcing.settle import withdraw_shortages
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Code, Refusal, Refused, invalid
from kernel.rows import Row
from masterdata.entities.queries import gather_books

REASON_LENGTH_MAX = 500


@dataclass(frozen=True)
class CancelSalesOrder:
    """The end of an order of which nothing has left."""

    entity_id: UUID = argument("The legal entity that sells.", entity_of="sales_order_id")
    sales_order_id: UUID = argument("The sales order.", refers_to="SalesOrder")
    expected_version: int = argument("The version of the order that you saw.")
    reason: str = argument(f"Why it is cancelled, in at most {REASON_LENGTH_MAX} characters.")


@dataclass(frozen=True)
class _Locked:
    """The order, what it gives back, and who gets it; all under lock."""

    order: Row
    release: Release
    distribution: Distribution


async def cancel_sales_order(op: Operation[Actor], command: CancelSalesOrder) -> Done:
    """Cancels the order and its lines, withdraws its shortages, and serves those who wait for what it held."""
    locked = await _lock(op, command)
    entity_id, order = command.entity_id, locked.order
    books = await gather_books(op, entity_id)
    await apply_release(op, entity_id, locked.release)
    await apply_serving(op, entity_id, locked.distribution, document_id=order.id)
    await apply_cancellation(op, entity_id, order.id)
    op.record(_cancelled(order, command.reason))
    withdrawn = await withdraw_shortages(op, entity_id, locked.release.demand_ids)
    cleared = await advance_orders(op, entity_id, locked.distribution, books=books)
    over = [Cleared(kind, order.id) for kind in (CaseType.PARTIAL_FILL, CaseType.PROMISE_AT_RISK)]
    await close_cases(op, entity_id, [*withdrawn, *cleared, *over])
    return Done({"sales_order": (Ref("SalesOrder", order.id, entity_id, order.version + 1),)})


async def _lock(op: Operation[Actor], command: CancelSalesOrder) -> _Locked:
    await _access_order(op, command)
    if not 1 <= len(command.reason.strip()) <= REASON_LENGTH_MAX:
        raise Refusal(invalid(f"Say why, in 1 to {REASON_LENGTH_MAX} characters.", "reason"))
    return await lock_in_rounds(op, lambda: _lock_round(op, command))


async def _access_order(op: Operation[Actor], command: CancelSalesOrder) -> Row:
    """The order as it is, if the actor may cancel it and saw it so."""
    order = await access(
        op,
        SalesOrder,
        entity_id=command.entity_id,
        row_id=command.sales_order_id,
        resource=Resource.SALES_ORDER,
        action=Action.CANCEL,
        noun="Sales order",
        expected_version=command.expected_version,
        path=("salesOrderId",),
    )
    ORDER_STATUS.require(order.status, OrderStatus.CANCELLED)
    if order.status == OrderStatus.CANCELLED:
        raise Refusal(_cancelled_already())
    return order


async def _lock_round(op: Operation[Actor], command: CancelSalesOrder) -> _Locked | None:
    """Locks the order, what it holds, and those who get it, in rank order; None when the round must be repeated."""
    entity_id, order_id = command.entity_id, command.sales_order_id
    foreseen = await plan_release(op, entity_id, order_id)
    expected = await plan_serving(op, entity_id, foreseen.goods)
    demand_ids = expected.demand_ids | foreseen.demand_ids
    supply_ids = expected.supply_ids | foreseen.supply_ids
    await lock_orders(op, entity_id, expected.sales_order_ids | {order_id})
    order = await _access_order(op, command)
    await lock_shortages(op, entity_id, demand_ids)
    await lock_named_supplies(op, entity_id, supply_ids)
    await lock_demands(op, entity_id, demand_ids)
    release = await plan_release(op, entity_id, order_id)
    if not release.supply_ids <= supply_ids:
        return None
    stocks = await lock_site_balances(op, entity_id, release.stock_keys)
    held = Held(orders=expected.sales_order_ids, demands=demand_ids, supplies=supply_ids)
    distribution = await decide_under_lock(op, entity_id, release.goods, stocks=stocks, held=held)
    return _Locked(order, release, distribution) if distribution else None


def _cancelled(order: Row, reason: str) -> Event:
    return Event(
        type="SalesOrderCancelled",
        subject_type="SalesOrder",
        subject_id=order.id,
        entity_id=order.entity_id,
        payload={"customerId": order.customer_id, "reason": reason.strip(), "total": order.total},
    )


def _cancelled_already() -> Refused:
    message, status = "The sales order is cancelled already.", str(OrderStatus.CANCELLED)
    return Refused(Code.INVALID_TRANSITION, message, ("salesOrderId",), {"from": status, "to": status})

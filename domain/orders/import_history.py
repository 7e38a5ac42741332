"""Import order history: orders of an older system become closed documents, for reports and forecasts.

Nothing moves: stock is opened with what is there now (domain/inventory/open_stock.py), and what these orders shipped
is no longer in it. An order whose external reference was taken before is passed over, so that an import can be
repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.access import authorise
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.orders.lifecycle import LineStatus
from domain.orders.model import SalesOrderLine
from domain.orders.place import LINES_MAX
from domain.orders.queries.history import (
    HistorySetting,
    TakenOrder,
    gather_base_units,
    gather_customers,
    gather_setting,
    insert_taken_orders,
)
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import AMOUNT_MAX, round_money
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.quantity import check_entered
from kernel.refusal import Refusal, Refused, invalid, not_found

ORDERS_MAX = 1_000


@dataclass(frozen=True)
class HistoricLine:
    """One item of an order as it was."""

    item_id: UUID = argument("The item.", refers_to="Item")
    quantity: Decimal = argument("How much, in base units.")
    unit_price: Decimal = argument("The price of one base unit, in the entity's currency.")
    discount: Decimal = argument("What was taken off the price: 0.15 is 15 percent.", default=Decimal(0))

    def amount(self, currency: str) -> Decimal:
        """What the customer paid for the line."""
        return round_money(self.quantity * self.unit_price * (1 - self.discount), currency)


@dataclass(frozen=True)
class HistoricOrder:
    """An order as it was. One that never shipped has no `shipped_at`."""

    external_reference: str = argument("Its key in the older system.")
    customer_id: UUID = argument("The customer.", refers_to="Customer")
    placed_at: datetime = argument("When it was placed.")
    requested_date: date = argument("When the customer wanted it.")
    shipped_at: datetime | None = argument("When it left.", default=None)
    lines: tuple[HistoricLine, ...] = argument(f"What was ordered: 1 to {LINES_MAX} lines.")


@dataclass(frozen=True)
class ImportOrderHistory:
    """Orders of an older system, or a part of them."""

    entity_id: UUID = argument("The legal entity that sold.", refers_to="LegalEntity")
    site_id: UUID = argument("The site that served.", refers_to="Location")
    orders: tuple[HistoricOrder, ...] = argument(f"The orders: 1 to {ORDERS_MAX}.")


async def import_order_history(op: Operation[Actor], command: ImportOrderHistory) -> Done:
    """Writes the orders that were not taken before, closed. The answer names those that are new."""
    authorise(op, Resource.SALES_ORDER, Action.CREATE, command.entity_id)
    setting = await gather_setting(op, entity_id=command.entity_id, site_id=command.site_id)
    units = await gather_base_units(op, {line.item_id for order in command.orders for line in order.lines})
    customers = await gather_customers(op, {order.customer_id for order in command.orders})
    problems = [*_check(command, setting), *_check_orders(command, units.keys(), customers)]
    if problems:
        raise Refusal(*problems)
    heads = {order.external_reference: _head(order, setting.currency) for order in command.orders}
    taken = await insert_taken_orders(op, command.entity_id, list(heads.values()), setting=setting)
    fresh = [order for order in command.orders if heads[order.external_reference].id in taken]
    await op.insert(
        SalesOrderLine,
        [
            _line_row(command.entity_id, heads[order.external_reference], order, number, units, setting.currency)
            for order in fresh
            for number in range(len(order.lines))
        ],
    )
    if fresh:
        op.record(_event(command.entity_id, fresh))
    return _done(command, sorted(taken))


def _check(command: ImportOrderHistory, setting: HistorySetting) -> Iterable[Refused]:
    if setting.site_id is None:
        yield not_found("Site", "siteId")
    if not 1 <= len(command.orders) <= ORDERS_MAX:
        yield invalid(f"1 to {ORDERS_MAX} orders are taken at once, not {len(command.orders)}.", "orders")
    if len({order.external_reference for order in command.orders}) < len(command.orders):
        yield invalid("Two orders have the same external reference.", "orders")


def _check_orders(command: ImportOrderHistory, items: Iterable[UUID], customers: Iterable[UUID]) -> Iterable[Refused]:
    known_items, known_customers = set(items), set(customers)
    for index, order in enumerate(command.orders):
        path = ("orders", index)
        if order.customer_id not in known_customers:
            yield not_found("Customer", *path, "customerId")
        if not 1 <= len(order.lines) <= LINES_MAX:
            yield invalid(f"An order has 1 to {LINES_MAX} lines; this one has {len(order.lines)}.", *path, "lines")
        if order.shipped_at and order.shipped_at < order.placed_at:
            yield invalid("The order left before it was placed.", *path, "shippedAt")
        for number, line in enumerate(order.lines):
            yield from _check_line(line, known_items, *path, "lines", number)


def _check_line(line: HistoricLine, known_items: set[UUID], *path: str | int) -> Iterable[Refused]:
    if line.item_id not in known_items:
        yield not_found("Item", *path, "itemId")
    if reason := check_entered(line.quantity, *path, "quantity"):
        yield reason
        return
    if not line.unit_price.is_finite() or line.unit_price < 0 or line.quantity * line.unit_price > AMOUNT_MAX:
        yield invalid("The unit price must be a sum that can be booked.", *path, "unitPrice")
    if not line.discount.is_finite() or not 0 <= line.discount <= 1:
        yield invalid("The discount is a part of the price: from 0 to 1.", *path, "discount")


def _head(order: HistoricOrder, currency: str) -> TakenOrder:
    return TakenOrder(
        id=new_id(),
        customer_id=order.customer_id,
        total=sum((line.amount(currency) for line in order.lines), Decimal(0)),
        requested_date=order.requested_date,
        placed_at=order.placed_at,
        external_reference=order.external_reference,
    )


def _line_row(
    entity_id: UUID, head: TakenOrder, order: HistoricOrder, index: int, units: Mapping[UUID, str], currency: str
) -> dict[str, Any]:
    line = order.lines[index]
    return {
        "entity_id": entity_id,
        "id": new_id(),
        "order_id": head.id,
        "customer_id": order.customer_id,
        "line_number": index + 1,
        "item_id": line.item_id,
        "entered_quantity": line.quantity,
        "entered_unit": units[line.item_id],
        "quantity": line.quantity,
        "shipped_quantity": line.quantity if order.shipped_at else Decimal(0),
        "unit_price": line.unit_price,
        "amount": line.amount(currency),
        "status": LineStatus.CLOSED,
        "requested_date": order.requested_date,
        "shipped_at": order.shipped_at,
    }


def _event(entity_id: UUID, orders: Sequence[HistoricOrder]) -> Event:
    return Event(
        type="OrderHistoryImported",
        subject_type="LegalEntity",
        subject_id=entity_id,
        entity_id=entity_id,
        payload={"orders": len(orders), "lines": sum(len(order.lines) for order in orders)},
    )


def _done(command: ImportOrderHistory, taken: Sequence[UUID]) -> Done:
    passed_over = len(command.orders) - len(taken)
    notices = (Notice("ALREADY_TAKEN", f"{passed_over} orders were taken before."),) if passed_over else ()
    return Done({"sales_order": tuple(Ref("SalesOrder", each, command.entity_id, 1) for each in taken)}, notices)

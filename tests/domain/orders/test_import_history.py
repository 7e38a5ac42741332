"""Order history: closed documents, taken once, that move nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.inventory.model import Demand, Movement
from domain.orders.import_history import HistoricLine, HistoricOrder, ImportOrderHistory, import_order_history
from domain.orders.model import SalesOrder, SalesOrderLine
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from tests.factories.world import World


def old_order(world: World, reference: str, *lines: HistoricLine, **changed: Any) -> HistoricOrder:
    values: dict[str, Any] = {
        "customer_id": world.customer_id,
        "placed_at": datetime(1997, 5, 6, tzinfo=UTC),
        "requested_date": date(1997, 6, 3),
        "shipped_at": datetime(1997, 5, 9, tzinfo=UTC),
        **changed,
    }
    return HistoricOrder(external_reference=reference, lines=lines, **values)


def history(world: World, *orders: HistoricOrder, **changed: Any) -> ImportOrderHistory:
    return ImportOrderHistory(**{"entity_id": world.entity_id, "site_id": world.site_id, "orders": orders, **changed})


async def test_an_old_order_is_a_closed_document_that_moves_nothing(world: World) -> None:
    rope, nail = await world.item("rope"), await world.item("nail")
    lines = (
        HistoricLine(item_id=rope, quantity=Decimal(3), unit_price=Decimal("9.80"), discount=Decimal("0.15")),
        HistoricLine(item_id=nail, quantity=Decimal(10), unit_price=Decimal("0.35")),
    )
    await world.done(import_order_history, history(world, old_order(world, "10248", *lines)))
    (order,) = await world.all(SalesOrder)
    assert (order.status, order.total, order.external_reference) == ("closed", Decimal("28.49"), "10248")
    assert (order.placed_at, order.requested_date) == (datetime(1997, 5, 6, tzinfo=UTC), date(1997, 6, 3))
    first, second = await world.all(SalesOrderLine)
    assert (first.amount, first.shipped_quantity, first.status) == (Decimal("24.99"), 3, "closed")
    assert (second.amount, second.entered_unit, second.line_number) == (Decimal("3.50"), "C62", 2)
    assert await world.all(Movement) == []
    assert await world.all(Demand) == []
    (event,) = await world.all(EventRecord)
    assert (event.type, event.payload) == ("OrderHistoryImported", {"orders": 1, "lines": 2})


async def test_what_was_taken_is_passed_over(world: World) -> None:
    rope = await world.item("rope")
    line = HistoricLine(item_id=rope, quantity=Decimal(1), unit_price=Decimal(2))
    await world.done(import_order_history, history(world, old_order(world, "1", line)))
    again = await world.done(
        import_order_history, history(world, old_order(world, "1", line), old_order(world, "2", line, shipped_at=None))
    )
    assert [notice.message for notice in again.warnings] == ["1 orders were taken before."]
    assert len(again.objects["sales_order"]) == 1
    one, two = sorted(await world.all(SalesOrderLine), key=lambda row: row.shipped_quantity, reverse=True)
    assert (one.shipped_quantity, two.shipped_quantity, two.shipped_at) == (1, 0, None)


async def test_every_reason_against_a_history_is_told(world: World) -> None:
    rope = await world.item("rope")
    good = HistoricLine(item_id=rope, quantity=Decimal(1), unit_price=Decimal(2))
    outcome = await world.run(
        import_order_history,
        history(
            world,
            old_order(world, "1", good, customer_id=new_id()),
            old_order(world, "2"),
            old_order(world, "2", good, shipped_at=datetime(1997, 5, 1, tzinfo=UTC)),
            old_order(
                world,
                "3",
                HistoricLine(item_id=new_id(), quantity=Decimal("NaN"), unit_price=Decimal(2)),
                HistoricLine(item_id=rope, quantity=Decimal(1), unit_price=Decimal(-2), discount=Decimal(2)),
            ),
            site_id=new_id(),
        ),
    )
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.NOT_FOUND, ("siteId",)),
        (Code.VALIDATION_FAILED, ("orders",)),
        (Code.NOT_FOUND, ("orders", 0, "customerId")),
        (Code.VALIDATION_FAILED, ("orders", 1, "lines")),
        (Code.VALIDATION_FAILED, ("orders", 2, "shippedAt")),
        (Code.NOT_FOUND, ("orders", 3, "lines", 0, "itemId")),
        (Code.VALIDATION_FAILED, ("orders", 3, "lines", 0, "quantity")),
        (Code.VALIDATION_FAILED, ("orders", 3, "lines", 1, "unitPrice")),
        (Code.VALIDATION_FAILED, ("orders", 3, "lines", 1, "discount")),
    ]
    assert await world.all(SalesOrder) == []

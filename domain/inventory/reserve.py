"""The rows of new promises: what a demand is given on stock, and what it is pegged to."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.inventory.rules import Peg, StockKey
from kernel.ids import new_id
from kernel.operation import Operation


def reservation_rows(
    op: Operation[Actor], entity_id: UUID, demand_id: UUID, key: StockKey, *, on_stock: Decimal, pegs: Iterable[Peg]
) -> Iterable[dict[str, Any]]:
    """One row for what is reserved on stock, where there is any, and one for each peg."""
    parts: list[tuple[UUID | None, Decimal]] = [(peg.supply_id, peg.quantity) for peg in pegs]
    if on_stock:
        parts.insert(0, (None, on_stock))
    for supply_id, quantity in parts:
        yield {
            "entity_id": entity_id,
            "id": new_id(),
            "demand_id": demand_id,
            "supply_id": supply_id,
            "item_id": key.item_id,
            "site_id": key.site_id,
            "quantity": quantity,
            "open_quantity": quantity,
            "reserved_at": op.now,
        }

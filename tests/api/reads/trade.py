"""The rows of the small trade: deterministic, with NULLs, ties, and texts that try to break out of JSON and SQL."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.reads.world import EntityRow, ItemRow, ItemSupplierRow, LineRow, OrderRow, SupplierRow, World

_NAMESPACE = UUID("6f1a3c52-9f0b-4a6e-8a3b-0c9d5e7f1a2b")
HOSTILE = "quote ' double \" backslash \\ newline \n tab \t bell \x07 \u2028 é 😀 '; DROP TABLE trade.item; -- $1 %s :x"
Row = dict[str, Any]


def made_id(name: str) -> UUID:
    """The same id for the same name in every run."""
    return uuid5(_NAMESPACE, name)


@dataclass
class Trade:
    """The rows by table, as they were written."""

    north: UUID
    south: UUID
    entities: list[Row] = field(default_factory=list)
    suppliers: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    item_suppliers: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)

    def orders_of(self, entity: UUID) -> list[Row]:
        return [row for row in self.orders if row["entity_id"] == entity]

    def lines_of(self, order: Row) -> list[Row]:
        return sorted((row for row in self.lines if row["order_id"] == order["id"]), key=lambda row: row["line_number"])

    def item(self, item_id: UUID) -> Row:
        return next(row for row in self.items if row["id"] == item_id)


async def load_trade(engine: AsyncEngine) -> Trade:
    """Writes the rows."""
    trade = _trade()
    models: list[tuple[type[World], list[Row]]] = [
        (EntityRow, trade.entities), (SupplierRow, trade.suppliers), (ItemRow, trade.items),
        (ItemSupplierRow, trade.item_suppliers), (OrderRow, trade.orders), (LineRow, trade.lines),
    ]  # fmt: skip
    async with engine.begin() as connection:
        for model, rows in models:
            await connection.execute(insert(model), rows)
    return trade


def _trade() -> Trade:
    trade = Trade(north=made_id("north"), south=made_id("south"))
    trade.entities = [{"id": trade.north, "code": "NORTH"}, {"id": trade.south, "code": "SOUTH"}]
    trade.suppliers = [{"id": made_id(f"supplier {n}"), "name": f"Supplier {n}"} for n in range(3)]
    trade.items = [_item(n) for n in range(8)]
    trade.item_suppliers = [_item_supplier(n, rank) for n in range(8) for rank in (1, 2)]
    for entity, code in ((trade.north, "N"), (trade.south, "S")):
        trade.orders += [made_order(entity, code, n) for n in range(12)]
        trade.lines += [_line(entity, code, n, line) for n in range(12) for line in range(1, 2 + n % 4)]
    return trade


def _item(n: int) -> Row:
    name = HOSTILE if n == 0 else f"Item {n}"
    return {
        "id": made_id(f"item {n}"),
        "sku": f"SKU-{n}",
        "name": name,
        "weight": Decimal(f"{n}.250") if n % 3 else None,
    }


def _item_supplier(n: int, rank: int) -> Row:
    supplier = None if (n, rank) == (0, 2) else made_id(f"supplier {(n + rank) % 3}")
    return {"id": made_id(f"{n}/{rank}"), "item_id": made_id(f"item {n}"), "supplier_id": supplier, "rank": rank}


def made_order(entity: UUID, code: str, n: int) -> Row:
    return {
        "entity_id": entity,
        "id": made_id(f"order {code}{n}"),
        "number": f"SO-{n}",
        "status": "shipped" if n % 3 == 0 else "open",
        "placed_at": datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(days=n // 2, microseconds=n * 10),
        "requested_on": date(2026, 2, 1) + timedelta(days=n % 4) if n % 5 else None,
        "priority": n % 3 if n % 4 else None,
        "position": 2**40 + n,
        "total": Decimal(n) * Decimal("10.50"),
        "currency": "EUR",
        "freight": Decimal("4.90") if n % 2 else None,
        "rush": n % 6 == 0,
        "note": HOSTILE if n == 1 else (f"note {n}" if n % 2 else None),
        "extra": {"n": n, "text": HOSTILE},
        "secret": "the price we paid",
    }


def _line(entity: UUID, code: str, n: int, line: int) -> Row:
    return {
        "entity_id": entity,
        "id": made_id(f"line {code}{n}/{line}"),
        "order_id": made_id(f"order {code}{n}"),
        "line_number": line,
        "item_id": made_id(f"item {(n + line) % 8}"),
        "quantity": Decimal(n + line),
    }

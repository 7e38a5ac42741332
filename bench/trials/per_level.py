"""The nested page (Q2) with one keyed statement for each level, assembled in Python: no nesting in SQL at all."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.reads.sql_by_hand import ORDERS_PAGE, owned_id, shared_id

_ORDERS = f"""
SELECT o.id AS key, {owned_id("SalesOrder", "o")} AS id, o.number, upper(o.status) AS status,
    to_json(o.placed_at AT TIME ZONE 'UTC') #>> '{{}}' || 'Z' AS "placedAt", o.total::text AS amount, o.currency
FROM ({ORDERS_PAGE}) AS o ORDER BY o.placed_at DESC, o.id DESC
"""  # noqa: S608
_LINES = f"""
SELECT l.order_id AS parent, l.item_id, {owned_id("SalesOrderLine", "l")} AS id, l.line_number AS "lineNumber",
    l.quantity::text, l.unit_price::text AS "unitPrice", upper(l.status) AS status
FROM sales_order_line AS l WHERE l.entity_id = $1 AND l.order_id = ANY($2::uuid[]) ORDER BY l.line_number
"""  # noqa: S608
_ITEMS = f"""
SELECT i.id AS key, {shared_id("Item", "i")} AS id, i.sku, i.name, i.base_unit AS "baseUnit"
FROM item AS i WHERE i.id = ANY($1::uuid[])
"""  # noqa: S608
_PRICES = """
SELECT p.item_id AS parent, p.supplier_id, p.amount::text, p.currency, p.lead_time_days AS "leadTimeDays"
FROM supplier_price AS p WHERE p.entity_id = $1 AND p.item_id = ANY($2::uuid[]) ORDER BY p.supplier_id
"""
_SUPPLIERS = f"""
SELECT s.id AS key, {shared_id("Supplier", "s")} AS id, s.code, s.name
FROM supplier AS s WHERE s.id = ANY($1::uuid[])
"""  # noqa: S608

Row = Any


async def read_by_level(connection: "asyncpg.Connection[asyncpg.Record]", entity_id: UUID, *place: object) -> bytes:
    """The page as JSON."""
    orders = await connection.fetch(_ORDERS, entity_id, *place)
    lines = await connection.fetch(_LINES, entity_id, [row["key"] for row in orders])
    item_ids = list({row["item_id"] for row in lines})
    items = await connection.fetch(_ITEMS, item_ids)
    prices = await connection.fetch(_PRICES, entity_id, item_ids)
    suppliers = await connection.fetch(_SUPPLIERS, list({row["supplier_id"] for row in prices}))
    return orjson.dumps(_assembled(orders, lines, items, prices, suppliers))


def _assembled(
    orders: list[Row], lines: list[Row], items: list[Row], prices: list[Row], suppliers: list[Row]
) -> dict[str, Any]:
    supplier_of = {row["key"]: _picked(row, "id", "code", "name") for row in suppliers}
    prices_of = _grouped((row["parent"], _price(row, supplier_of[row["supplier_id"]])) for row in prices)
    item_of = {
        row["key"]: {
            **_picked(row, "id", "sku", "name", "baseUnit"),
            "supplierPrices": {"nodes": prices_of[row["key"]]},
        }
        for row in items
    }
    lines_of = _grouped(
        (
            row["parent"],
            {**_picked(row, "id", "lineNumber", "quantity", "unitPrice", "status"), "item": item_of[row["item_id"]]},
        )
        for row in lines
    )
    return {"nodes": [_order(row, lines_of[row["key"]]) for row in orders]}


def _price(row: Row, supplier: dict[str, Any]) -> dict[str, Any]:
    price = _picked(row, "amount", "currency")
    return {"price": price, "leadTimeDays": row["leadTimeDays"], "supplier": supplier}


def _order(row: Row, lines: list[Any]) -> dict[str, Any]:
    total = _picked(row, "amount", "currency")
    return {**_picked(row, "id", "number", "status", "placedAt"), "total": total, "lines": {"nodes": lines}}


def _picked(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _grouped(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for parent, child in pairs:
        groups[parent].append(child)
    return groups

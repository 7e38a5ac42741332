"""The nested page as most Python GraphQL servers give it: a resolver for each relation, and a dataloader behind it.

Small and honest: keyset page by index, one statement for each level, documents parsed and validated once, values made
ready for JSON when a row becomes an object. No sign-in, no row policy.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
import uvicorn
import uvloop
from sqlalchemy.engine import URL
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from api.values.ids import encode_id
from bench.processes import HOST
from bench.reads.by_hand import Pool, opened_pool

N = TypeVar("N")
Row = Any

_ORDERS = """
SELECT entity_id, id, number, status, placed_at, total, currency FROM sales_order
WHERE entity_id = $1 AND (placed_at, id) < ($2, $3) ORDER BY placed_at DESC, id DESC LIMIT 20
"""
_LINES = """
SELECT entity_id, id, order_id, line_number, quantity, unit_price, status, item_id FROM sales_order_line
WHERE entity_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY line_number
"""
_ITEMS = "SELECT id, sku, name, base_unit FROM item WHERE id = ANY($1::uuid[])"
_PRICES = """
SELECT item_id, supplier_id, amount, currency, lead_time_days FROM supplier_price
WHERE entity_id = $1 AND item_id = ANY($2::uuid[]) ORDER BY supplier_id
"""
_SUPPLIERS = "SELECT id, code, name FROM supplier WHERE id = ANY($1::uuid[])"


class Loaders:
    """The loaders of one request: each gathers the keys of one turn of the event loop."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.entity_id: UUID
        self.lines = DataLoader(self._lines)
        self.items = DataLoader(self._items)
        self.prices = DataLoader(self._prices)
        self.suppliers = DataLoader(self._suppliers)

    async def orders(self, entity_id: UUID, placed_at: datetime, order_id: UUID) -> "list[SalesOrder]":
        """The page of orders behind a place."""
        self.entity_id = entity_id
        return [SalesOrder.of(row) for row in await self.pool.fetch(_ORDERS, entity_id, placed_at, order_id)]

    async def _lines(self, order_ids: list[UUID]) -> "list[list[SalesOrderLine]]":
        rows = await self.pool.fetch(_LINES, self.entity_id, order_ids)
        return _grouped(order_ids, "order_id", rows, SalesOrderLine.of)

    async def _items(self, ids: list[UUID]) -> "list[Item]":
        return _ordered(ids, await self.pool.fetch(_ITEMS, ids), Item.of)

    async def _prices(self, item_ids: list[UUID]) -> "list[list[SupplierPrice]]":
        rows = await self.pool.fetch(_PRICES, self.entity_id, item_ids)
        return _grouped(item_ids, "item_id", rows, SupplierPrice.of)

    async def _suppliers(self, ids: list[UUID]) -> "list[Supplier]":
        return _ordered(ids, await self.pool.fetch(_SUPPLIERS, ids), Supplier.of)


def _grouped(keys: list[UUID], column: str, rows: Sequence[Row], make: Callable[[Row], N]) -> list[list[N]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row[column]].append(make(row))
    return [groups[key] for key in keys]


def _ordered(keys: list[UUID], rows: Sequence[Row], make: Callable[[Row], N]) -> list[N]:
    found = {row["id"]: make(row) for row in rows}
    return [found[key] for key in keys]


Info = strawberry.Info[Loaders, None]


@strawberry.type
class Money:
    """An amount in a currency."""

    amount: str
    currency: str


@strawberry.type
class Page(Generic[N]):
    """Part of a list."""

    nodes: list[N]


@strawberry.type
class Supplier:
    """Who is bought from."""

    id: strawberry.ID
    code: str
    name: str

    @classmethod
    def of(cls, row: Row) -> "Supplier":
        """From a row of the database."""
        return cls(id=_id("Supplier", row), code=row["code"], name=row["name"])


async def _supplier(root: "SupplierPrice", info: Info) -> Supplier:
    return await info.context.suppliers.load(root.supplier_id)


@strawberry.type
class SupplierPrice:
    """On which terms an item is bought."""

    supplier_id: strawberry.Private[UUID]
    price: Money
    lead_time_days: int
    supplier: Supplier = strawberry.field(resolver=_supplier)

    @classmethod
    def of(cls, row: Row) -> "SupplierPrice":
        """From a row of the database."""
        price = Money(amount=str(row["amount"]), currency=row["currency"])
        return cls(supplier_id=row["supplier_id"], price=price, lead_time_days=row["lead_time_days"])


async def _supplier_prices(root: "Item", info: Info) -> Page[SupplierPrice]:
    return Page(nodes=await info.context.prices.load(root.key))


@strawberry.type
class Item:
    """What is sold."""

    key: strawberry.Private[UUID]
    id: strawberry.ID
    sku: str
    name: str
    base_unit: str
    supplier_prices: Page[SupplierPrice] = strawberry.field(resolver=_supplier_prices)

    @classmethod
    def of(cls, row: Row) -> "Item":
        """From a row of the database."""
        return cls(key=row["id"], id=_id("Item", row), sku=row["sku"], name=row["name"], base_unit=row["base_unit"])


async def _item(root: "SalesOrderLine", info: Info) -> Item:
    return await info.context.items.load(root.item_id)


@strawberry.type
class SalesOrderLine:
    """One item of an order."""

    item_id: strawberry.Private[UUID]
    id: strawberry.ID
    line_number: int
    quantity: str
    unit_price: str
    status: str
    item: Item = strawberry.field(resolver=_item)

    @classmethod
    def of(cls, row: Row) -> "SalesOrderLine":
        """From a row of the database."""
        return cls(
            item_id=row["item_id"],
            id=_id("SalesOrderLine", row),
            line_number=row["line_number"],
            quantity=str(row["quantity"]),
            unit_price=str(row["unit_price"]),
            status=row["status"].upper(),
        )


async def _order_lines(root: "SalesOrder", info: Info) -> Page[SalesOrderLine]:
    return Page(nodes=await info.context.lines.load(root.key))


@strawberry.type
class SalesOrder:
    """What a customer ordered."""

    key: strawberry.Private[UUID]
    id: strawberry.ID
    number: str
    status: str
    placed_at: str
    total: Money
    lines: Page[SalesOrderLine] = strawberry.field(resolver=_order_lines)

    @classmethod
    def of(cls, row: Row) -> "SalesOrder":
        """From a row of the database."""
        return cls(
            key=row["id"],
            id=_id("SalesOrder", row),
            number=row["number"],
            status=row["status"].upper(),
            placed_at=f"{row['placed_at']:%Y-%m-%dT%H:%M:%SZ}",
            total=Money(amount=str(row["total"]), currency=row["currency"]),
        )


def _id(type_name: str, row: Row) -> strawberry.ID:
    return strawberry.ID(encode_id(type_name, row["id"], row.get("entity_id")))


async def _sales_orders(info: Info, entity: UUID, placed_at: datetime, order: UUID) -> Page[SalesOrder]:
    return Page(nodes=await info.context.orders(entity, placed_at, order))


@strawberry.type
class Query:
    """The one list."""

    sales_orders: Page[SalesOrder] = strawberry.field(resolver=_sales_orders)


class Endpoint(GraphQL[Loaders, None]):
    """Strawberry's own view, with loaders for each request."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(strawberry.Schema(Query, extensions=[ParserCache, ValidationCache]), graphql_ide=None)
        self._pool = pool

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Loaders:  # noqa: ARG002
        """What the resolvers share."""
        return Loaders(self._pool)


def serve_plain_strawberry(port: int, url: URL) -> None:
    """Serves until the process is asked to stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(port, url))


async def _serve(port: int, url: URL) -> None:
    async with opened_pool(url) as pool:
        config = partial(uvicorn.Config, host=HOST, port=port, log_level="warning", access_log=False, lifespan="off")
        await uvicorn.Server(config(Endpoint(pool))).serve()

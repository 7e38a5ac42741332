"""A small trade in tables of its own: orders with lines in two entities; items and suppliers of the group."""

from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from graphql import GraphQLError
from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from api.reads.kinds import BIG_INT, DECIMAL, STRING
from api.reads.nodes import Composite, CompositeType, Computed, Node, ToMany, ToOne
from api.reads.operation import Reads
from api.reads.policy import RowPolicy
from api.reads.run import Driver
from api.reads.trail import ACTOR, ON_BEHALF_OF
from authz.fields import OPEN, FieldRight, Shown
from authz.rows import NOTHING, Readable, RowsOfEntities, RowsOfEntity, SharedRows
from kernel.tables import EntityOwned, Shared, entity_key


class World(DeclarativeBase):
    """The tables of these tests only."""

    metadata = MetaData(schema="trade")
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        bool: Boolean(),
        Decimal: Numeric(),
        UUID: Uuid(),
        date: Date(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
    }


class EntityRow(Shared, World):
    __tablename__ = "legal_entity"

    code: Mapped[str] = mapped_column(unique=True, doc="The short name.")


class SupplierRow(Shared, World):
    __tablename__ = "supplier"

    name: Mapped[str] = mapped_column(doc="The name.")


class ItemRow(Shared, World):
    __tablename__ = "item"

    sku: Mapped[str] = mapped_column(unique=True, doc="The stock keeping unit.")
    name: Mapped[str] = mapped_column(doc="What it is called.")
    weight: Mapped[Decimal | None] = mapped_column(doc="Kilograms of one.")


class ItemSupplierRow(Shared, World):
    __tablename__ = "item_supplier"

    item_id: Mapped[UUID] = mapped_column(index=True, doc="The item.")
    supplier_id: Mapped[UUID | None] = mapped_column(doc="Who supplies it.")
    rank: Mapped[int] = mapped_column(Integer, doc="1 is tried first.")


class OrderRow(EntityOwned, World):
    __tablename__ = "sales_order"

    number: Mapped[str] = mapped_column(doc="The document number.")
    status: Mapped[str] = mapped_column(doc="Where it stands.")
    placed_at: Mapped[datetime] = mapped_column(doc="When it was placed.")
    requested_on: Mapped[date | None] = mapped_column(doc="When it is wanted.")
    priority: Mapped[int | None] = mapped_column(Integer, doc="1 is most urgent.")
    position: Mapped[int] = mapped_column(doc="The place in the stream.")
    total: Mapped[Decimal] = mapped_column(doc="The sum of the lines.")
    currency: Mapped[str] = mapped_column(doc="ISO 4217.")
    freight: Mapped[Decimal | None] = mapped_column(doc="The cost of carriage.")
    rush: Mapped[bool] = mapped_column(doc="Whether it goes first.")
    note: Mapped[str | None] = mapped_column(doc="What the customer wrote.")
    extra: Mapped[dict[str, Any]] = mapped_column(doc="Anything else.")
    secret: Mapped[str | None] = mapped_column(doc="Never shown.")


class LineRow(EntityOwned, World):
    __tablename__ = "sales_order_line"

    order_id: Mapped[UUID] = mapped_column(doc="The order.")
    line_number: Mapped[int] = mapped_column(Integer, doc="The place on the order.")
    item_id: Mapped[UUID] = mapped_column(doc="What is ordered.")
    quantity: Mapped[Decimal] = mapped_column(doc="How many, in the base unit.")

    __table_args__ = (entity_key("order_id", "trade.sales_order"),)


class Status(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    """It is open."""
    SHIPPED = "shipped"
    """It is shipped."""


MONEY = CompositeType(
    name="Money",
    description="An amount with its currency.",
    parts={"amount": (DECIMAL, "How much."), "currency": (STRING, "ISO 4217.")},
)

ENTITY = Node(
    model=EntityRow,
    name="LegalEntity",
    description="A company of the group.",
    columns=("code",),
    many={"orders": ToMany(target="SalesOrder", column="entity_id", description="Its orders.")},
    keys=("code",),
)
SUPPLIER = Node(
    model=SupplierRow,
    name="Supplier",
    description="Who sells to us.",
    columns=("name",),
)
ITEM = Node(
    model=ItemRow,
    name="Item",
    description="What is traded.",
    columns=("sku", "name", "weight"),
    many={
        "suppliers": ToMany(target="ItemSupplier", column="item_id", description="Who supplies it.", order=("rank",)),
        "lines": ToMany(target="SalesOrderLine", column="item_id", description="Where it is ordered."),
    },
    keys=("sku",),
    filters=("sku", "weight", "lines"),
    search=(lambda row: func.lower(row.c.sku), lambda row: func.lower(row.c.name)),
    orders=("sku", "weight"),
    order=("sku",),
)
ITEM_SUPPLIER = Node(
    model=ItemSupplierRow,
    name="ItemSupplier",
    description="A supplier of an item.",
    columns=("rank",),
    one={"supplier": ToOne(column="supplier_id", target="Supplier")},
    orders=("rank",),
)
ORDER = Node(
    model=OrderRow,
    name="SalesOrder",
    description="What a customer ordered.",
    columns=(
        "number", "status", "placed_at", "requested_on", "priority", "position", "total", "rush", "note", "extra",
    ),
    enums={"status": Status},
    computed={
        "label": Computed(
            expression=lambda row: row.c.number.concat(func.upper(row.c.currency)),
            kind=STRING,
            description="Number and currency.",
        ),
        "doubled": Computed(expression=lambda row: row.c.position * 2, kind=BIG_INT, description="Twice the position."),
    },
    composites={
        "value": Composite(type=MONEY, columns={"amount": "total", "currency": "currency"}),
        "carriage": Composite(type=MONEY, columns={"amount": "freight", "currency": "currency"}),
    },
    one={"entity": ToOne(column="entity_id", target="LegalEntity")},
    many={
        "lines": ToMany(
            target="SalesOrderLine", column="order_id", description="Its lines.", order=("line_number",)
        )
    },
    keys=("number",),
    filters=("number", "status", "placed_at", "requested_on", "priority", "total", "rush", "note", "entity", "lines"),
    orders=("number", "placed_at", "requested_on", "priority", "total"),
    order=("-placed_at",),
)  # fmt: skip
LINE = Node(
    model=LineRow,
    name="SalesOrderLine",
    description="One item of an order.",
    columns=("line_number", "quantity"),
    one={"order": ToOne(column="order_id", target="SalesOrder"), "item": ToOne(column="item_id", target="Item")},
    filters=("quantity", "item", "line_number"),
    orders=("line_number", "quantity"),
    order=("line_number",),
)
NODES = (ENTITY, SUPPLIER, ITEM, ITEM_SUPPLIER, ORDER, LINE)


SHOWN_IN = "shown_in"
"""The parameter with the entities in which a field is shown that is shown somewhere."""


@dataclass(frozen=True)
class EntityScope:
    """Sees the rows of some entities, and shared rows of the types that are not hidden, but for the hidden fields.

    `rights` are those to fields that are restricted in another way.
    """

    entities: tuple[UUID, ...]
    hidden: frozenset[str] = frozenset()
    hidden_fields: frozenset[tuple[str, str]] = frozenset()
    rights: Mapping[tuple[str, str], FieldRight] = field(default_factory=dict)
    shown_in: tuple[UUID, ...] = ()

    @property
    def signature(self) -> Hashable:
        return self.hidden, self.hidden_fields, frozenset(self.rights.items()), min(len(self.entities), 2)

    @property
    def parameters(self) -> Mapping[str, Any]:
        one = self.entities[0] if self.entities else None
        return {"entities": list(self.entities), "entity": one, SHOWN_IN: list(self.shown_in)}

    @property
    def trail(self) -> Mapping[str, Any]:
        return {**self.parameters, ACTOR: "reader", ON_BEHALF_OF: None}

    def field(self, node: Node, field_name: str) -> FieldRight:
        hidden = (node.name, field_name) in self.hidden_fields
        return FieldRight(Shown.NOWHERE) if hidden else self.rights.get((node.name, field_name), OPEN)

    def readable(self, node: Node) -> Readable:
        if node.name in self.hidden:
            return NOTHING
        if not node.entity_owned:
            return Readable(SharedRows())
        if len(self.entities) == 1:
            return Readable(RowsOfEntity("entity"))
        return Readable(RowsOfEntities("entities")) if self.entities else NOTHING


@dataclass
class Request:
    """A request's context: who reads, and where from; it counts the statements.

    `carried` is the signed context that row security asks for, on a connection of the app role.
    """

    engine: AsyncEngine
    row_policy: RowPolicy
    statements: list[str] = field(default_factory=list)
    given_reads: Reads | None = None
    carried: str = ""
    refusals: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reads(self) -> Reads:
        assert self.given_reads is not None
        return self.given_reads

    def spend(self, cost: int) -> None:
        """Pays nothing."""

    def with_reads(self, reads: Reads) -> "Request":
        return replace(self, given_reads=reads)

    async def record_refusal(self, asked: str, error: GraphQLError) -> None:
        self.refusals.append((asked, error.message))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Driver]:
        async with self.engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            if self.carried:
                await driver.execute("SELECT set_config('wharfinger.context', $1, false)", self.carried)
            with driver.query_logger(self._count):
                yield driver

    def _count(self, record: Any) -> None:
        """Leaves out what asyncpg asks once per connection about array types."""
        if record.query.startswith("SELECT"):
            self.statements.append(record.query)

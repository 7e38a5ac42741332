"""Permission, scope, lock and version in one call; hidden looks like absent."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Column, ColumnElement, ForeignKey, FromClause, MetaData, Table, Text, column, select, table
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from authz.access import access, authorise, authorise_anywhere
from authz.actor import Actor
from authz.compile import compile_access
from authz.policy import starting_policy
from authz.rows import row_conditions
from authz.vocabulary import Action, Resource, Role
from kernel.db import insert_rows
from kernel.ids import new_id
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused
from kernel.tables import Base, EntityOwned, Shared, Versioned

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NORTH, SOUTH = new_id(), new_id()
ACME, BOLT = new_id(), new_id()


class Scratch(Base):
    """Tables of this test, apart from those of the schema."""

    __abstract__ = True
    metadata = MetaData()


class Order(EntityOwned, Versioned, Scratch):
    __tablename__ = "scratch_order"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    supplier_id: Mapped[UUID]
    note: Mapped[str] = mapped_column(Text())


class Product(Shared, Scratch):
    __tablename__ = "scratch_product"


class Proposal(Shared, Scratch):
    __tablename__ = "scratch_proposal"

    entity_id: Mapped[UUID | None]


class Request(Shared, Scratch):
    """Stands before the table of that name, whose lines know it by their key."""

    __tablename__ = "change_request"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    entity_id: Mapped[UUID | None]


class RequestLine(Shared, Scratch):
    __tablename__ = "scratch_request_line"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    change_request_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"))


ORDERS = Order.__table__
PRODUCTS = Product.__table__


def actor_with(roles: Mapping[Role, Collection[UUID]], partner_id: UUID | None = None) -> Actor:
    compiled = compile_access(starting_policy(), roles, (NORTH, SOUTH))
    return Actor(subject="bea", access=compiled, partner_id=partner_id)


BUYER = actor_with({Role.BUYER: [NORTH]})


@pytest.fixture
async def orders(migrate_engine: AsyncEngine) -> AsyncIterator[tuple[Operation[Actor], dict[str, UUID]]]:
    """An operation of the buyer of NORTH, in which three orders exist."""
    ids = {"north": new_id(), "south": new_id(), "bolt": new_id()}
    rows = [
        {"entity_id": NORTH, "id": ids["north"], "supplier_id": ACME, "note": "screws", "version": 3},
        {"entity_id": SOUTH, "id": ids["south"], "supplier_id": ACME, "note": "nails", "version": 1},
        {"entity_id": NORTH, "id": ids["bolt"], "supplier_id": BOLT, "note": "nuts", "version": 1},
    ]
    assert isinstance(ORDERS, Table)
    async with migrate_engine.connect() as connection:
        await connection.execute(CreateTable(ORDERS))
        await insert_rows(connection, Order, rows)
        yield Operation(connection=connection, actor=BUYER, now=NOW), ids
        await connection.rollback()


async def refusal_of(
    op: Operation[Actor],
    order: UUID,
    *,
    entity_id: UUID = NORTH,
    action: Action = Action.AMEND,
    version: int | None = None,
) -> Refused:
    op = Operation(connection=op.connection, actor=op.actor, now=NOW)
    with pytest.raises(Refusal) as refused:
        await fetch(op, order, entity_id=entity_id, action=action, version=version)
    assert not op.authorised
    (reason,) = refused.value.reasons
    return reason


async def fetch(
    op: Operation[Actor],
    order: UUID,
    *,
    entity_id: UUID = NORTH,
    action: Action = Action.AMEND,
    version: int | None = None,
) -> str:
    row = await access(
        op,
        Order,
        entity_id=entity_id,
        row_id=order,
        resource=Resource.PURCHASE_ORDER,
        action=action,
        noun="Purchase order",
        lock=LockRank.PURCHASE_ORDER,
        expected_version=version,
        path=("purchaseOrderId",),
    )
    note: str = row.note
    return note


Orders = tuple[Operation[Actor], dict[str, UUID]]


async def test_a_buyer_gets_the_order_locked(orders: Orders) -> None:
    op, ids = orders
    assert await fetch(op, ids["north"], version=3) == "screws"
    assert op.authorised
    assert op.entity_id == NORTH
    locked = await op.execute(
        select(column("mode")).select_from(table("pg_locks", column("mode"))).where(column("mode") == "RowShareLock")
    )
    assert locked.first() is not None, "the row is locked"
    with pytest.raises(AssertionError, match="lock order"):
        op.lock(LockRank.PURCHASE_ORDER)


async def test_a_hidden_order_is_answered_like_an_absent_one(orders: Orders) -> None:
    op, ids = orders
    not_found = Refused(Code.NOT_FOUND, "Purchase order not found.", ("purchaseOrderId",))
    assert await refusal_of(op, ids["south"], entity_id=SOUTH) == not_found
    assert await refusal_of(op, new_id()) == not_found
    assert await refusal_of(op, ids["south"]) == not_found
    assert await refusal_of(op, ids["north"], entity_id=new_id()) == not_found


async def test_a_visible_order_may_still_be_forbidden(orders: Orders) -> None:
    op, ids = orders
    refused = await refusal_of(op, ids["north"], action=Action.APPROVE)
    assert refused.code is Code.FORBIDDEN
    assert refused.message == "None of your roles here allows this: approve purchase order."
    assert await refusal_of(op, new_id(), action=Action.APPROVE) == Refused(
        Code.NOT_FOUND, "Purchase order not found.", ("purchaseOrderId",)
    )


async def test_an_order_that_has_changed_since_is_not_touched(orders: Orders) -> None:
    op, ids = orders
    refused = await refusal_of(op, ids["north"], version=2)
    assert refused.code is Code.VERSION_CONFLICT
    assert refused.data == {"current": 3, "expected": 2}
    assert refused.path == ("expectedVersion",)


async def test_a_supplier_reaches_its_own_orders_only(orders: Orders) -> None:
    op, ids = orders
    op.actor = actor_with({Role.SUPPLIER_USER: [NORTH, SOUTH]}, partner_id=BOLT)
    assert (await refusal_of(op, ids["north"], action=Action.CONFIRM)).code is Code.NOT_FOUND
    assert await fetch(op, ids["bolt"], action=Action.CONFIRM) == "nuts"


async def listed(op: Operation[Actor], resource: Resource = Resource.PURCHASE_ORDER) -> list[str]:
    statement = select(ORDERS.c.note).where(*conditions(op.actor, resource, ORDERS)).order_by(ORDERS.c.note)
    return list((await op.execute(statement, op.actor.rows.parameters)).scalars())


def conditions(actor: Actor, resource: Resource, rows: FromClause) -> list[ColumnElement[bool]]:
    assert isinstance(rows, Table)
    return row_conditions(actor.rows.readable(resource, rows), rows)


def texts(actor: Actor, resource: Resource, rows: FromClause) -> list[str]:
    return [str(condition) for condition in conditions(actor, resource, rows)]


async def test_a_list_holds_what_the_actor_may_read(orders: Orders) -> None:
    op, _ = orders
    cases: tuple[tuple[Mapping[Role, Collection[UUID]], UUID | None, list[str]], ...] = (
        ({Role.BUYER: [NORTH]}, None, ["nuts", "screws"]),
        ({Role.BUYER: [NORTH, SOUTH]}, None, ["nails", "nuts", "screws"]),
        ({Role.BUYER: [NORTH], Role.AUDITOR: [SOUTH]}, None, ["nails", "nuts", "screws"]),
        ({}, None, []),
        ({Role.CARRIER: [NORTH, SOUTH]}, ACME, []),
        ({Role.SUPPLIER_USER: [NORTH, SOUTH]}, ACME, ["nails", "screws"]),
        ({Role.SUPPLIER_USER: [SOUTH]}, BOLT, []),
    )
    for roles, partner_id, notes in cases:
        op.actor = actor_with(roles, partner_id)
        assert await listed(op) == notes, roles


async def test_an_outsider_sees_nothing_of_a_resource_that_names_no_partner(orders: Orders) -> None:
    op, _ = orders
    op.actor = Actor(subject="acme", access=BUYER.access, partner_id=ACME)
    assert await listed(op, Resource.SHIPMENT) == []
    assert await listed(op, Resource.SUPPLY) == []


def test_shared_masters_are_read_whole_or_not_at_all() -> None:
    assert texts(BUYER, Resource.ITEM, PRODUCTS) == []
    assert texts(actor_with({}), Resource.ITEM, PRODUCTS) == ["false"]
    assert texts(actor_with({Role.CARRIER: [NORTH]}, ACME), Resource.ITEM, PRODUCTS) == ["false"]


def test_a_document_of_the_group_is_read_by_all_unless_it_names_an_entity() -> None:
    requests = Proposal.__table__
    (condition,) = texts(actor_with({Role.AUDITOR: [NORTH]}), Resource.CHANGE_REQUEST, requests)
    entity = "scratch_proposal.entity_id"
    assert condition == f"{entity} IS NULL OR {entity} = :reader_change_request_entity"


async def test_the_lines_of_a_document_are_read_with_it_and_not_otherwise(migrate_engine: AsyncEngine) -> None:
    whole, north, south = new_id(), new_id(), new_id()
    named = {whole: None, north: NORTH, south: SOUTH}
    readers = {(NORTH,): {whole, north}, (NORTH, SOUTH): {whole, north, south}, (): set()}
    async with migrate_engine.connect() as connection:
        for each in (Request, RequestLine):
            await connection.execute(CreateTable(each.__table__))  # type: ignore[arg-type]
        await insert_rows(connection, Request, [{"id": id_, "entity_id": owner} for id_, owner in named.items()])
        lines = [{"id": new_id(), "change_request_id": id_} for id_ in named]
        await insert_rows(connection, RequestLine, lines)
        for entities, seen in readers.items():
            auditor = actor_with({Role.AUDITOR: entities} if entities else {})
            rows = RequestLine.__table__
            statement = select(rows.c.change_request_id).where(*conditions(auditor, Resource.CHANGE_REQUEST, rows))
            assert set((await connection.execute(statement, auditor.rows.parameters)).scalars()) == seen
        await connection.rollback()


def test_parts_of_shared_masters_are_read_with_them() -> None:
    item = Product.metadata.tables["scratch_product"].to_metadata(MetaData(), name="item")
    unit = Table("scratch_unit", item.metadata, Column("item_id", ForeignKey("item.id")))
    assert texts(BUYER, Resource.ITEM, unit) == []


def test_the_text_of_a_list_does_not_grow_with_the_entities() -> None:
    auditor = actor_with({Role.AUDITOR: [NORTH, SOUTH]})
    several = texts(auditor, Resource.PURCHASE_ORDER, ORDERS)
    assert several == ["scratch_order.entity_id = ANY (CAST(:reader_purchase_order_entities AS ARRAY))"]
    one = texts(BUYER, Resource.PURCHASE_ORDER, ORDERS)
    assert one == ["scratch_order.entity_id = :reader_purchase_order_entity"]


def test_actors_with_rights_of_one_shape_share_statements() -> None:
    south_buyer, both_buyer = actor_with({Role.BUYER: [SOUTH]}), actor_with({Role.BUYER: [NORTH, SOUTH]})
    assert BUYER.rows.signature == south_buyer.rows.signature
    assert BUYER.rows.signature != both_buyer.rows.signature
    assert BUYER.rows.signature != actor_with({Role.WAREHOUSE: [NORTH]}).rows.signature
    assert BUYER.rows.signature != Actor(subject="acme", access=BUYER.access, partner_id=ACME).rows.signature


def test_a_legal_entity_is_its_own_owner() -> None:
    entities = Product.__table__
    supplier = actor_with({Role.SUPPLIER_USER: [NORTH]}, partner_id=ACME)
    for actor in (BUYER, supplier):
        assert texts(actor, Resource.LEGAL_ENTITY, entities) == ["scratch_product.id = :reader_legal_entity_entity"]


def test_creating_asks_for_permission_in_the_entity() -> None:
    def outcome(actor: Actor, action: Action, entity_id: UUID, partner_id: UUID | None = None) -> str:
        op = Operation(connection=None, actor=actor, now=NOW)  # type: ignore[arg-type]
        try:
            authorise(op, Resource.SALES_ORDER, action, entity_id, partner_id=partner_id)
        except Refusal as refused:
            assert not op.authorised
            return str(refused)
        assert op.authorised
        return "done"

    service = actor_with({Role.CUSTOMER_SERVICE: [NORTH]})
    assert outcome(service, Action.CREATE, NORTH) == "done"
    assert outcome(service, Action.APPROVE, NORTH) == "None of your roles here allows this: approve sales order."
    assert outcome(service, Action.CREATE, SOUTH) == "Legal entity not found."
    shop = actor_with({Role.PARTNER_MACHINE: [NORTH]}, partner_id=ACME)
    assert outcome(shop, Action.CREATE, NORTH, ACME) == "done"
    assert outcome(shop, Action.CREATE, NORTH, BOLT) == "None of your roles here allows this: create sales order."
    assert outcome(shop, Action.CREATE, NORTH) == "None of your roles here allows this: create sales order."


def test_what_belongs_to_the_group_is_asked_for_anywhere() -> None:
    def outcome(actor: Actor) -> bool:
        op = Operation(connection=None, actor=actor, now=NOW)  # type: ignore[arg-type]
        try:
            authorise_anywhere(op, Resource.CHANGE_REQUEST, Action.SUBMIT)
        except Refusal:
            return False
        return op.authorised

    assert outcome(actor_with({Role.STEWARD_ITEM: [SOUTH]}))
    assert not outcome(actor_with({Role.WAREHOUSE: [SOUTH]}))
    assert not outcome(actor_with({Role.STEWARD_ITEM: [SOUTH]}, partner_id=ACME))


def test_the_row_context_holds_what_may_be_read_and_written() -> None:
    actor = actor_with({Role.BUYER: [NORTH], Role.AUDITOR: [SOUTH]})
    assert actor.row_context.entities_read == tuple(sorted((NORTH, SOUTH)))
    assert actor.row_context.entities_write == (NORTH,)
    assert actor_with({}).row_context.entities_read == ()

"""Which rows of lists an actor may read."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Column, ColumnElement, ForeignKey, FromClause, MetaData, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable

from authz.actor import Actor
from authz.rows import partner_column, row_conditions
from authz.vocabulary import Resource, Role
from kernel.db import insert_rows
from kernel.ids import new_id
from kernel.operation import Operation
from tests.authz.scratch import (
    ACME,
    BOLT,
    BUYER,
    NORTH,
    ORDERS,
    PRODUCTS,
    SOUTH,
    Orders,
    Product,
    Proposal,
    Request,
    RequestLine,
    actor_with,
)


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


def test_a_row_belongs_to_a_partner_by_the_column_that_its_table_declares() -> None:
    named = {resource: column for resource in Resource if (column := partner_column(resource)) is not None}
    assert named == {
        Resource.PURCHASE_ORDER: "supplier_id",
        Resource.SUPPLIER: "id",
        Resource.SALES_ORDER: "customer_id",
        Resource.CUSTOMER: "id",
    }

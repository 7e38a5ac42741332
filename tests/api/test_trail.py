"""Audited fields and forbidden ones: each reveal and each refusal leaves a row, and every other read leaves none."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from api.reads.registry import ManyField
from api.schema import REGISTRY
from api.values.ids import encode_id
from authz.actor import Actor
from authz.fields import OPEN, FieldRight, Mask, Shown
from authz.vocabulary import Resource, Role
from kernel.audit import AuditEntry
from tests.api.serving import Office
from tests.factories.world import World

PHONE = "query Phone($id: ID!, $show: Boolean = true) { supplier(id: $id) { name phone @include(if: $show) } }"


@pytest.fixture
async def buyer(house: Office, world: World) -> str:
    return await house.hire(Role.BUYER, world.entity_id)


async def subject_of(house: Office, token: str) -> str:
    return str((await house.ask(token, "{ viewer { subject } }"))["viewer"]["subject"])


async def trail(house: Office, token: str) -> Sequence[Any]:
    """What the audit says of somebody, oldest first."""
    rows = select(AuditEntry).where(AuditEntry.actor == await subject_of(house, token)).order_by(AuditEntry.id)
    async with house.database.worker.connect() as connection:
        return (await connection.execute(rows)).all()


def supplier_of(world: World) -> str:
    return encode_id("Supplier", world.supplier_id)


async def test_a_reveal_is_written_down_by_the_statement_that_shows_it(house: Office, world: World, buyer: str) -> None:
    found = await house.ask(buyer, PHONE, id=supplier_of(world))
    assert found["supplier"]["name"] is not None
    (row,) = await trail(house, buyer)
    assert (row.mutation, row.outcome, row.on_behalf_of) == ("Query.supplier", "done", None)
    arguments = {"id": supplier_of(world)}
    assert row.detail == {"revealed": ["Supplier.phone"], "operation": "Phone", "arguments": arguments}
    again = await house.ask(buyer, PHONE, id=supplier_of(world))
    assert again == found
    assert [each.id for each in await trail(house, buyer)] != [row.id, row.id]
    assert len(await trail(house, buyer)) == 2


async def test_what_is_not_selected_leaves_nothing(house: Office, world: World, buyer: str) -> None:
    await house.ask(buyer, PHONE, id=supplier_of(world), show=False)
    await house.ask(buyer, "{ suppliers(first: 3) { nodes { name country } } }")
    assert await trail(house, buyer) == []


async def test_lists_and_nested_objects_tell_what_was_asked(house: Office, world: World, buyer: str) -> None:
    query = """query ($where: SupplierPriceWhere) { supplierPricesOf: items(first: 1) { nodes {
        supplierPrices(where: $where) { nodes { supplier { a: phone contact } } } } } }"""
    await house.ask(buyer, query, where={"supplier": {"in": [supplier_of(world)]}})
    (row,) = await trail(house, buyer)
    assert row.mutation == "Query.items"
    assert row.detail["revealed"] == ["Supplier.contact", "Supplier.phone"]
    assert row.detail["arguments"] == {"first": 1}


async def test_who_sees_a_mask_is_shown_nothing_to_write_down(
    house: Office, world: World, buyer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked = FieldRight(Shown.NOWHERE, Mask.LAST4)
    monkeypatch.setattr(Actor, "field", lambda _self, resource, _name: masked if resource == "supplier" else OPEN)
    await house.ask(buyer, PHONE + " # masked", id=supplier_of(world))
    assert await trail(house, buyer) == []


async def test_a_payload_reveals_nothing(house: Office, world: World) -> None:
    """A dry run would undo the row, and still have shown the value."""
    seller = await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)
    mutation = """mutation ($input: PlaceSalesOrderInput!) { placeSalesOrder(input: $input) {
        salesOrder { customer { phone } } errors { code } } }"""
    given = {
        "idempotencyKey": "phone", "entityId": encode_id("LegalEntity", world.entity_id), "lines": [],
        "customerId": encode_id("Customer", world.customer_id),
    }  # fmt: skip
    answer = (await house.post(seller, {"query": mutation, "variables": {"input": given}})).json()
    (error,) = answer["errors"]
    assert error["message"] == (
        "Read Customer.phone by a query: each reveal is written down, and a mutation can be undone."
    )
    assert await trail(house, seller) == []


@pytest.mark.parametrize("name", sorted(REGISTRY.types))
def test_nobody_finds_objects_by_what_is_audited(name: str) -> None:
    """A condition or an order would reveal it without a trace."""
    of = REGISTRY[name]
    for column in (each.column for each in of.filters.values()):
        assert not of.showing(column) & of.audited
    for order in (*of.node.orders, *of.node.order):
        assert not of.showing(of.sorts[order.removeprefix("-")].column) & of.audited
    assert not of.searched & of.audited
    assert not any(isinstance(of.fields[each], ManyField) for each in of.audited)


async def test_a_refusal_is_written_down_and_an_answer_is_not(
    house: Office, buyer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = {Resource.PURCHASE_ORDER: frozenset({"number"})}
    monkeypatch.setattr("api.policy.RESTRICTABLE", hidden)
    monkeypatch.setattr(Actor, "field", lambda _self, _resource, _name: FieldRight(Shown.NOWHERE))
    query = """{ viewer { subject } good: purchaseOrders { totalCount }
        bad: purchaseOrders(orderBy: [NUMBER_ASC]) { nodes { id } } }"""
    answer = (await house.post(buyer, {"query": query})).json()
    assert answer["data"]["good"] == {"totalCount": 0}
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["bad"], "FORBIDDEN_FIELD")
    (row,) = await trail(house, buyer)
    assert (row.mutation, row.outcome) == ("Query.purchaseOrders", "refused")
    assert row.detail == {"reasons": [{**error["extensions"], "message": error["message"]}]}

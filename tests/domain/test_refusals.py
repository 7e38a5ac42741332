"""What refusals tell: nothing of rows that the actor may not read, in any word, figure or difference."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from api.writes.errors import InsufficientStock, to_error
from api.writes.telling import tellable
from authz.actor import Actor, Grant
from authz.policies.compile import compile_access
from authz.policies.policy import parse_policy
from authz.vocabulary import Resource, Role
from domain.invoicing.record import record_supplier_invoice
from domain.orders.lifecycle import WhenShort
from domain.orders.place import place_sales_order
from domain.resolution.accept_option import AcceptSourcingOption, accept_sourcing_option
from domain.sourcing.model import SourcingOption
from kernel.ids import new_id
from kernel.outcome import Outcome
from kernel.refusal import Code
from masterdata.parties.model import Supplier
from tests.domain.invoicing.test_record import invoice
from tests.domain.orders.test_place import order_for, wish
from tests.factories.buying import ordered
from tests.factories.selling import placed
from tests.factories.world import World

EVERYTHING = frozenset(Resource)


def somebody(
    world: World, reads: Iterable[Resource], *does: str, role: Role = Role.BUYER, partner_id: UUID | None = None
) -> Actor:
    """Somebody who reads these resources of the world, and does that."""
    rules = [*(f"{resource}, read" for resource in reads), *does]
    policy = parse_policy([f"p, {role}, *, {rule}, -, allow" for rule in rules])
    here = frozenset({world.entity_id})
    access = compile_access(policy, {role: here}, here)
    return Actor(subject="somebody", access=access, grants=(Grant(role, here, partner_id),), partner_id=partner_id)


def told(outcome: Outcome[Any]) -> list[tuple[str, str]]:
    """Codes and messages."""
    return [(str(reason.code), reason.message) for reason in outcome.refused]


async def test_who_may_not_read_items_is_told_of_none(world: World) -> None:
    blind = somebody(world, EVERYTHING - {Resource.ITEM}, "sales_order, create")
    lamp = await world.item("lamp", price=None)
    hidden = await world.run(place_sales_order, order_for(world, wish(lamp, "1")), actor=blind)
    absent = await world.run(place_sales_order, order_for(world, wish(new_id(), "1")), actor=blind)
    assert told(hidden) == told(absent) == [("NOT_FOUND", "Item not found.")]
    seeing = somebody(world, EVERYTHING, "sales_order, create")
    refused = await world.run(place_sales_order, order_for(world, wish(lamp, "1")), actor=seeing)
    assert f"LAMP-{world.tag} has no price" in told(refused)[0][1]


async def test_who_may_not_read_customers_is_told_of_none(world: World) -> None:
    blind = somebody(world, EVERYTHING - {Resource.CUSTOMER}, "sales_order, create")
    lamp = await world.item("lamp")
    hidden = await world.run(place_sales_order, order_for(world, wish(lamp, "1")), actor=blind)
    unknown = order_for(world, wish(lamp, "1"), customer_id=new_id())
    assert told(hidden) == told(await world.run(place_sales_order, unknown, actor=blind))
    assert told(hidden) == [("NOT_FOUND", "Customer not found.")]


async def test_stock_is_told_to_who_may_read_balances(world: World) -> None:
    blind = somebody(world, EVERYTHING - {Resource.BALANCE}, "sales_order, create")
    lamp = await world.item("lamp")
    await world.stock(lamp, "3")
    too_much = order_for(world, wish(lamp, "8"), when_short=WhenShort.REFUSE)
    (reason,) = (await world.run(place_sales_order, too_much, actor=blind)).refused
    assert (reason.code, reason.data["available"]) == (Code.INSUFFICIENT_STOCK, 3)
    error = to_error(tellable(reason, blind))
    assert isinstance(error, InsufficientStock)
    assert error.requested == 8
    assert error.available is None
    assert "3" not in error.message.replace("LAMP", "")
    assert tellable(reason, world.clerk) is reason
    outsider = replace(world.clerk, partner_id=world.customer_id)
    assert tellable(reason, outsider).data["available"] is None


async def test_who_reads_balances_elsewhere_is_not_told_of_stock_here(world: World) -> None:
    lamp, elsewhere = await world.item("lamp"), new_id()
    too_much = order_for(world, wish(lamp, "8"), when_short=WhenShort.REFUSE)
    (reason,) = (await world.run(place_sales_order, too_much)).refused
    rules = [
        "p, sales_manager, *, sales_order, create, -, allow",
        f"p, sales_manager, {elsewhere}, balance, read, -, allow",
    ]
    where = [world.entity_id, elsewhere]
    access = compile_access(parse_policy(rules), {Role.SALES_MANAGER: where}, where)
    assert tellable(reason, Actor(subject="sam", access=access)).data["available"] is None


async def test_another_suppliers_order_is_not_found(world: World) -> None:
    flour = await world.item("flour")
    baker = new_id()
    await world.write(Supplier, id=baker, code=f"B-{world.tag}", name="The baker", currency="USD")
    (of_baker,) = await ordered(world, (flour, "10", "6.00"), supplier_id=baker, currency="USD")
    supplier = somebody(
        world,
        (Resource.LEGAL_ENTITY, Resource.PURCHASE_ORDER),
        "supplier_invoice, record",
        role=Role.SUPPLIER_USER,
        partner_id=world.supplier_id,
    )
    for line_id in (of_baker, new_id()):
        outcome = await world.run(record_supplier_invoice, invoice(world, (line_id, "1", "6.00")), actor=supplier)
        assert told(outcome) == [("NOT_FOUND", "Purchase order line not found.")]


async def test_an_option_of_a_hidden_shortage_is_not_found_like_any_other(world: World) -> None:
    lamp = await world.item("lamp")
    await world.buyable(lamp)
    await placed(world, (lamp, "4"))
    (option,) = await world.all(SourcingOption)
    stranger = somebody(world, EVERYTHING - {Resource.SHORTAGE}, "shortage, accept")
    answers = []
    for option_id in (option.id, new_id()):
        command = AcceptSourcingOption(entity_id=world.entity_id, option_id=option_id, expected_version=1)
        outcome = await world.run(accept_sourcing_option, command, actor=stranger)
        answers.append((told(outcome), [reason.path for reason in outcome.refused]))
    assert answers[0] == answers[1] == ([("NOT_FOUND", "Sourcing option not found.")], [("optionId",)])

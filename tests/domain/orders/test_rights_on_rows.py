"""Rights that depend on the order: on the one that there is, on the one that would be, and on its lines."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import parse_named, parse_policy
from authz.vocabulary import Role
from domain.orders.cancel import CancelSalesOrder, cancel_sales_order
from domain.orders.model import SalesOrder
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.refusal import Code
from tests.factories.world import World

SMALL: dict[str, Any] = {"<=": [{"column": "total"}, {"number": "100.00"}]}
BULKY: dict[str, Any] = {
    "exists": {"relation": "sales_order_line", "where": {">": [{"column": "quantity"}, {"number": "50"}]}}
}


def clerk(world: World, *rules: str, **trees: dict[str, Any]) -> Actor:
    """Somebody whose rights to orders are these."""
    conditions = [parse_named(name, "sales_order", tree) for name, tree in trees.items()]
    reads = [f"{noun}, read, -, allow" for noun in ("legal_entity", "location", "customer", "item", "price_list")]
    lines = [f"p, customer_service, *, {rule}" for rule in (*reads, *rules)]
    policy = parse_policy(lines, conditions=conditions)
    access = compile_access(policy, {Role.CUSTOMER_SERVICE: [world.entity_id]}, [world.entity_id])
    return Actor(subject="cleo", access=access)


def order(world: World, item_id: UUID, quantity: str) -> PlaceSalesOrder:
    line = PlaceSalesOrderLine(item_id=item_id, quantity=Decimal(quantity))
    return PlaceSalesOrder(entity_id=world.entity_id, customer_id=world.customer_id, lines=(line,))


async def test_an_order_may_be_placed_up_to_an_amount(world: World) -> None:
    cleo = clerk(world, "sales_order, create, small, allow", small=SMALL)
    rope = await world.item("rope", price="10.00")
    await world.stock(rope, "100")
    outcome = await world.run(place_sales_order, order(world, rope, "11"), actor=cleo)
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert await world.all(SalesOrder) == []
    outcome = await world.run(place_sales_order, order(world, rope, "10"), actor=cleo)
    assert outcome.done is not None, outcome.refused


async def test_the_lines_of_an_order_that_would_be_are_looked_at(world: World) -> None:
    cleo = clerk(world, "sales_order, create, -, allow", "sales_order, create, bulky, deny", bulky=BULKY)
    rope = await world.item("rope", price="1.00")
    await world.stock(rope, "1000")
    outcome = await world.run(place_sales_order, order(world, rope, "51"), actor=cleo)
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    outcome = await world.run(place_sales_order, order(world, rope, "50"), actor=cleo)
    assert outcome.done is not None, outcome.refused


async def test_an_order_that_is_not_shown_is_not_there_and_one_that_is_may_still_be_forbidden(world: World) -> None:
    cleo = clerk(
        world,
        "sales_order, read, bulky, allow",
        "sales_order, cancel, -, allow",
        "sales_order, cancel, small, deny",
        small=SMALL,
        bulky=BULKY,
    )
    rope, string = await world.item("rope", price="10.00"), await world.item("string", price="0.10")
    for item_id in (rope, string):
        await world.stock(item_id, "1000")
    found = {
        name: await placed(world, item_id, quantity)
        for name, item_id, quantity in (("few", rope, "50"), ("many", rope, "51"), ("cheap", string, "500"))
    }

    async def outcome(name: str) -> list[Code]:
        command = CancelSalesOrder(
            entity_id=world.entity_id, sales_order_id=found[name], expected_version=1, reason="No longer wanted."
        )
        return [reason.code for reason in (await world.run(cancel_sales_order, command, actor=cleo)).refused]

    assert await outcome("few") == [Code.NOT_FOUND]
    assert await outcome("cheap") == [Code.FORBIDDEN]
    assert await outcome("many") == []


async def placed(world: World, item_id: UUID, quantity: str) -> UUID:
    """An order that the entity's own clerk placed."""
    return (await world.done(place_sales_order, order(world, item_id, quantity))).objects["sales_order"][0].id

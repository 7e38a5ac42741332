"""Many buyers at once: nothing is promised twice, nobody waits for somebody who waits for them."""

import asyncio
import random
from collections import Counter
from decimal import Decimal
from uuid import UUID

from domain.inventory.model import SiteBalance
from domain.orders.lifecycle import WhenShort
from domain.orders.model import SalesOrder
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.outcome import Outcome
from kernel.refusal import Code
from tests.factories.world import World


def order_of(world: World, wishes: list[tuple[UUID, int]], when_short: WhenShort) -> PlaceSalesOrder:
    lines = tuple(PlaceSalesOrderLine(item_id=item_id, quantity=Decimal(quantity)) for item_id, quantity in wishes)
    return PlaceSalesOrder(entity_id=world.entity_id, customer_id=world.customer_id, lines=lines, when_short=when_short)


def codes(outcomes: list[Outcome[None]]) -> Counter[str]:
    """How many were done, and how many refused for what."""
    return Counter("done" if outcome.done else str(outcome.refused[0].code) for outcome in outcomes)


async def reserved(world: World) -> dict[UUID, Decimal]:
    return {balance.item_id: balance.reserved for balance in await world.all(SiteBalance)}


async def test_two_hundred_buyers_share_a_hundred_pieces(world: World) -> None:
    the_last_pallet = await world.item("the last pallet")
    await world.stock(the_last_pallet, "100")
    orders = [order_of(world, [(the_last_pallet, 1)], WhenShort.REFUSE) for _ in range(200)]

    outcomes = await asyncio.gather(*(world.run(place_sales_order, order) for order in orders))

    assert codes(outcomes) == {"done": 100, str(Code.INSUFFICIENT_STOCK): 100}
    assert await reserved(world) == {the_last_pallet: Decimal(100)}
    assert len(await world.all(SalesOrder)) == 100


async def test_two_lines_of_one_order_compete_like_two_orders(world: World) -> None:
    the_last_pallet = await world.item("the last pallet")
    await world.stock(the_last_pallet, "50")
    orders = [order_of(world, [(the_last_pallet, 2), (the_last_pallet, 1)], WhenShort.REFUSE) for _ in range(40)]

    outcomes = await asyncio.gather(*(world.run(place_sales_order, order) for order in orders))

    assert codes(outcomes) == {"done": 16, str(Code.INSUFFICIENT_STOCK): 24}
    assert await reserved(world) == {the_last_pallet: Decimal(48)}


async def test_overlapping_baskets_in_any_order_never_deadlock(world: World) -> None:
    chance = random.Random(20260302)  # noqa: S311 - a repeatable story
    items = [await world.item(f"part {number}") for number in range(12)]
    for item_id in items:
        await world.stock(item_id, "60")
    baskets = [
        [(item_id, chance.randint(1, 3)) for item_id in chance.sample(items, chance.randint(1, 10))] for _ in range(160)
    ]
    waiting = iter(baskets)

    async def buyer() -> list[Outcome[None]]:
        command = (order_of(world, basket, WhenShort.BACKORDER) for basket in waiting)
        return [await world.run(place_sales_order, order) for order in command]

    outcomes = [each for done in await asyncio.gather(*(buyer() for _ in range(32))) for each in done]

    assert codes(outcomes) == {"done": 160}
    wanted = Counter[UUID]()
    for basket in baskets:
        for item_id, quantity in basket:
            wanted[item_id] += quantity
    assert await reserved(world) == {item_id: Decimal(min(60, wanted[item_id])) for item_id in items}

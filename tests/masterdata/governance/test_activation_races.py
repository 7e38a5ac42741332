"""Two activations at once: one after the other, and nothing twice."""

import asyncio

from masterdata.items.model import Item
from tests.factories.stewards import Stewards, change, item, requested, unit


async def test_two_requests_make_the_same_item_once(stewards: Stewards) -> None:
    await stewards.change(unit("C62"))
    requests = [requested(await stewards.submit(item(stewards, "rope"))) for _ in range(4)]
    for request_id in requests:
        await stewards.approve(request_id)
    outcomes = await asyncio.gather(*(stewards.activate(request_id) for request_id in requests))
    assert all(outcome.done for outcome in outcomes)
    assert len(await stewards.rows(Item, sku=f"rope-{stewards.tag}")) == 1
    assert stewards.activation.retries == 0


async def test_two_activations_of_one_request_take_it_once(stewards: Stewards) -> None:
    await stewards.change(unit("C62"), item(stewards, "rope"))
    request_id = requested(await stewards.submit(change("item", key="rope", name="Rope, tarred")))
    await stewards.approve(request_id)
    outcomes = await asyncio.gather(*(stewards.activate(request_id) for _ in range(3)))
    assert sorted(outcome.done is not None for outcome in outcomes) == [False, False, True]
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["name"], rope["version"]) == ("Rope, tarred", 2)
    assert stewards.activation.retries == 0

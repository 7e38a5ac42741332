"""Who may accept an option: whoever may choose, and may make the document that the choice makes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import parse_named, parse_policy
from authz.vocabulary import Resource, Role
from domain.procurement.model import PurchaseOrder
from domain.resolution.accept_option import accept_sourcing_option
from domain.transfers.model import TransferOrder
from kernel.outcome import Outcome
from kernel.refusal import Code
from tests.factories.supply import acceptance, placed
from tests.factories.world import World

CHOOSES = ("legal_entity, read, -, allow", "shortage, read, -, allow", "shortage, accept, -, allow")
WITHIN_LIMIT: dict[str, Any] = {"<=": [{"column": "total"}, {"sub": "limit.purchase_order"}]}
BULKY: dict[str, Any] = {
    "exists": {"relation": "purchase_order_line", "where": {">": [{"column": "quantity"}, {"number": "9"}]}}
}


def planner(world: World, *rules: str, limits: Mapping[Any, Decimal] | None = None) -> Actor:
    """Somebody who may choose, and besides what these rules say."""
    trees = {"within_limit": WITHIN_LIMIT, "bulky": BULKY}
    conditions = [parse_named(name, "purchase_order", tree) for name, tree in trees.items()]
    policy = parse_policy([f"p, planner, *, {rule}" for rule in (*CHOOSES, *rules)], conditions=conditions)
    access = compile_access(policy, {Role.PLANNER: [world.entity_id]}, [world.entity_id])
    return Actor(subject="pablo", access=access, limits=limits or {})


async def accepted(world: World, kind: str, actor: Actor, quantity: str = "10") -> Outcome[None]:
    """What becomes of it: ten lamps are short, at 6.00 each from the supplier; the sister site has plenty."""
    lamp = await world.item("lamp")
    await world.buyable(lamp, amount="6.00")
    await world.stock(lamp, "100", location_id=world.sister_bin_id)
    waiting = await placed(world, {lamp: quantity})
    return await world.run(accept_sourcing_option, await acceptance(world, waiting, kind), actor=actor)


@pytest.mark.parametrize(
    ("kind", "forbidden"), [("buy", "create purchase order"), ("transfer", "create transfer order")]
)
async def test_who_may_choose_and_not_make_it_makes_nothing(world: World, kind: str, forbidden: str) -> None:
    (reason,) = (await accepted(world, kind, planner(world))).refused
    assert (reason.code, reason.message) == (Code.FORBIDDEN, f"None of your roles here allows this: {forbidden}.")
    assert await world.all(PurchaseOrder) == []
    assert await world.all(TransferOrder) == []


async def test_who_may_make_transfers_alone_accepts_those(world: World) -> None:
    outcome = await accepted(world, "transfer", planner(world, "transfer_order, create, -, allow"))
    assert outcome.done is not None, outcome.refused


@pytest.mark.parametrize(("limit", "codes"), [("60.00", []), ("59.99", [Code.FORBIDDEN]), (None, [Code.FORBIDDEN])])
async def test_a_limit_on_orders_is_one_on_options(world: World, limit: str | None, codes: list[Code]) -> None:
    limits = {} if limit is None else {(Resource.PURCHASE_ORDER, world.entity_id, "EUR"): Decimal(limit)}
    pablo = planner(world, "purchase_order, create, within_limit, allow", limits=limits)
    outcome = await accepted(world, "buy", pablo)
    assert [reason.code for reason in outcome.refused] == codes
    assert len(await world.all(PurchaseOrder)) == (not codes)


@pytest.mark.parametrize(("quantity", "codes"), [("9", []), ("10", [Code.FORBIDDEN])])
async def test_the_lines_of_what_would_be_made_are_looked_at(world: World, quantity: str, codes: list[Code]) -> None:
    pablo = planner(world, "purchase_order, create, -, allow", "purchase_order, create, bulky, deny")
    outcome = await accepted(world, "buy", pablo, quantity)
    assert [reason.code for reason in outcome.refused] == codes

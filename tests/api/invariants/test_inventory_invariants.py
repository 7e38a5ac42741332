"""What a proof of the books tells: whether they agree, and to who may read the rows by how much they do not."""

from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import Table
from sqlalchemy.sql import visitors

from api.schema import REGISTRY, RESOURCES
from api.values.ids import encode_id
from authz.vocabulary import Resource, Role
from domain.finance.model import ValuationLayer
from domain.invariants.prove import INVARIANTS
from domain.invariants.statements import Invariant
from domain.inventory.model import Demand
from tests.api.serving import Office
from tests.factories.selling import placed
from tests.factories.world import World

PROOF = """query Proof($of: ID) {
  inventoryInvariants(entityId: $of) { name holds violations examples { counted proved } }
}"""


async def violated(house: Office, world: World, role: Role) -> dict[str, tuple[int, int]]:
    """The invariants that do not hold, with the number of violations and of examples."""
    token = await house.hire(role, world.entity_id)
    proofs = await house.ask(token, PROOF, of=encode_id("LegalEntity", world.entity_id))
    return {
        proof["name"]: (proof["violations"], len(proof["examples"]))
        for proof in proofs["inventoryInvariants"]
        if not proof["holds"]
    }


async def test_differences_are_told_to_who_may_read_what_differs(
    house: Office, world: World, migrate_engine: AsyncEngine
) -> None:
    """A planner learns that the books are wrong, by how much the demands are, and nothing of what stock is worth."""
    lamp = await world.item("lamp")
    await world.stock(lamp, "2")
    await placed(world, (lamp, "4"))
    async with migrate_engine.begin() as connection:
        for model, column in ((ValuationLayer, "value"), (Demand, "pegged")):
            wrong = {column: getattr(model, column) + Decimal("1.01")}
            await connection.execute(update(model).where(model.entity_id == world.entity_id).values(wrong))
    valued, pegged = "stock_account_is_its_layers", "pegs_make_up_demands"
    assert await violated(house, world, Role.FINANCE) == {pegged: (1, 1), valued: (1, 1)}
    assert await violated(house, world, Role.PLANNER) == {pegged: (1, 1), valued: (1, 0)}


async def test_a_legal_entity_that_is_not_audited_costs_the_other_fields_nothing(house: Office, world: World) -> None:
    token = await house.hire(Role.WAREHOUSE, world.entity_id)
    asked = f'inventoryInvariants(entityId: "{encode_id("LegalEntity", world.entity_id)}") {{ holds }}'
    answer = (await house.post(token, {"query": f"{{ {asked} entities {{ totalCount }} }}"})).json()
    assert answer["data"] == {"inventoryInvariants": None, "entities": {"totalCount": 1}}
    (error,) = answer["errors"]
    assert error["message"] == "entityId: there is no such legal entity that you may audit."


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda invariant: invariant.name)
def test_an_invariant_says_of_whose_rows_it_is(invariant: Invariant) -> None:
    of_tables = {of.node.table.name: RESOURCES[name] for name, of in REGISTRY.types.items()} | {"event": Resource.EVENT}
    sides = [side for side in (invariant.counted, invariant.proof) if side is not None]
    read = {of_tables[each.name] for side in sides for each in visitors.iterate(side) if isinstance(each, Table)}
    assert read - {Resource.LOCATION} == set(invariant.about)

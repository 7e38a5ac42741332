"""What every story must leave behind: books that agree with themselves."""

from domain.invariants.prove import check_invariants
from tests.databases import driver_of
from tests.factories.world import World


async def assert_invariants(world: World) -> None:
    """Fails with the invariants that do not hold in the world, and examples."""
    async with world.database.worker.connect() as connection:
        broken = await check_invariants(await driver_of(connection), [world.entity_id])
    assert broken == []

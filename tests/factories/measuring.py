"""Units as the standard has them, for tests that convert."""

from decimal import Decimal

from sqlalchemy import select

from kernel.ids import new_id
from masterdata.standards.rec20 import units
from masterdata.units.model import Unit
from tests.factories.world import World


async def write_units(world: World, *codes: str) -> None:
    """Writes those of the units that the database does not have."""
    present = {row.code for row in await world.rows(select(Unit.code))}
    for unit in (units()[code] for code in codes if code not in present):
        assert unit.factor is not None
        parts = {"numerator": Decimal(unit.factor.numerator), "denominator": Decimal(unit.factor.denominator)}
        await world.write(Unit, id=new_id(), code=unit.code, name=unit.name, dimension=unit.dimension, **parts)

"""Every statement of units."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from sqlalchemy import Text, select

from authz.actor import Actor
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.units.model import Unit
from masterdata.units.rules import Measure

_MEASURES = select(Unit.code, Unit.dimension, Unit.numerator, Unit.denominator).where(
    any_of(Unit.code, "codes", Text())
)


async def gather_measures(op: Operation[Actor], codes: Collection[str]) -> Mapping[str, Measure]:
    """The units with these codes, as far as converting needs them."""
    rows = await op.execute(_MEASURES, {"codes": sorted(codes)})
    return {
        row.code: Measure(
            row.code, row.dimension, Fraction(row.numerator) / Fraction(row.denominator) if row.numerator else None
        )
        for row in rows
    }

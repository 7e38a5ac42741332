"""Units of measure under governance."""

from collections.abc import Mapping
from typing import Any

from authz.vocabulary import Action, Resource
from masterdata.checks import among, matching, more_than, whole
from masterdata.noun import Noun, Right, fixed, plain
from masterdata.standards.rec20 import dimensions, unit_in_use
from masterdata.units.model import Unit


def _factor_complete(row: Mapping[str, Any]) -> str | None:
    if (row["numerator"] is None) == (row["denominator"] is None):
        return None
    return "numerator: a factor has a numerator and a denominator, or there is none"


UNIT = Noun(
    name="unit",
    model=Unit,
    right=Right(Resource.UNIT, Action.AMEND),
    key=("code",),
    fields=(
        plain("code", matching("[A-Z0-9]{2,3}", "a common code of UN/ECE Rec 20, such as C62"), standard=unit_in_use),
        plain("name"),
        plain("symbol"),
        fixed(plain("dimension", among(dimensions()))),
        plain("numerator", more_than(0), whole),
        plain("denominator", more_than(0), whole),
        plain("withdrawn_on"),
    ),
    checks=(_factor_complete,),
)

"""Units of measure under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import among, matching
from masterdata.noun import Noun, Right, fixed, plain
from masterdata.units.model import Unit

DIMENSIONS = ("count", "mass", "volume", "length", "area", "time")

UNIT = Noun(
    name="unit",
    model=Unit,
    right=Right(Resource.UNIT, Action.AMEND),
    key=("code",),
    fields=(
        plain("code", matching("[A-Z0-9]{2,3}", "a common code of UN/ECE Rec 20, such as C62")),
        plain("name"),
        fixed(plain("dimension", among(DIMENSIONS))),
    ),
)

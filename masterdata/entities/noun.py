"""Legal entities under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import code, known_time_zone
from masterdata.codes import country, currency
from masterdata.entities.model import LegalEntity
from masterdata.noun import Noun, Right, fixed, plain, reference

LEGAL_ENTITY = Noun(
    name="legal_entity",
    model=LegalEntity,
    right=Right(Resource.LEGAL_ENTITY, Action.CREATE),
    key=("code",),
    fields=(
        plain("code", code),
        plain("name"),
        country(),
        fixed(currency()),
        plain("time_zone", known_time_zone),
        reference("parent", "legal_entity"),
    ),
)

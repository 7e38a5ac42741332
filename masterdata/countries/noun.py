"""Countries under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import matching
from masterdata.countries.model import Country
from masterdata.noun import Noun, Right, fixed, plain

COUNTRY = Noun(
    name="country",
    model=Country,
    right=Right(Resource.COUNTRY, Action.AMEND),
    key=("code",),
    fields=(
        fixed(plain("code", matching("[A-Z]{2}", "a country code of ISO 3166-1, such as DE"))),
        plain("alpha_3", matching("[A-Z]{3}", "a country code of three letters of ISO 3166-1, such as DEU")),
        plain("name"),
        plain("withdrawn_on"),
    ),
)

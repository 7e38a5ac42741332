"""Currencies under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import at_least, at_most, matching
from masterdata.currencies.model import Currency
from masterdata.noun import Noun, Right, fixed, plain

CURRENCY = Noun(
    name="currency",
    model=Currency,
    right=Right(Resource.CURRENCY, Action.AMEND),
    key=("code",),
    fields=(
        fixed(plain("code", matching("[A-Z]{3}", "a currency code of ISO 4217, such as EUR"))),
        plain("name"),
        fixed(plain("minor_units", at_least(0), at_most(4))),
        plain("withdrawn_on"),
    ),
)

"""Suppliers and customers under governance."""

from authz.vocabulary import Action, Resource
from masterdata.checks import among, at_least, code, country, currency, lead_time
from masterdata.noun import Noun, Right, plain, status
from masterdata.parties.lifecycle import CREDIT_STATUS, PARTY_STATUS
from masterdata.parties.model import Customer, Supplier

_WHO = (
    plain("code", code),
    plain("name"),
    plain("country", country),
    plain("city"),
    plain("contact"),
    plain("phone"),
)

SUPPLIER = Noun(
    name="supplier",
    model=Supplier,
    right=Right(Resource.SUPPLIER, Action.AMEND),
    key=("code",),
    fields=(
        *_WHO,
        plain("currency", currency),
        plain("lead_time_days", *lead_time),
        status("status", PARTY_STATUS),
    ),
)

CUSTOMER = Noun(
    name="customer",
    model=Customer,
    right=Right(Resource.CUSTOMER, Action.AMEND),
    key=("code",),
    fields=(
        *_WHO,
        plain("priority", at_least(0)),
        plain("when_short", among(("backorder", "partial", "refuse"))),
        status("credit_status", CREDIT_STATUS),
        status("status", PARTY_STATUS),
    ),
)

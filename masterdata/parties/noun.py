"""Suppliers and customers under governance."""

from authz.vocabulary import Action, Resource, Role
from masterdata.checks import among, at_least, code, lead_time
from masterdata.codes import country, currency
from masterdata.noun import FieldGroup, Noun, Right, grouped, plain, status
from masterdata.parties.lifecycle import CREDIT_STATUS, PARTY_STATUS
from masterdata.parties.model import Customer, Supplier
from masterdata.standards.banking import bic, iban
from masterdata.standards.companies import duns, lei, vat
from masterdata.standards.gs1 import gln

_WHO = (
    plain("code", code),
    plain("name"),
    country(),
    plain("region"),
    plain("city"),
    plain("postal_code"),
    plain("street"),
    plain("tax_id", standard=vat),
    plain("gln", standard=gln),
    plain("lei", standard=lei),
    plain("duns", standard=duns),
    plain("contact"),
    plain("phone"),
)
_IDENTIFIERS = (("country", "tax_id"), ("gln",))

SUPPLIER = Noun(
    name="supplier",
    model=Supplier,
    right=Right(Resource.SUPPLIER, Action.AMEND),
    key=("code",),
    fields=(
        *_WHO,
        *grouped("bank", plain("iban", standard=iban), plain("bic", standard=bic)),
        currency(),
        plain("lead_time_days", *lead_time),
        status("status", PARTY_STATUS),
    ),
    # Where money goes is decided by two people, of whom neither proposed it.
    groups=(FieldGroup("bank", (Role.STEWARD_SUPPLIER, Role.STEWARD_FINANCE), stands_together=True),),
    identifiers=_IDENTIFIERS,
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
    identifiers=_IDENTIFIERS,
)

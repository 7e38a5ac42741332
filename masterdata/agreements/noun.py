"""Inter-company agreements under governance: the giver's to make, because what they open is the giver's."""

from collections.abc import Mapping
from typing import Any

from authz.vocabulary import Action, Resource
from masterdata.agreements.lifecycle import AGREEMENT_STATUS, AgreementCoverage, TitleTransfer
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.checks import among, at_least, code
from masterdata.codes import currency
from masterdata.noun import Noun, Right, fixed, plain, reference, status


def _two_entities(row: Mapping[str, Any]) -> str | None:
    if row["giver_entity_id"] != row["taker_entity_id"]:
        return None
    return "taker_entity: nobody agrees with themselves"


def _dates_in_order(row: Mapping[str, Any]) -> str | None:
    if row["valid_until"] is None or row["valid_until"] >= row["valid_from"]:
        return None
    return "valid_until: an agreement ends after it begins"


INTER_COMPANY_AGREEMENT = Noun(
    name="inter_company_agreement",
    model=InterCompanyAgreement,
    right=Right(Resource.INTER_COMPANY_AGREEMENT, Action.AMEND),
    key=("giver_entity_id", "code"),
    given_by="giver_entity_id",
    fields=(
        fixed(plain("code", code)),
        fixed(reference("giver_entity", "legal_entity")),
        fixed(reference("taker_entity", "legal_entity")),
        plain("covers", among(AgreementCoverage)),
        plain("markup_percent", at_least(0)),
        plain("title_transfer", among(TitleTransfer)),
        plain("pair_limit_amount", at_least(0)),
        currency("pair_limit_currency"),
        plain("valid_from"),
        plain("valid_until"),
        status("status", AGREEMENT_STATUS),
    ),
    checks=(_two_entities, _dates_in_order),
)

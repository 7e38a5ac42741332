"""Agreements between test companies, written as activation writes them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.ids import new_id
from masterdata.agreements.model import InterCompanyAgreement
from tests.factories.world import LONG_AGO, World


def terms(**changed: Any) -> dict[str, Any]:
    """What is agreed: everything, from long ago on, at a tenth above cost."""
    return {
        "code": "SPARE",
        "covers": "offers_and_pairs",
        "markup_percent": Decimal(10),
        "title_transfer": "at_shipment",
        "pair_limit_amount": Decimal(5000),
        "pair_limit_currency": "EUR",
        "valid_from": LONG_AGO,
        **changed,
    }


async def agreed(giver: World, taker: World, **changed: Any) -> UUID:
    """The id of an agreement of the giver with the taker."""
    agreement_id = new_id()
    parties = {"giver_entity_id": giver.entity_id, "taker_entity_id": taker.entity_id}
    await giver.write(InterCompanyAgreement, id=agreement_id, **parties, **terms(**changed))
    return agreement_id


LAST_YEAR = date(2025, 12, 31)
"""A day before that of the test companies."""

"""An agreement is the giver's to make: it changes in change requests of the giver, decided by the giver's people."""

from typing import Any

import pytest

from authz.vocabulary import Role
from kernel.ids import new_id
from kernel.refusal import Code
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.governance.submit import ProposedChange
from tests.factories.stewards import Stewards, change, requested
from tests.factories.world import World, actor_of
from tests.masterdata.agreements.conftest import Group


@pytest.fixture
def stewards(group: Group) -> Stewards:
    """The north's."""
    return Stewards(group.north.database, group.north.activation, entity_id=group.north.entity_id)


def proposed(giver: World, taker: World, **changed: Any) -> ProposedChange:
    """An agreement as a line."""
    values = {
        "code": f"P-{new_id().hex[-8:]}",
        "giver_entity": {"id": str(giver.entity_id)},
        "taker_entity": {"id": str(taker.entity_id)},
        "covers": "offers",
        "markup_percent": "12.5",
        "title_transfer": "at_receipt",
        "pair_limit_amount": "2500",
        "pair_limit_currency": "EUR",
        "valid_from": "2026-01-01",
    }
    return change("inter_company_agreement", **{**values, **changed})


async def test_it_is_made_changed_and_retired(stewards: Stewards, group: Group) -> None:
    code = f"M-{new_id().hex[-8:]}"
    (made,) = await stewards.change(proposed(group.north, group.south, code=code))
    assert made.result == "created"
    for changed in ({"markup_percent": "15"}, {"status": "retired"}):
        (line,) = await stewards.change(proposed(group.north, group.south, code=code, **changed))
        assert line.result == "updated"
    row = await stewards.row(InterCompanyAgreement, code=code)
    assert row is not None
    assert (row["giver_entity_id"], row["taker_entity_id"]) == (group.north.entity_id, group.south.entity_id)
    assert (row["status"], row["version"]) == ("retired", 3)
    (line,) = await stewards.change(proposed(group.north, group.south, code=code, status="active"))
    assert (line.result, line.message) == ("refused", "status: retired cannot become active")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"covers": "everything"}, "covers: 'everything' is none of offers, pairs, offers_and_pairs"),
        ({"title_transfer": "never"}, "title_transfer: 'never' is none of at_shipment, at_receipt"),
        ({"markup_percent": "-1"}, "markup_percent: '-1' is less than 0"),
        ({"pair_limit_amount": "-0.01"}, "pair_limit_amount: '-0.01' is less than 0"),
        (
            {"pair_limit_currency": "euro"},
            "pair_limit_currency: 'euro' is no currency code of ISO 4217, such as EUR",
        ),
        ({"valid_until": "2025-12-31"}, "valid_until: an agreement ends after it begins"),
    ],
)
async def test_bad_terms_are_refused(stewards: Stewards, group: Group, changed: dict[str, Any], why: str) -> None:
    (line,) = await stewards.change(proposed(group.north, group.south, **changed))
    assert (line.result, line.message) == ("refused", why)


async def test_nobody_agrees_with_themselves(stewards: Stewards, group: Group) -> None:
    (line,) = await stewards.change(proposed(group.north, group.north))
    assert (line.result, line.message) == ("refused", "taker_entity: nobody agrees with themselves")


FOREIGN = "giver_entity: it is not the legal entity of the change request"


async def test_nobody_opens_what_is_anothers(stewards: Stewards, group: Group) -> None:
    for taker in (group.north, group.west):
        (line,) = await stewards.change(proposed(group.south, taker))
        assert (line.result, line.message) == ("refused", FOREIGN)


async def test_an_agreement_of_others_cannot_be_changed(group: Group) -> None:
    """Not even by its id: the taker proposes better terms for themselves."""
    theirs = Stewards(group.south.database, group.south.activation, entity_id=group.south.entity_id)
    line = ProposedChange(noun="inter_company_agreement", values={"markup_percent": "0"}, object_id=group.agreement_id)
    (outcome,) = await theirs.change(line)
    assert (outcome.result, outcome.message) == ("refused", FOREIGN)
    row = await theirs.row(InterCompanyAgreement, id=group.agreement_id)
    assert row is not None
    assert (row["markup_percent"], row["version"]) == (10, 1)


async def test_its_parties_stay(stewards: Stewards, group: Group) -> None:
    line = proposed(group.north, group.west, code="SPARE")
    (outcome,) = await stewards.change(line)
    assert outcome.result == "refused"
    assert str(outcome.message).startswith("taker_entity: ")


async def test_a_request_names_the_legal_entity(stewards: Stewards, group: Group) -> None:
    outcome = await stewards.submit(proposed(group.north, group.south), entity_id=None)
    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.VALIDATION_FAILED, ("entityId",))
    named = change("inter_company_agreement", key="7", **proposed(group.north, group.south).values)
    assert [each.path for each in (await stewards.submit(named)).refused] == [("lines", 0)]


async def test_it_is_approved_by_who_is_trusted_at_the_giver(stewards: Stewards, group: Group) -> None:
    request_id = requested(await stewards.submit(proposed(group.north, group.south)))
    elsewhere = actor_of("finn", [group.south.entity_id], Role.STEWARD_FINANCE, Role.GROUP_ADMIN)
    unknown = await stewards.approve(request_id, actor=elsewhere)
    assert [reason.code for reason in unknown.refused] == [Code.NOT_FOUND]
    untrusted = actor_of("ida", [group.north.entity_id], Role.STEWARD_ITEM)
    assert [reason.code for reason in (await stewards.approve(request_id, actor=untrusted)).refused] == [Code.FORBIDDEN]
    trusted = actor_of("fred", [group.north.entity_id], Role.STEWARD_FINANCE)
    assert (await stewards.approve(request_id, actor=trusted)).done

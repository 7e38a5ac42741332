"""What is told of the access to agreements, to whoever answers for one of the two legal entities and to nobody else."""

from typing import Any

import pytest

from api.values.ids import encode_id
from authz.vocabulary import Role
from tests.api.access.test_explain import explained
from tests.api.serving import Office
from tests.api.test_trail import subject_of
from tests.factories.agreements import agreed
from tests.factories.stewards import Stewards, change, requested
from tests.factories.world import World

DIFF = "query ($id: ID!) { policyDiff(changeRequest: $id) { changes { subject type gained lost } } }"


@pytest.fixture
async def agreement(north: World, world: World) -> str:
    """The north gives to the test's company."""
    return encode_id("InterCompanyAgreement", await agreed(north, world, code=f"TO-{world.tag}"))


async def test_either_side_explains_the_use_of_an_agreement(
    house: Office, north: World, world: World, agreement: str
) -> None:
    """The taker's planner may use it: that is told at the taker; at the giver nobody holds the role."""
    planner = await subject_of(house, await house.hire(Role.PLANNER, world.entity_id))
    for where, allowed in ((world, True), (north, False)):
        auditor = await house.hire(Role.AUDITOR, where.entity_id)
        found = await explained(house, auditor, planner, "INTER_COMPANY_AGREEMENT", "USE", id=agreement)
        assert found["allowed"] is allowed


async def test_to_others_it_is_not_there(house: Office, south: World, agreement: str) -> None:
    auditor = await house.hire(Role.AUDITOR, south.entity_id)
    query = """query ($id: ID) { accessExplain(
      subject: "anna", resource: INTER_COMPANY_AGREEMENT, action: USE, id: $id) { allowed } }"""
    (error,) = (await house.post(auditor, {"query": query, "variables": {"id": agreement}})).json()["errors"]
    assert (error["message"], error["extensions"]) == ("Object not found.", {"code": "NOT_FOUND"})


@pytest.mark.usefixtures("agreement")
async def test_what_a_grant_would_show_is_counted_on_ones_own_side(house: Office, world: World) -> None:
    """Whoever answers for a company is not told how many agreements others have with each other."""
    stewards = Stewards(house.database, house.activation)
    named: dict[str, Any] = {"subject": f"nora-{world.tag}", "role": "finance", "domain_kind": "entity"}
    line = change("role_grant", **named, entity={"id": str(world.entity_id)}, valid_from="2020-01-01T00:00:00Z")
    request = encode_id("ChangeRequest", requested(await stewards.submit(line, entity_id=None)))
    elsewhere = await World(world.database, world.activation).build()
    for where, expected in ((world, [1]), (elsewhere, [])):
        admin = await house.hire(Role.GROUP_ADMIN, where.entity_id)
        changes = (await house.ask(admin, DIFF, id=request))["policyDiff"]["changes"]
        assert [each["gained"] for each in changes if each["type"] == "InterCompanyAgreement"] == expected

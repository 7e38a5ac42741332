"""`policyDiff`: rows gained and lost, subject by subject, before anything is approved."""

from typing import Any

import pytest

from api.values.ids import encode_id
from authz.vocabulary import Role
from tests.api.serving import Office
from tests.api.test_trail import subject_of, trail
from tests.factories.buying import ordered
from tests.factories.stewards import Stewards, change, requested
from tests.factories.world import World

DIFF = """query ($id: ID!) { policyDiff(changeRequest: $id) {
  changes { subject type gained lost } problems truncated } }"""


@pytest.fixture
async def admin(house: Office) -> str:
    """Somebody who answers for the whole group."""
    return await house.hire(Role.GROUP_ADMIN, None)


@pytest.fixture
def stewards(house: Office) -> Stewards:
    return Stewards(house.database, house.activation)


async def diff(house: Office, token: str, stewards: Stewards, *lines: Any) -> Any:
    request_id = requested(await stewards.submit(*lines, entity_id=None))
    return (await house.ask(token, DIFF, id=encode_id("ChangeRequest", request_id)))["policyDiff"]


def grant(world: World, subject: str, role: str, **changed: Any) -> Any:
    named = {"subject": subject, "role": role, "domain_kind": "entity", "entity": {"id": str(world.entity_id)}}
    return change("role_grant", **{**named, "valid_from": "2020-01-01T00:00:00Z", **changed})


async def test_a_new_grant_shows_rows(house: Office, world: World, admin: str, stewards: Stewards) -> None:
    flour = await world.item("flour")
    await ordered(world, (flour, "10", "6.00"))
    found = await diff(house, admin, stewards, grant(world, "nora", "buyer"))
    gained = {each["type"]: each["gained"] for each in found["changes"]}
    assert (found["problems"], found["truncated"]) == ([], False)
    assert {each["subject"] for each in found["changes"]} == {"nora"}
    assert {each["lost"] for each in found["changes"]} == {0}
    assert (gained["PurchaseOrder"], gained["PurchaseOrderLine"], gained["LegalEntity"]) == (1, 1, 1)
    assert "JournalEntry" not in gained


async def test_a_grant_that_ends_hides_rows(house: Office, world: World, admin: str, stewards: Stewards) -> None:
    flour = await world.item("flour")
    await ordered(world, (flour, "10", "6.00"))
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    since = house.clock.now.isoformat()
    ended = grant(world, buyer, "buyer", valid_from=since, valid_until="2026-03-02T09:00:00.000001Z")
    house.clock.wait(seconds=1)
    found = await diff(house, admin, stewards, ended)
    lost = {each["type"]: each["lost"] for each in found["changes"]}
    assert found["problems"] == []
    assert lost["PurchaseOrder"] == 1


async def test_a_rule_that_is_retired_concerns_whoever_has_the_role(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    flour = await world.item("flour")
    await ordered(world, (flour, "10", "6.00"))
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    named: dict[str, Any] = {
        "role": "buyer",
        "domain": "*",
        "resource": "purchase_order",
        "action": "read",
        "condition": "-",
    }
    rule = change("policy_rule", **named, effect="allow", status="retired")
    found = await diff(house, admin, stewards, rule)
    of_buyer = {each["type"]: each["lost"] for each in found["changes"] if each["subject"] == buyer}
    assert (of_buyer["PurchaseOrder"], of_buyer["PurchaseOrderLine"]) == (1, 1)
    assert "SalesOrder" not in of_buyer


async def test_lines_that_would_be_refused_are_told(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    found = await diff(house, admin, stewards, grant(world, "nora", "emperor"))
    assert found["changes"] == []
    assert found["problems"][0].startswith("Line 1: role: ")


async def test_nothing_was_written(house: Office, world: World, admin: str, stewards: Stewards) -> None:
    await diff(house, admin, stewards, grant(world, "olaf", "buyer"))
    token = house.issuer.token("olaf")
    assert (await house.ask(token, "{ viewer { roles { role } } }"))["viewer"]["roles"] == []


async def test_others_are_refused_and_it_is_written_down(house: Office, world: World) -> None:
    buyer = await house.hire(Role.BUYER, world.entity_id)
    asked = {"id": encode_id("ChangeRequest", world.entity_id)}
    answer = (await house.post(buyer, {"query": DIFF, "variables": asked})).json()
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    (row,) = await trail(house, buyer)
    assert (row.mutation, row.outcome) == ("Query.policyDiff", "refused")

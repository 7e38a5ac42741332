"""`policyDiff`: rows gained and lost, subject by subject, before anything is approved."""

from typing import Any

import pytest

from api.access.diff import ROWS_AT_WORST
from api.values.ids import encode_id
from authz.vocabulary import Role
from tests.api.serving import Office
from tests.api.test_trail import subject_of, trail
from tests.factories.buying import ordered
from tests.factories.stewards import Stewards, change, company, requested
from tests.factories.world import World

DIFF = """query ($id: ID!) { policyDiff(changeRequest: $id) {
  changes {
    subject resource type gained lost actionsGained actionsLost actionsChanged
    fieldsGained { field action } fieldsLost { field action }
  } problems truncated } }"""


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


def of(found: Any, subject: str, resource: str) -> Any:
    """What changes for somebody in a resource: told with its main type."""
    told = [each for each in found["changes"] if (each["subject"], each["resource"]) == (subject, resource)]
    return told[0] if told else None


async def test_the_right_to_see_a_field_is_told(house: Office, world: World, admin: str, stewards: Stewards) -> None:
    """No row is gained: the price is."""
    await ordered(world, (await world.item("flour"), "10", "6.00"))
    keeper = await subject_of(house, await house.hire(Role.WAREHOUSE, world.entity_id))
    named: dict[str, Any] = {"role": "warehouse", "domain": str(world.entity_id)}
    seeing = change("policy_rule", **named, resource="purchase_order#unit_price", action="see")
    found = of(await diff(house, admin, stewards, seeing), keeper, "PURCHASE_ORDER")
    told = [{"field": "UNIT_PRICE", "action": action} for action in ("SEE", "FILTER", "SORT", "WRITE")]
    assert (found["type"], found["gained"], found["lost"]) == ("PurchaseOrder", 0, 0)
    assert (found["fieldsGained"], found["fieldsLost"], found["actionsGained"]) == (told, [], [])
    bucket = change("policy_rule", **named, resource="purchase_order#unit_price", action="see_bucket")
    found = of(await diff(house, admin, stewards, bucket), keeper, "PURCHASE_ORDER")
    assert found["fieldsGained"] == [{"field": "UNIT_PRICE", "action": "SEE_BUCKET"}]


async def test_a_field_that_is_taken_is_told(house: Office, world: World, admin: str, stewards: Stewards) -> None:
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    named: dict[str, Any] = {"role": "buyer", "domain": str(world.entity_id), "effect": "deny"}
    taken = change("policy_rule", **named, resource="purchase_order#unit_price", action="see")
    found = of(await diff(house, admin, stewards, taken), buyer, "PURCHASE_ORDER")
    assert {each["action"] for each in found["fieldsLost"]} == {"SEE", "FILTER", "SORT", "WRITE"}
    assert {each["field"] for each in found["fieldsLost"]} == {"UNIT_PRICE"}
    assert found["fieldsGained"] == []


async def test_actions_are_told_also_of_what_has_no_type(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    keeper = await subject_of(house, await house.hire(Role.WAREHOUSE, world.entity_id))
    named: dict[str, Any] = {"role": "warehouse", "domain": str(world.entity_id)}
    found = await diff(
        house,
        admin,
        stewards,
        change("policy_rule", **named, resource="purchase_order", action="cancel"),
        change("policy_rule", **named, resource="access_policy", action="explain"),
        change("policy_rule", **named, resource="purchase_order", action="receive", effect="deny"),
    )
    orders, policy = of(found, keeper, "PURCHASE_ORDER"), of(found, keeper, "ACCESS_POLICY")
    assert (orders["actionsGained"], orders["actionsLost"]) == (["CANCEL"], ["RECEIVE"])
    assert (policy["type"], policy["actionsGained"]) == (None, ["EXPLAIN"])


async def test_other_conditions_and_limits_are_told(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    approver = await subject_of(house, await house.hire(Role.PROCUREMENT_APPROVER, world.entity_id))
    limit = change(
        "approval_limit",
        role="procurement_approver",
        entity={"id": str(world.entity_id)},
        document_kind="purchase_order",
        currency="EUR",
        amount="100",
        valid_from="2020-01-01T00:00:00Z",
    )
    found = of(await diff(house, admin, stewards, limit), approver, "PURCHASE_ORDER")
    assert (found["actionsChanged"], found["actionsGained"], found["actionsLost"]) == (["APPROVE"], [], [])


async def test_what_the_request_makes_itself_is_known(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    """A grant in a legal entity, and for a supplier, that lines before it make."""
    code = f"M-{stewards.tag}"
    found = await diff(
        house,
        admin,
        stewards,
        company(stewards, name="A new one"),
        change("supplier", key=code, code=code, name="Mill", currency="NOK"),
        grant(world, "nora", "buyer", entity={"code": stewards.tag}),
        grant(world, "mill", "supplier_user", entity={"code": stewards.tag}, partner={"external": code}),
        change("account", subject="nora", person="Nora"),
    )
    assert found["problems"] == []
    assert "CREATE" in of(found, "nora", "PURCHASE_ORDER")["actionsGained"]
    assert of(found, "mill", "PURCHASE_ORDER")["actionsGained"] == ["READ", "CONFIRM"]


async def test_what_hangs_on_a_refused_line_is_a_problem(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    found = await diff(
        house,
        admin,
        stewards,
        company(stewards, currency=None),
        grant(world, "nora", "buyer", entity={"code": stewards.tag}),
    )
    assert found["problems"] == [
        "Line 1: currency: is missing",
        f"Line 2: entity: the legal entity with the code '{stewards.tag}' was refused in line 1",
    ]


async def test_who_could_not_sign_in_any_more_is_a_problem(
    house: Office, world: World, admin: str, stewards: Stewards
) -> None:
    """Their partner is named by a key of another system, of which submission knows nothing."""
    shop = f"shop-{stewards.tag}"
    mill, other = f"M-{stewards.tag}", f"O-{stewards.tag}"
    await stewards.change(
        *(change("supplier", key=code, code=code, name=code, currency="NOK") for code in (mill, other))
    )
    await stewards.change(grant(world, shop, "supplier_user", partner={"external": mill}))
    found = await diff(house, admin, stewards, grant(world, shop, "partner_machine", partner={"external": other}))
    (problem,) = found["problems"]
    assert problem.startswith(f"{shop} could not sign in: ")
    assert "READ" in of(found, shop, "PURCHASE_ORDER")["actionsLost"]
    # Who cannot today is no matter of what is asked next.
    await stewards.change(grant(world, shop, "partner_machine", partner={"external": other}))
    found = await diff(house, admin, stewards, grant(world, shop, "carrier", partner={"external": mill}))
    assert found["problems"] == []


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


async def test_it_costs_what_it_may_have_the_database_count(house: Office, admin: str, stewards: Stewards) -> None:
    given = {"id": encode_id("ChangeRequest", stewards.entity_id)}
    twice = DIFF.replace("{ policyDiff", "{ a: policyDiff(changeRequest: $id) { truncated } policyDiff", 1)
    for query, cost in ((DIFF, ROWS_AT_WORST), (twice, 2 * ROWS_AT_WORST)):
        answer = (await house.post(admin, {"query": query, "variables": given})).json()
        assert answer["extensions"]["cost"]["requested"] == cost, answer

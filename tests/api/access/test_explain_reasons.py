"""`accessExplain` on all that a decision asks: related rows, denies, groups, delegation, keys, fields, partners."""

from dataclasses import replace
from typing import Any

import pytest

from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from tests.api.access.test_explain import auditor, explained, order_of
from tests.api.people import delegate, give_key, grant, same_person, somebody
from tests.api.serving import Office
from tests.api.test_trail import subject_of
from tests.factories.buying import ordered
from tests.factories.stewards import Stewards, change, requested, unit
from tests.factories.world import World

__all__ = ["auditor"]

LARGE_LINE = {"exists": {"relation": "purchase_order_line", "where": {">": [{"column": "quantity"}, 5]}}}


@pytest.fixture
def stewards(house: Office) -> Stewards:
    return Stewards(house.database, house.activation)


async def rule(stewards: Stewards, role: Role, world: World, tree: dict[str, Any], effect: str = "deny") -> str:
    """A condition of its own on reading purchase orders of the world; answers its name."""
    name = f"c_{stewards.tag.lower()}"
    named: dict[str, Any] = {"role": role, "resource": "purchase_order", "action": "read"}
    await stewards.change(
        change("policy_condition", name=name, resource="purchase_order", tree=tree),
        change("policy_rule", **named, domain=str(world.entity_id), condition=name, effect=effect),
        entity_id=None,
    )
    return name


async def test_related_rows_are_looked_at_as_in_a_decision(
    house: Office, world: World, auditor: str, stewards: Stewards
) -> None:
    """Buyers are not to see orders with a large line: the first has one, the second has none."""
    name = await rule(stewards, Role.BUYER, world, LARGE_LINE)
    token = await house.hire(Role.BUYER, world.entity_id)
    buyer = await subject_of(house, token)
    order = await order_of(world)
    found = await explained(house, auditor, buyer, "PURCHASE_ORDER", "READ", id=order)
    (weighed,) = found["conditions"]
    told = "a purchase_order_line exists where quantity > 5"
    assert weighed["comparisons"] == [{"comparison": told, "holds": True, "related": 1}]
    assert (weighed["effect"], weighed["holds"], found["allowed"]) == ("deny", True, False)
    assert found["decidedBy"]["effect"] == "deny"
    assert (
        found["reason"]
        == f"The policy denies buyer to read purchase_order in {world.entity_id} on rows where {name} holds."
    )
    assert (await house.ask(token, "query ($id: ID!) { node(id: $id) { id } }", id=order))["node"] is None

    await ordered(world, (await world.item("salt"), "2", "6.00"))
    small = next(each for each in await world.all(PurchaseOrder) if each.total == 12)
    also = encode_id("PurchaseOrder", small.id, world.entity_id)
    found = await explained(house, auditor, buyer, "PURCHASE_ORDER", "READ", id=also)
    assert found["conditions"][0]["comparisons"] == [{"comparison": told, "holds": False, "related": 1}]
    assert found["allowed"] is True
    assert (await house.ask(token, "query ($id: ID!) { node(id: $id) { id } }", id=also))["node"] == {"id": also}


async def test_a_line_is_explained_by_its_document(
    house: Office, world: World, auditor: str, stewards: Stewards
) -> None:
    """The condition speaks of the order's total, which its line has not."""
    await rule(stewards, Role.BUYER, world, {">": [{"column": "total"}, 50]})
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    await order_of(world)
    (line,) = await world.all(PurchaseOrderLine)
    of = encode_id("PurchaseOrderLine", line.id, world.entity_id)
    found = await explained(house, auditor, buyer, "PURCHASE_ORDER", "READ", id=of)
    assert (found["allowed"], found["conditions"][0]["holds"]) == (False, True)


async def test_a_deny_for_anyone_is_weighed_for_everybody(house: Office, world: World, stewards: Stewards) -> None:
    """Whoever submitted does not decide: by another account either, or through a delegate."""
    admin = await house.hire(Role.GROUP_ADMIN, None)
    petra, twin, friend = (somebody(name) for name in ("petra", "twin", "friend"))
    for each in (twin, friend):
        await grant(house, each, Role.STEWARD_ITEM, world.entity_id)
    person = await same_person(house, petra, twin)
    await delegate(house, petra, friend)
    stewards.petra = replace(stewards.person(petra, Role.INTEGRATION_OPERATOR), person=person)
    request_id = requested(await stewards.submit(unit("C62"), entity_id=None))
    request = encode_id("ChangeRequest", request_id)
    for each in (twin, friend):
        found = await explained(house, admin, each, "CHANGE_REQUEST", "APPROVE", id=request)
        assert (found["allowed"], found["decidedBy"]["role"], found["decidedBy"]["effect"]) == (False, "anyone", "deny")
        holding = [each["comparison"] for each in found["conditions"][0]["comparisons"] if each["holds"]]
        assert "submitted_by_person in sub.ids" in holding


async def test_grants_on_the_group_and_rules_on_groups_of_entities(
    house: Office, world: World, north: World, stewards: Stewards
) -> None:
    admin = await house.hire(Role.GROUP_ADMIN, None)
    group = f"G-{stewards.tag}"
    warehouse: dict[str, Any] = {"role": "warehouse", "domain": group, "resource": "price_list", "action": "read"}
    await stewards.change(
        change("entity_group", code=group, name="Here"),
        change("entity_group_member", entity_group=group, entity={"id": str(world.entity_id)}),
        change("policy_rule", **warehouse),
        entity_id=None,
    )
    keeper = await subject_of(house, await house.hire(Role.WAREHOUSE, None))
    here, there = (encode_id("PriceList", each.price_list_id, each.entity_id) for each in (world, north))
    found = await explained(house, admin, keeper, "PRICE_LIST", "READ", id=here)
    assert (found["allowed"], found["decidedBy"]["domain"]) == (True, group)
    assert {encode_id("LegalEntity", each.entity_id) for each in (world, north)} <= {*found["roles"][0]["entityIds"]}
    assert (await explained(house, admin, keeper, "PRICE_LIST", "READ", id=there))["allowed"] is False


async def test_a_delegate_is_explained_with_the_delegators_roles(house: Office, world: World, auditor: str) -> None:
    boss, deputy = somebody("boss"), somebody("deputy")
    await grant(house, boss, Role.BUYER, world.entity_id)
    await grant(house, deputy, Role.WAREHOUSE, world.entity_id)
    asked = (auditor, deputy, "PURCHASE_ORDER", "CREATE")
    assert (await explained(house, *asked))["allowed"] is False
    alone = await explained(house, *asked, actingFor=boss)
    assert (alone["allowed"], alone["reason"]) == (False, f"No delegation lets them act for {boss} now.")
    await delegate(house, boss, deputy)
    lent = await explained(house, *asked, actingFor=boss)
    assert (lent["allowed"], [each["role"] for each in lent["roles"]]) == (True, ["buyer"])


async def test_the_scopes_of_a_key_cut(house: Office, world: World, auditor: str) -> None:
    machine = somebody("machine")
    await grant(house, machine, Role.BUYER, world.entity_id)
    key = await give_key(house, machine, "purchase_order:read purchase_order:create legal_entity:read")
    order = await order_of(world)
    asked = (auditor, machine, "PURCHASE_ORDER")
    assert (await explained(house, *asked, "READ", id=order, apiKey=key.prefix))["allowed"] is True
    found = await explained(house, *asked, "AMEND", id=order, apiKey=key.prefix)
    assert (found["allowed"], found["reason"]) == (False, "The scopes of the key do not hold purchase_order:amend.")
    assert (await explained(house, *asked, "AMEND", id=order))["allowed"] is True
    blind = await give_key(house, machine, "purchase_order:amend")
    found = await explained(house, *asked, "AMEND", id=order, apiKey=blind.prefix)
    assert found["reason"] == "The subject may not read the object, and so it does not exist for them."
    late = await give_key(house, machine, "purchase_order:read", revoked_at=house.clock.now)
    for prefix, why in (
        (late.prefix, "The key was revoked, or has expired."),
        ("0" * 12, "The subject has no key with this prefix."),
    ):
        found = await explained(house, *asked, "READ", apiKey=prefix)
        assert (found["allowed"], found["reason"]) == (False, why)


async def test_what_is_done_with_a_field_is_explained(house: Office, world: World, auditor: str) -> None:
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    keeper = await subject_of(house, await house.hire(Role.WAREHOUSE, world.entity_id))
    order = await order_of(world)
    for action in ("SEE", "FILTER"):
        found = await explained(house, auditor, buyer, "PURCHASE_ORDER", action, field="UNIT_PRICE", id=order)
        assert (found["allowed"], found["decidedBy"]["resource"]) == (True, "purchase_order#unit_price")
        assert found["decidedBy"]["action"] == "see", "filtering follows seeing"
        found = await explained(house, auditor, keeper, "PURCHASE_ORDER", action, field="UNIT_PRICE", id=order)
        assert (found["allowed"], found["reason"]) == (False, "No role of the subject allows it there.")


async def test_an_outsider_is_explained_by_their_partner(house: Office, world: World, auditor: str) -> None:
    mill, other = somebody("mill"), somebody("other")
    await grant(house, mill, Role.SUPPLIER_USER, world.entity_id, partner_id=world.supplier_id)
    await grant(house, other, Role.SUPPLIER_USER, world.entity_id, partner_id=world.customer_id)
    order = await order_of(world)
    assert (await explained(house, auditor, mill, "PURCHASE_ORDER", "CONFIRM", id=order))["allowed"] is True
    found = await explained(house, auditor, other, "PURCHASE_ORDER", "CONFIRM", id=order)
    assert (found["allowed"], found["reason"]) == (
        False,
        "The subject acts for a partner whom the object does not name.",
    )


async def test_who_is_ambiguous_is_told_as_such(house: Office, world: World, auditor: str) -> None:
    both = somebody("both")
    for partner in (world.supplier_id, world.customer_id):
        await grant(house, both, Role.SUPPLIER_USER, world.entity_id, partner_id=partner)
    found = await explained(house, auditor, both, "PURCHASE_ORDER", "READ")
    assert found["allowed"] is False
    assert found["reason"].startswith("They cannot sign in: ")

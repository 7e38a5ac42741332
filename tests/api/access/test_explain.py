"""`accessExplain`: the rule that decided, the conditions that failed, and who may ask."""

from decimal import Decimal
from typing import Any

import pytest

from api.access.explain import ROWS_AT_WORST
from api.invariants.queries import ROWS_AT_WORST as PROVED
from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.procurement.model import PurchaseOrder
from kernel.ids import new_id
from tests.api.serving import Office
from tests.api.test_trail import subject_of, trail
from tests.factories.buying import ordered
from tests.factories.world import World

EXPLAIN = """query (
  $subject: String!, $resource: AccessResource!, $action: AccessAction!, $id: ID, $field: AccessField,
  $actingFor: String, $apiKey: String
) {
  accessExplain(
    subject: $subject, resource: $resource, action: $action, id: $id, field: $field,
    actingFor: $actingFor, apiKey: $apiKey
  ) {
    allowed reason decidedBy { role domain resource action condition effect }
    conditions { name effect holds rule { role domain } comparisons { comparison holds related } }
    roles { role entityIds } } }"""


@pytest.fixture
async def auditor(house: Office, world: World) -> str:
    return await house.hire(Role.AUDITOR, world.entity_id)


async def explained(house: Office, token: str, subject: str, resource: str, action: str, **more: Any) -> Any:
    asked = {"subject": subject, "resource": resource, "action": action, **more}
    return (await house.ask(token, EXPLAIN, **asked))["accessExplain"]


async def order_of(world: World) -> str:
    """The public id of a purchase order over 60.00."""
    flour = await world.item("flour")
    await ordered(world, (flour, "10", "6.00"))
    (order,) = await world.all(PurchaseOrder)
    assert order.total == Decimal("60.00")
    return encode_id("PurchaseOrder", order.id, world.entity_id)


async def test_the_rule_that_decides_is_named(house: Office, world: World, auditor: str) -> None:
    buyer = await subject_of(house, await house.hire(Role.BUYER, world.entity_id))
    found = await explained(house, auditor, buyer, "PURCHASE_ORDER", "READ", id=await order_of(world))
    assert found == {
        "allowed": True,
        "reason": "The policy allows buyer to read purchase_order in *.",
        "decidedBy": {
            "role": "buyer", "domain": "*", "resource": "purchase_order", "action": "read", "condition": "-",
            "effect": "allow",
        },
        "conditions": [],
        "roles": [{"role": "buyer", "entityIds": [encode_id("LegalEntity", world.entity_id)]}],
    }  # fmt: skip


async def test_a_condition_that_fails_is_named(house: Office, world: World, auditor: str) -> None:
    """An approver without a limit: nothing compares with what is not there."""
    approver = await subject_of(house, await house.hire(Role.PROCUREMENT_APPROVER, world.entity_id))
    found = await explained(house, auditor, approver, "PURCHASE_ORDER", "APPROVE", id=await order_of(world))
    assert (found["allowed"], found["decidedBy"]) == (False, None)
    assert found["conditions"] == [
        {
            "name": "within_limit",
            "effect": "allow",
            "holds": None,
            "rule": {"role": "procurement_approver", "domain": "*"},
            "comparisons": [{"comparison": "total <= sub.limit.purchase_order", "holds": None, "related": None}],
        }
    ]
    assert found["reason"] == (
        "A role of the subject would allow it, but not on this object: "
        "within_limit cannot be told, because something that it compares is not there."
    )


async def test_without_an_object_the_question_is_about_any(house: Office, world: World, auditor: str) -> None:
    keeper = await subject_of(house, await house.hire(Role.WAREHOUSE, world.entity_id))
    assert (await explained(house, auditor, keeper, "PURCHASE_ORDER", "RECEIVE"))["allowed"] is True
    found = await explained(house, auditor, keeper, "PURCHASE_ORDER", "APPROVE")
    assert (found["allowed"], found["reason"]) == (False, "No role of the subject allows it there.")
    nobody = await explained(house, auditor, "nobody", "PURCHASE_ORDER", "READ")
    assert (nobody["allowed"], nobody["reason"]) == (False, "The subject has no role now.")


async def test_the_answer_is_that_of_the_actor_themselves(house: Office, world: World, auditor: str) -> None:
    """Casbin's answer here, and what the subject really reads."""
    order = await order_of(world)
    for role in (Role.BUYER, Role.STEWARD_ITEM, Role.FINANCE):
        token = await house.hire(role, world.entity_id)
        reads = (await house.ask(token, "query ($id: ID!) { node(id: $id) { id } }", id=order))["node"] is not None
        found = await explained(house, auditor, await subject_of(house, token), "PURCHASE_ORDER", "READ", id=order)
        assert found["allowed"] is reads, role


async def test_others_are_refused_and_it_is_written_down(house: Office, world: World) -> None:
    buyer = await house.hire(Role.BUYER, world.entity_id)
    asked = {"subject": "anna", "resource": "ITEM", "action": "READ"}
    answer = (await house.post(buyer, {"query": EXPLAIN, "variables": asked})).json()
    (error,) = answer["errors"]
    assert (answer["data"], error["extensions"]) == ({"accessExplain": None}, {"code": "FORBIDDEN"})
    (row,) = await trail(house, buyer)
    assert (row.mutation, row.outcome) == ("Query.accessExplain", "refused")


async def test_what_lies_elsewhere_is_not_found_like_nothing(
    house: Office, world: World, north: World, auditor: str
) -> None:
    elsewhere = encode_id("Location", north.site_id, north.entity_id)
    nowhere = encode_id("Location", new_id(), world.entity_id)
    unknown = encode_id("Unicorn", new_id(), world.entity_id)
    shared = encode_id("Location", world.site_id)
    told = []
    for identity in (elsewhere, nowhere, unknown, shared):
        asked = {"subject": "anna", "resource": "LOCATION", "action": "READ", "id": identity}
        (error,) = (await house.post(auditor, {"query": EXPLAIN, "variables": asked})).json()["errors"]
        told.append((error["message"], error["extensions"]))
    assert told == [("Object not found.", {"code": "NOT_FOUND"})] * 4


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"resource": "UNICORN"}, "Variable '$resource' has invalid value: Value 'UNICORN' does not exist"),
        ({"action": "FLY"}, "Variable '$action' has invalid value: Value 'FLY' does not exist"),
        ({"action": "SEE"}, "field: SEE is done to a field: name it."),
        ({"field": "TOTAL"}, "field: READ is done to an object."),
        ({"action": "SEE", "field": "TOTAL"}, "field: ITEM has no field TOTAL that rules may name."),
        ({"id": encode_id("Location", new_id(), new_id())}, "id: a Location is a matter of LOCATION, not of ITEM."),
        ({"id": "?"}, "id is malformed: not an id."),
    ],
)
async def test_what_does_not_fit_is_told(house: Office, auditor: str, wrong: dict[str, str], why: str) -> None:
    asked = {"subject": "anna", "resource": "ITEM", "action": "READ", **wrong}
    (error,) = (await house.post(auditor, {"query": EXPLAIN, "variables": asked})).json()["errors"]
    assert error["message"].startswith(why)


@pytest.mark.usefixtures("world")
async def test_questions_are_counted(house: Office) -> None:
    """What looks at grants, rules and the books is not asked many times for nothing."""
    admin = await house.hire(Role.GROUP_ADMIN, None)
    why = 'accessExplain(subject: "nora", resource: ITEM, action: READ) { allowed }'
    answer = (await house.post(admin, {"query": f"{{ a: {why} b: {why} inventoryInvariants {{ holds }} }}"})).json()
    assert answer["extensions"]["cost"]["requested"] == 2 * ROWS_AT_WORST + PROVED

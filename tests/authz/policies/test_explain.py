"""Why somebody may or may not, in words."""

from decimal import Decimal
from uuid import UUID

from authz.policies.conditions.attributes import Attributes
from authz.policies.explain import Explanation, explain
from authz.policies.policy import starting_policy
from authz.vocabulary import Action, Resource, Role

NORTH, SOUTH = UUID(int=1), UUID(int=2)
ARON = Attributes(ids=frozenset({"aron"}), limits={(Resource.PURCHASE_ORDER, NORTH, "EUR"): Decimal(100)})


def approval(total: str, entity_id: UUID = NORTH) -> Explanation:
    return explain(
        starting_policy(),
        subject="aron",
        roles={Role.PROCUREMENT_APPROVER: [NORTH]},
        sub=ARON,
        resource=Resource.PURCHASE_ORDER,
        action=Action.APPROVE,
        entity_id=entity_id,
        row={"entity_id": entity_id, "currency": "EUR", "total": Decimal(total)},
    )


def test_the_rule_that_decided_is_named() -> None:
    found = approval("100.00")
    assert found.allowed
    assert found.decided_by is not None
    assert found.decided_by.words == ("procurement_approver", "*", "purchase_order", "approve", "within_limit", "allow")
    assert [(each.applies, each.reason) for each in found.considered] == [(True, "within_limit is true.")]


def test_what_stood_in_the_way_is_said() -> None:
    def reasons(found: Explanation) -> list[str]:
        assert (found.allowed, found.decided_by) == (False, None)
        return [each.reason for each in found.considered]

    assert reasons(approval("100.01")) == ["within_limit is false."]
    assert reasons(approval("1.00", SOUTH)) == ["The role procurement_approver is not held in this legal entity."]


def test_a_deny_is_named_too() -> None:
    found = explain(
        starting_policy(),
        subject="ida",
        roles={Role.STEWARD_ITEM: [NORTH]},
        sub=Attributes(ids=frozenset({"ida"})),
        resource=Resource.CHANGE_REQUEST,
        action=Action.APPROVE,
        entity_id=NORTH,
        row={"submitted_by": "ida", "submitted_by_person": "ida", "submitted_for": None},
    )
    assert not found.allowed
    assert found.decided_by is not None
    assert not found.decided_by.allows
    held = [each for each in found.considered if each.applies]
    assert {each.rule.role for each in held} == {Role.STEWARD_ITEM, None}
    others = {each.reason for each in found.considered if each.rule.role is Role.GROUP_ADMIN}
    assert others == {"The role group_admin is not held."}

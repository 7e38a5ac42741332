"""The compiled access says what Casbin says."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authz.policies.compile import READING, compile_access
from authz.policies.oracle import enforcer
from authz.policies.policy import Policy, PolicyError, Rule, parse_policy, starting_policy
from authz.vocabulary import PARTNER_ROLES, Action, Resource, Role

NORTH, SOUTH, WEST = (UUID(int=number) for number in (1, 2, 3))
ENTITIES = (NORTH, SOUTH, WEST)
ROLES = (Role.BUYER, Role.WAREHOUSE, Role.AUDITOR)
RESOURCES = (Resource.PURCHASE_ORDER, Resource.ITEM)
ACTIONS = (Action.READ, Action.APPROVE)

rules = st.builds(
    Rule,
    role=st.sampled_from((*ROLES, None)),
    domain=st.sampled_from(("*", "EU", "US", "nowhere", str(NORTH), str(WEST))),
    resource=st.sampled_from(RESOURCES),
    action=st.sampled_from(ACTIONS),
    condition=st.just("-"),
    allows=st.booleans(),
)
entity_sets = st.frozensets(st.sampled_from(ENTITIES))
policies = st.builds(
    Policy,
    rules=st.lists(rules, max_size=8).map(tuple),
    groups=st.fixed_dictionaries({"EU": entity_sets, "US": entity_sets}),
)
role_maps = st.dictionaries(st.sampled_from(ROLES), entity_sets)


@settings(max_examples=300, deadline=None)
@given(policy=policies, roles=role_maps, subject=st.sampled_from(("ann", "buyer", "anyone")))
def test_compiled_tables_answer_as_the_enforcer_does(
    policy: Policy, roles: dict[Role, frozenset[UUID]], subject: str
) -> None:
    compiled = compile_access(policy, roles, ENTITIES)
    oracle = enforcer(policy, subject, roles)
    for resource in RESOURCES:
        for action in ACTIONS:
            expected = frozenset(entity for entity in ENTITIES if oracle.explain(resource, action, entity_id=entity)[0])
            assert compiled.entities(resource, action) == expected
            assert compiled.anywhere(resource, action) is bool(expected)
            assert all(compiled.decide(resource, action, entity) is (entity in expected) for entity in ENTITIES)


def test_a_deny_overrides_every_allow() -> None:
    policy = parse_policy(
        ["p, buyer, *, purchase_order, approve, -, allow", f"p, anyone, {SOUTH}, purchase_order, approve, -, deny"]
    )
    compiled = compile_access(policy, {Role.BUYER: ENTITIES}, ENTITIES)
    assert compiled.entities(Resource.PURCHASE_ORDER, Action.APPROVE) == {NORTH, WEST}


def test_a_rule_for_a_group_of_entities_holds_in_its_members() -> None:
    policy = parse_policy([f"g2, {NORTH}, EU", f"g2, {WEST}, EU", "p, buyer, EU, item, read, -, allow"])
    compiled = compile_access(policy, {Role.BUYER: (NORTH, SOUTH)}, ENTITIES)
    assert compiled.entities(Resource.ITEM, Action.READ) == {NORTH}


@pytest.mark.parametrize(
    "row",
    [
        "p, buyer, *, purchase_order, approve, within_limit, allow",
        "p, byer, *, purchase_order, approve, -, allow",
        "p, buyer, *, purchase_orders, approve, -, allow",
        "p, buyer, *, purchase_order, nod, -, allow",
        "p, buyer, *, purchase_order, approve, -, perhaps",
        "p, buyer, *, purchase_order, approve, allow",
    ],
)
def test_a_row_that_is_not_understood_is_refused_loudly(row: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy([row])


def test_a_condition_that_cannot_be_decided_is_refused_when_compiled_too() -> None:
    rule = Rule(Role.BUYER, "*", Resource.ITEM, Action.READ, "within_limit", allows=True)
    with pytest.raises(PolicyError, match="within_limit"):
        compile_access(Policy((rule,)), {}, ENTITIES)


def test_the_starting_policy_gives_every_persona_something_and_no_one_everything() -> None:
    policy = starting_policy()
    for role in Role:
        compiled = compile_access(policy, {role: ENTITIES}, ENTITIES)
        assert compiled.decide(Resource.LEGAL_ENTITY, Action.READ, NORTH), role
        assert len(compiled.allowed) < len(Resource) * len(Action) / 4, role
    assert compile_access(policy, {}, ENTITIES).allowed == {}


def test_every_persona_that_acts_on_a_resource_may_read_it() -> None:
    rights = {(rule.role, rule.resource, rule.action) for rule in starting_policy().rules}
    assert {
        (role, resource) for role, resource, _ in rights if role and (role, resource, Action.READ) not in rights
    } == set()


def test_the_starting_policy_keeps_duties_apart() -> None:
    policy = starting_policy()

    def may(role: Role, resource: Resource, action: Action) -> bool:
        return compile_access(policy, {role: ENTITIES}, ENTITIES).decide(resource, action, NORTH)

    assert may(Role.BUYER, Resource.PURCHASE_ORDER, Action.CREATE)
    assert not may(Role.BUYER, Resource.PURCHASE_ORDER, Action.APPROVE)
    assert may(Role.PROCUREMENT_APPROVER, Resource.PURCHASE_ORDER, Action.APPROVE)
    assert not may(Role.PROCUREMENT_APPROVER, Resource.PURCHASE_ORDER, Action.CREATE)
    assert may(Role.WAREHOUSE, Resource.PURCHASE_ORDER, Action.RECEIVE)
    assert not may(Role.WAREHOUSE, Resource.SUPPLIER_INVOICE, Action.READ)
    assert not may(Role.CUSTOMER_SERVICE, Resource.SUPPLIER_PRICE, Action.READ)
    assert {rule.action for rule in policy.rules if rule.role is Role.AUDITOR and rule.field is None} == READING


def test_outsiders_see_few_things() -> None:
    for role in PARTNER_ROLES:
        compiled = compile_access(starting_policy(), {role: ENTITIES}, ENTITIES)
        assert len([right for right in compiled.allowed if right[1] is Action.READ]) <= 4


def test_an_explanation_names_the_row_that_decided() -> None:
    oracle = enforcer(starting_policy(), "bea", {Role.BUYER: [NORTH]})
    allowed, row = oracle.explain(Resource.PURCHASE_ORDER, Action.CREATE, NORTH)
    assert allowed
    assert row == ["buyer", "*", "purchase_order", "create", "-", "allow"]
    assert oracle.explain(Resource.PURCHASE_ORDER, Action.CREATE, SOUTH) == (False, [])

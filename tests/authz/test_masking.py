"""What may be done with single fields: seen, masked, filtered and sorted by, written."""

from collections.abc import Collection
from uuid import UUID

import pytest

from authz.actor import Actor
from authz.fields import OPEN, FieldRight, Mask, Shown
from authz.masking import may_with_field
from authz.policies.compile import Access, compile_access
from authz.policies.oracle import enforcer
from authz.policies.policy import PolicyError, parse_policy, starting_policy
from authz.vocabulary import RESTRICTABLE, FieldAction, Resource, Role

NORTH, SOUTH = UUID(int=1), UUID(int=2)
BOTH = (NORTH, SOUTH)
STARTING = starting_policy()
HIDDEN = FieldRight(Shown.NOWHERE)


def access(*lines: str, roles: dict[Role, Collection[UUID]]) -> Access:
    reads = ["p, buyer, *, supplier_price, read, -, allow", "p, warehouse, *, supplier_price, read, -, allow"]
    return compile_access(parse_policy([*reads, *lines]), roles, BOTH)


def right(*lines: str, roles: dict[Role, Collection[UUID]]) -> FieldRight:
    actor = Actor(subject="ann", access=access(*lines, roles=roles))
    return actor.field(Resource.SUPPLIER_PRICE, "amount")


SEE = "p, buyer, *, supplier_price#amount, see, -, allow"


def test_a_field_that_no_rule_names_is_open() -> None:
    assert right(roles={Role.BUYER: BOTH}) == OPEN
    assert right(roles={}) == OPEN


def test_a_field_that_a_rule_names_is_for_those_whom_it_names() -> None:
    assert right(SEE, roles={Role.BUYER: BOTH}) == FieldRight(Shown.EVERYWHERE, filters=True, sorts=True)
    assert right(SEE, roles={Role.WAREHOUSE: BOTH}) == HIDDEN


def test_what_is_seen_in_some_entities_only_cannot_be_asked_for() -> None:
    roles: dict[Role, Collection[UUID]] = {Role.BUYER: [NORTH], Role.WAREHOUSE: BOTH}
    actor = Actor(subject="ann", access=access(SEE, roles=roles))
    found = actor.field(Resource.SUPPLIER_PRICE, "amount")
    assert found == FieldRight(Shown.SOMEWHERE, parameter="reader_supplier_price_amount_entities")
    assert actor.rows.parameters["reader_supplier_price_amount_entities"] == [NORTH]
    whole = Actor(subject="ann", access=access(SEE, roles={Role.BUYER: BOTH}))
    assert whole.rows.signature != actor.rows.signature


def test_the_mask_that_says_most_is_shown() -> None:
    bucket = "p, warehouse, *, supplier_price#amount, see_bucket, -, allow"
    last4 = f"p, warehouse, {NORTH}, supplier_price#amount, see_last4, -, allow"
    assert right(SEE, bucket, roles={Role.WAREHOUSE: BOTH}).mask is Mask.BUCKET
    assert right(SEE, bucket, last4, roles={Role.WAREHOUSE: BOTH}).mask is Mask.BUCKET
    assert right(SEE, bucket, last4, roles={Role.WAREHOUSE: [NORTH]}).mask is Mask.LAST4
    assert right(SEE, last4, roles={Role.WAREHOUSE: BOTH}).mask is Mask.NULL


def test_filtering_and_sorting_can_be_kept_from_those_who_see() -> None:
    no_filter = "p, auditor, *, supplier_price#amount, filter, -, allow"
    assert right(SEE, no_filter, roles={Role.BUYER: BOTH}) == FieldRight(Shown.EVERYWHERE, sorts=True)


def test_a_deny_takes_a_field_away() -> None:
    deny = f"p, anyone, {SOUTH}, supplier_price#amount, see, -, deny"
    assert right(SEE, deny, roles={Role.BUYER: [SOUTH]}) == HIDDEN
    assert right(SEE, deny, roles={Role.BUYER: BOTH}).shown is Shown.SOMEWHERE


def test_what_the_group_shares_is_seen_whole_or_not() -> None:
    warehouse = compile_access(STARTING, {Role.WAREHOUSE: [NORTH]}, BOTH)
    actor = Actor(subject="wim", access=warehouse)
    assert actor.field(Resource.SUPPLIER, "phone") == FieldRight(Shown.NOWHERE, mask=Mask.LAST4)
    assert actor.field(Resource.SUPPLIER, "contact") == HIDDEN
    assert actor.field(Resource.CUSTOMER, "contact") == FieldRight(Shown.EVERYWHERE, filters=True, sorts=True)
    assert actor.field(Resource.SUPPLIER, "name") == OPEN


def test_prices_are_not_for_who_carries_goods() -> None:
    for role in (Role.WAREHOUSE, Role.CARRIER):
        actor = Actor(subject="wim", access=compile_access(STARTING, {role: BOTH}, BOTH))
        for resource in (Resource.PURCHASE_ORDER, Resource.SALES_ORDER):
            assert {actor.field(resource, name) for name in RESTRICTABLE[resource]} == {HIDDEN}
    service = Actor(subject="cleo", access=compile_access(STARTING, {Role.CUSTOMER_SERVICE: BOTH}, BOTH))
    assert service.field(Resource.PURCHASE_ORDER, "total") == FieldRight(Shown.NOWHERE, mask=Mask.BUCKET)


def test_writing_follows_seeing_unless_rules_say_who_writes() -> None:
    buyer = access(SEE, roles={Role.BUYER: [NORTH]})
    resource = Resource.SUPPLIER_PRICE
    assert may_with_field(buyer, resource, "amount", FieldAction.WRITE, NORTH)
    assert not may_with_field(buyer, resource, "amount", FieldAction.WRITE, SOUTH)
    writes = "p, warehouse, *, supplier_price#amount, write, -, allow"
    buyer = access(SEE, writes, roles={Role.BUYER: [NORTH]})
    assert not may_with_field(buyer, resource, "amount", FieldAction.WRITE, NORTH)
    assert may_with_field(buyer, resource, "currency", FieldAction.WRITE, NORTH)


@pytest.mark.parametrize(
    "line",
    [
        "p, buyer, *, supplier_price#currency, see, -, allow",
        "p, buyer, *, item#name, see, -, allow",
        "p, buyer, *, supplier_price#amount, read, -, allow",
        "p, buyer, *, supplier_price, see, -, allow",
        "p, buyer, *, supplier_price#, see, -, allow",
        "p, buyer, *, supplier_price#amount, see, within_limit, allow",
    ],
)
def test_a_rule_on_a_field_names_one_that_may_be_kept_back(line: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy([line])


def test_casbin_says_the_same_of_fields() -> None:
    for role in Role:
        compiled = compile_access(STARTING, {role: [NORTH]}, BOTH)
        oracle = enforcer(STARTING, "ann", {role: [NORTH]})
        for resource, names in RESTRICTABLE.items():
            for name in names:
                allowed, _ = oracle.explain_field(resource, name, FieldAction.SEE, NORTH)
                shown = Actor(subject="ann", access=compiled).field(resource, name).shown
                is_open = name not in compiled.restricted.get(resource, {})
                assert (shown is Shown.EVERYWHERE) == (allowed or is_open), (role, resource, name)

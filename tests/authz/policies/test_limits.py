"""Who may approve up to which amount, to the last cent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.limits import limits_of
from authz.policies.policy import ApprovalLimit, starting_policy
from authz.vocabulary import Action, Resource, Role

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH, SOUTH = UUID(int=1), UUID(int=2)
BOTH = frozenset({NORTH, SOUTH})
ROLES = {Role.PROCUREMENT_APPROVER: BOTH, Role.SALES_MANAGER: frozenset({SOUTH})}


def limit(amount: str, **changed: Any) -> ApprovalLimit:
    given: dict[str, Any] = {
        "role": None if "person" in changed else Role.PROCUREMENT_APPROVER,
        "person": None,
        "entity_id": None,
        "kind": Resource.PURCHASE_ORDER,
        "currency": "EUR",
        "valid_from": NOW - DAY,
        "valid_until": None,
    }
    return ApprovalLimit(amount=Decimal(amount), **{**given, **changed})


def amounts(*limits: ApprovalLimit, now: datetime = NOW) -> dict[UUID, Decimal]:
    found = limits_of(limits, person="aron", roles=ROLES, now=now)
    assert all((kind, currency) == (Resource.PURCHASE_ORDER, "EUR") for kind, _, currency in found)
    return {entity_id: amount for (_, entity_id, _), amount in found.items()}


def test_the_largest_limit_of_the_roles_counts() -> None:
    assert amounts(limit("10"), limit("30"), limit("20")) == {NORTH: Decimal(30), SOUTH: Decimal(30)}
    assert amounts(limit("10", role=Role.SALES_MANAGER)) == {SOUTH: Decimal(10)}
    assert amounts(limit("10", role=Role.BUYER)) == {}


def test_what_is_said_of_one_entity_and_of_the_person_overrides() -> None:
    assert amounts(limit("50"), limit("10", entity_id=NORTH)) == {NORTH: Decimal(10), SOUTH: Decimal(50)}
    assert amounts(limit("50", entity_id=NORTH), limit("5", person="aron")) == {NORTH: Decimal(5), SOUTH: Decimal(5)}
    assert amounts(limit("50", person="bea")) == {}


def test_limits_hold_from_their_first_instant_until_before_their_last() -> None:
    dated = limit("10", valid_from=NOW, valid_until=NOW + DAY, entity_id=NORTH)
    assert amounts(dated, now=NOW - DAY / 2) == {}
    assert amounts(dated, now=NOW) == {NORTH: Decimal(10)}
    assert amounts(dated, now=NOW + DAY) == {}


@pytest.mark.parametrize(
    ("total", "currency", "entity_id", "may"),
    [
        ("999.99", "EUR", NORTH, "yes"),
        ("1000.00", "EUR", NORTH, "yes"),
        ("1000.01", "EUR", NORTH, "no"),
        ("0.01", "NOK", NORTH, "no"),
        ("0.01", "EUR", SOUTH, "no"),
        (None, "EUR", NORTH, "no"),
    ],
)
def test_an_order_is_approved_up_to_the_limit(total: str | None, currency: str, entity_id: UUID, may: str) -> None:
    policy = starting_policy()
    limits = limits_of([limit("1000.00", entity_id=NORTH)], person="aron", roles=ROLES, now=NOW)
    aron = Actor(subject="aron", access=compile_access(policy, ROLES, BOTH), limits=limits)
    row = {"entity_id": entity_id, "total": total and Decimal(total), "currency": currency}
    assert aron.may(Resource.PURCHASE_ORDER, Action.APPROVE, entity_id)
    assert aron.may(Resource.PURCHASE_ORDER, Action.APPROVE, entity_id, row) is (may == "yes")

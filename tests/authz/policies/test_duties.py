"""Duties that are kept apart: which grants may stand together."""

from uuid import UUID

from authz.actor import Grant
from authz.policies.duties import keep_apart
from authz.policies.policy import DutyPair, DutyScope
from authz.vocabulary import Role

NORTH, SOUTH = UUID(int=1), UUID(int=2)
PAIRS = (
    DutyPair(frozenset({Role.BUYER, Role.PROCUREMENT_APPROVER}), DutyScope.SAME_ENTITY),
    DutyPair(frozenset({Role.AUDITOR, Role.GROUP_ADMIN}), DutyScope.ANYWHERE),
)


def grant(role: Role, *entity_ids: UUID) -> Grant:
    return Grant(role, frozenset(entity_ids))


def test_the_later_grant_does_not_count() -> None:
    buyer, approver, finance = (
        grant(Role.BUYER, NORTH),
        grant(Role.PROCUREMENT_APPROVER, NORTH, SOUTH),
        grant(Role.FINANCE),
    )
    assert keep_apart([buyer, approver, finance], PAIRS) == ((buyer, finance), ((approver, buyer),))
    assert keep_apart([approver, buyer], PAIRS) == ((approver,), ((buyer, approver),))


def test_in_different_entities_two_duties_may_be_one_persons() -> None:
    grants = (grant(Role.BUYER, NORTH), grant(Role.PROCUREMENT_APPROVER, SOUTH))
    assert keep_apart(grants, PAIRS) == (grants, ())


def test_some_duties_meet_nowhere() -> None:
    auditor, admin = grant(Role.AUDITOR, NORTH), grant(Role.GROUP_ADMIN, SOUTH)
    assert keep_apart([auditor, admin], PAIRS) == ((auditor,), ((admin, auditor),))


def test_a_grant_that_was_dropped_drops_no_other() -> None:
    pair = DutyPair(frozenset({Role.PROCUREMENT_APPROVER, Role.FINANCE}), DutyScope.ANYWHERE)
    buyer, approver, finance = (grant(role, NORTH) for role in (Role.BUYER, Role.PROCUREMENT_APPROVER, Role.FINANCE))
    kept, dropped = keep_apart([buyer, approver, finance], (*PAIRS, pair))
    assert (kept, dropped) == ((buyer, finance), ((approver, buyer),))

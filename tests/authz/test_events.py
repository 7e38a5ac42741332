"""Who may read events."""

from uuid import UUID

from authz.actor import Actor
from authz.events import may_read_event, readable_events
from authz.policies.compile import compile_access
from authz.policies.policy import parse_named, parse_policy
from authz.vocabulary import Resource, Role

NORTH, SOUTH = UUID(int=1), UUID(int=2)
URGENT = parse_named("urgent", "exception_case", {"=": [{"column": "severity"}, 1]})


def reader(*rules: str, partner_id: UUID | None = None) -> Actor:
    policy = parse_policy([f"p, buyer, {rule}, allow" for rule in rules], conditions=[URGENT])
    access = compile_access(policy, {Role.BUYER: [NORTH, SOUTH]}, [NORTH, SOUTH])
    return Actor(subject="bea", access=access, partner_id=partner_id)


def test_who_sees_every_row_reads_what_happened_to_them() -> None:
    bea = reader(f"{NORTH}, exception_case, read, -")
    assert readable_events(bea, Resource.EXCEPTION_CASE) == {NORTH, None}
    assert may_read_event(bea, NORTH, [Resource.EXCEPTION_CASE])
    assert not may_read_event(bea, SOUTH, [Resource.EXCEPTION_CASE])


def test_who_sees_some_rows_reads_no_events_of_any() -> None:
    bea = reader(f"{NORTH}, exception_case, read, -", f"{SOUTH}, exception_case, read, urgent")
    assert readable_events(bea, Resource.EXCEPTION_CASE) == {NORTH, None}
    assert not may_read_event(bea, SOUTH, [Resource.EXCEPTION_CASE])


def test_outsiders_read_none() -> None:
    assert readable_events(reader("*, exception_case, read, -", partner_id=NORTH), Resource.EXCEPTION_CASE) == set()

"""What must hold of every access policy, whoever approves it: asked of a change before anybody is asked to decide.

These are the doors that a policy could open to its own change. Each is found by deciding, not by reading: whatever
rules lead there, the answer counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from authz.policies.compile import compile_access
from authz.policies.conditions.attributes import Attributes
from authz.policies.policy import ANYONE, Policy
from authz.rows import partner_column
from authz.vocabulary import PARTNER_ROLES, SHARED_RESOURCES, Action, Resource, Role

SECURITY_ADMINS_MIN = 2
_ANN = "ann"
_ELSEWHERE = uuid5(UUID(int=0), "an entity that no rule names")
_OWN: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("their own", {"submitted_by": _ANN, "submitted_by_person": _ANN, "submitted_for": None}),
    ("their other account's", {"submitted_by": "ann.2", "submitted_by_person": _ANN, "submitted_for": None}),
    ("their delegate's", {"submitted_by": "bo", "submitted_by_person": "bo", "submitted_for": _ANN}),
)


def broken_by(policy: Policy) -> Iterator[str]:
    """What the policy would allow that none may."""
    yield from _self_decisions(policy)
    for rule in policy.rules:
        if not rule.allows or not isinstance(rule.action, Action) or rule.action is Action.READ:
            continue
        what = f"{rule.action} {rule.resource}"
        if rule.role is None:
            yield f"{ANYONE} may be allowed to read, and not to {what}."
        elif rule.role in PARTNER_ROLES and (
            rule.resource in SHARED_RESOURCES or partner_column(rule.resource) is None
        ):
            yield f"{rule.role} is a role of outsiders, who act on their own documents alone, and do not {what}."


def security_roles(policy: Policy) -> frozenset[Role]:
    """The roles that may decide on the access policy."""
    where = {_ELSEWHERE}
    return frozenset(
        role
        for role in Role
        if compile_access(policy, {role: where}, where).anywhere(Resource.ACCESS_POLICY, Action.AMEND)
    )


def too_few_admins(before: Iterable[str], after: Iterable[str]) -> str | None:
    """Why a change may not take away who could take it back. While there are fewer, it may not become less."""
    had, left = len(set(before)), len(set(after))
    if left >= min(had, SECURITY_ADMINS_MIN):
        return None
    return f"Of {had} who may decide on the access policy {left} would be left; {SECURITY_ADMINS_MIN} are needed."


def _self_decisions(policy: Policy) -> Iterator[str]:
    """With every role at once, in every entity of which the policy speaks."""
    places = frozenset({_ELSEWHERE, *_named(policy), *frozenset[UUID]().union(*policy.groups.values())})
    access = compile_access(policy, dict.fromkeys(Role, places), places)
    sub = Attributes(ids=frozenset({_ANN}))
    for action in (Action.APPROVE, Action.REJECT):
        for whose, row in _OWN:
            if any(
                access.decide(Resource.CHANGE_REQUEST, action, entity_id, {**row, "entity_id": entity_id}, sub)
                for entity_id in places
            ):
                yield f"Somebody could {action} {whose} change request."


def _named(policy: Policy) -> Iterator[UUID]:
    for domain in {rule.domain for rule in policy.rules}:
        try:
            yield UUID(domain)
        except ValueError:
            continue

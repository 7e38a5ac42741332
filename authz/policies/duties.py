"""Separation of duties: pairs of roles that may not meet in one person.

A grant that would bring the two together is refused when it is proposed, and so is an account that would make one
person of two. Where they meet all the same, because the pair came later, the later grant does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from authz.policies.policy import DutyPair, DutyScope
from authz.vocabulary import Role


class Held(Protocol):
    """A role in some legal entities; authz.actor.Grant is one."""

    @property
    def role(self) -> Role: ...
    @property
    def entity_ids(self) -> frozenset[UUID]: ...


H = TypeVar("H", bound=Held)


def keep_apart(grants: Iterable[H], pairs: Sequence[DutyPair]) -> tuple[tuple[H, ...], tuple[tuple[H, H], ...]]:
    """The grants that may stand together, in their order, and each that may not with the earlier one it conflicts with.

    The grants of one person, the earliest first.
    """
    kept: list[H] = []
    dropped: list[tuple[H, H]] = []
    for grant in grants:
        earlier = next(conflicts(grant, kept, pairs), None)
        if earlier is None:
            kept.append(grant)
        else:
            dropped.append((grant, earlier))
    return tuple(kept), tuple(dropped)


def conflicts(grant: H, others: Iterable[H], pairs: Sequence[DutyPair]) -> Iterator[H]:
    """The grants with which one may not meet."""
    for other in others:
        roles = frozenset({grant.role, other.role})
        for pair in pairs:
            if pair.roles == roles and (pair.scope is DutyScope.ANYWHERE or grant.entity_ids & other.entity_ids):
                yield other
                break

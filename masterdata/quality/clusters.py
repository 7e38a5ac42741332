"""Which records mean one thing, out of pairs that are alike: connected components that no single link holds together.

A is like B and B like C, but A is not like C: chains of that kind grow until half of a stock is one record. So groups
are joined along the strongest pair first, and only where enough of the pairs between them are alike as well.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Record = TypeVar("Record", bound=Hashable)

SUPPORT = 0.5
"""The share of the pairs between two groups that must be alike for the groups to be one."""


@dataclass(frozen=True)
class ScoredPair(Generic[Record]):
    """Two records and how alike they are."""

    left: Record
    right: Record
    total: float


def clusters(
    pairs: Iterable[ScoredPair[Record]], *, at_least: float, support: float = SUPPORT
) -> list[tuple[Record, ...]]:
    """Groups of two and more, each in the order in which its records were first told. `support` 0 lets chains grow."""
    alike = [pair for pair in pairs if pair.total >= at_least and pair.left != pair.right]
    order = {record: place for place, record in enumerate(dict.fromkeys(r for p in alike for r in (p.left, p.right)))}
    group_of = {record: {record} for record in order}
    links = _links(alike)
    for pair in sorted(alike, key=lambda pair: (-pair.total, order[pair.left], order[pair.right])):
        one, other = group_of[pair.left], group_of[pair.right]
        if one is not other and _are_one(one, other, links, support):
            one |= other
            group_of.update(dict.fromkeys(other, one))
    found = {id(group): group for group in group_of.values() if len(group) > 1}
    return [tuple(sorted(group, key=order.__getitem__)) for group in found.values()]


def _links(alike: Iterable[ScoredPair[Record]]) -> Mapping[Record, set[Record]]:
    links = defaultdict[Record, set[Record]](set)
    for pair in alike:
        links[pair.left].add(pair.right)
        links[pair.right].add(pair.left)
    return links


def _are_one(one: set[Record], other: set[Record], links: Mapping[Record, set[Record]], support: float) -> bool:
    linked = sum(len(links[record] & other) for record in one)
    return linked >= support * len(one) * len(other)

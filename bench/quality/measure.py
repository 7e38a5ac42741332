"""What is measured: the whole way from a stock to groups, and its answer beside the true one, pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.quality.sources import Labelled, Pair
from masterdata.quality.blocking import candidate_pairs
from masterdata.quality.clusters import ScoredPair, clusters
from masterdata.quality.profile import Profile, in_stock
from masterdata.quality.score import prepare, score_prepared


@dataclass(frozen=True)
class Quality:
    """How right a set of pairs is."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0


@dataclass(frozen=True)
class Measured:
    """One data set's answer: the candidates, the pairs of the groups made of them, and those that are certain."""

    title: str
    records: int
    candidates: Quality
    pairs: Quality
    certain: Quality


def compare(found: set[Pair], true: set[Pair]) -> Quality:
    """One set of pairs beside the true one."""
    return Quality(len(found), len(found & true), len(true))


def scored(profile: Profile, labelled: Labelled) -> list[ScoredPair[int]]:
    """Every candidate pair with its total."""
    profile = in_stock(profile, labelled.records)
    records = [prepare(profile, record) for record in labelled.records]
    return [
        ScoredPair(a, b, score_prepared(profile, records[a], records[b]).total)
        for a, b in sorted(candidate_pairs(profile, records))
    ]


def grouped(pairs: Sequence[ScoredPair[int]], at_least: float) -> set[Pair]:
    """The pairs within the groups that these make."""
    found = clusters(pairs, at_least=at_least)
    return {pair for group in found for pair in combinations(sorted(group), 2)}


def measure(profile: Profile, labelled: Labelled) -> Measured:
    """From the stock to the groups, by the profile's thresholds."""
    pairs, true = scored(profile, labelled), labelled.true_pairs()
    return Measured(
        title=labelled.title,
        records=len(labelled.records),
        candidates=compare({(pair.left, pair.right) for pair in pairs}, true),
        pairs=compare(grouped(pairs, profile.review), true),
        certain=compare({(pair.left, pair.right) for pair in pairs if pair.total >= profile.certain}, true),
    )

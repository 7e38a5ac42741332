"""Where the weights come from: counted on pairs whose answer is known, and the threshold chosen on others.

For each level of each field, m is its share among pairs of copies of one record, u among pairs of different ones; the
weight is log2(m / u). Half a pair is added to each count, so that what was never seen is rare and not impossible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log2
from random import Random

from bench.quality.measure import compare, grouped, scored
from bench.quality.sources import Labelled, Pair
from masterdata.quality.profile import Comparison, Level, Profile, in_stock
from masterdata.quality.score import Prepared, prepare

CHANCES = 150_000
PLATEAU = 0.001
_SEED = 1969


@dataclass(frozen=True)
class Plateau:
    """Thresholds that are as good as the best."""

    least: float
    most: float
    f1: float

    @property
    def middle(self) -> float:
        """The one that has most room on both sides for other data."""
        return (self.least + self.most) / 2


def learnt(profile: Profile, labelled: Labelled, *, chances: int = CHANCES) -> Profile:
    """The profile with its levels weighed by this data, with so many pairs drawn by chance."""
    profile = in_stock(profile, labelled.records)
    records = [prepare(profile, record) for record in labelled.records]
    true = labelled.true_pairs()
    unlike = [pair for pair in drawn_pairs(len(records), chances) if pair not in true]
    comparisons = tuple(
        replace(how, levels=_weighed(how, number, records, (true, unlike)))
        for number, how in enumerate(profile.comparisons)
    )
    return replace(profile, comparisons=comparisons)


def drawn_pairs(records: int, count: int) -> list[Pair]:
    """Pairs of places by chance, the same each time."""
    chance = Random(_SEED)  # noqa: S311 - a sample that can be repeated
    drawn = (sorted(chance.sample(range(records), 2)) for _ in range(count))
    return [(a, b) for a, b in drawn]


def _weighed(
    how: Comparison, number: int, records: Sequence[Prepared], pairs: tuple[Iterable[Pair], Iterable[Pair]]
) -> tuple[Level, ...]:
    alike, unlike = (_shares(how, number, records, some) for some in pairs)
    weights = [round(log2(m / u), 1) for m, u in zip(alike, unlike, strict=True)]
    return tuple(Level(level.similarity, weight) for level, weight in zip(how.levels, weights, strict=True))


def _shares(how: Comparison, number: int, records: Sequence[Prepared], pairs: Iterable[Pair]) -> list[float]:
    """How often each level is reached, among the pairs where both have a value."""
    counts = [0.5] * len(how.levels)
    starts = [level.similarity for level in how.levels]
    for a, b in pairs:
        left, right = records[a].values[number], records[b].values[number]
        if left and right:
            likeness = how.likeness(left, right)
            counts[next(at for at, start in enumerate(starts) if likeness >= start)] += 1
    return [count / sum(counts) for count in counts]


def best_thresholds(profile: Profile, labelled: Labelled) -> Plateau:
    """The thresholds at which F1 is within a thousandth of the best, tried in steps of a half."""
    pairs, true = scored(profile, labelled), labelled.true_pairs()
    told = {half / 2: compare(grouped(pairs, half / 2), true).f1 for half in range(61)}
    best = max(told.values())
    good = [at_least for at_least, f1 in told.items() if f1 >= best - PLATEAU]
    return Plateau(min(good), max(good), best)

"""Where the weights come from: counted on pairs whose answer is known, and the threshold chosen on others.

For each level of each field, m is its share among pairs of copies of one record, u among pairs of different ones; the
weight is log2(m / u). Half a pair is added to each count, so that what was never seen is rare and not impossible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import log2
from random import Random

from bench.quality.measure import compare, grouped, scored
from bench.quality.sources import Labelled, Pair
from masterdata.quality.profile import MEASURES, Comparison, Level, Profile
from masterdata.quality.score import Prepared, prepare

UNLIKE_PAIRS = 400_000
_SEED = 1969


def learnt(profile: Profile, labelled: Labelled) -> Profile:
    """The profile with its levels weighed by this data."""
    records = [prepare(profile, record) for record in labelled.records]
    true = labelled.true_pairs()
    unlike = _others(len(records), true)
    comparisons = tuple(
        replace(how, levels=_weighed(how, number, records, (true, unlike)))
        for number, how in enumerate(profile.comparisons)
    )
    return replace(profile, comparisons=comparisons)


def _others(count: int, true: set[Pair]) -> list[Pair]:
    """Pairs by chance, without the true ones."""
    chance = Random(_SEED)  # noqa: S311 - a sample that can be repeated
    drawn = (chance.sample(range(count), 2) for _ in range(UNLIKE_PAIRS))
    return [(a, b) for a, b in map(sorted, drawn) if (a, b) not in true]


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
            likeness = 1.0 if left == right else MEASURES[how.measure](left, right)
            counts[next(at for at, start in enumerate(starts) if likeness >= start)] += 1
    return [count / sum(counts) for count in counts]


def best_threshold(profile: Profile, labelled: Labelled) -> tuple[float, list[tuple[float, float]]]:
    """The middle of the thresholds at which F1 is within a thousandth of the best, and F1 at each."""
    pairs, true = scored(profile, labelled), labelled.true_pairs()
    tried = [half / 2 for half in range(0, 61)]
    told = [(at_least, compare(grouped(pairs, at_least), true).f1) for at_least in tried]
    best = max(f1 for _, f1 in told)
    good = [at_least for at_least, f1 in told if f1 >= best - 0.001]
    return (good[0] + good[-1]) / 2, told

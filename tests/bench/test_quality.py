"""Duplicates are found in real sites by weights and a threshold that come from other data."""

from dataclasses import replace
from math import log2

import pytest

from bench.quality.learning import best_thresholds, drawn_pairs, learnt
from bench.quality.measure import Measured, Quality, compare, grouped, measure
from bench.quality.sources import Labelled, are_there, persons, sites
from masterdata.quality.clusters import ScoredPair
from masterdata.quality.profile import Level, profiles

LOCATION = profiles()["location"]
COMPANY = ["Kowalski", "Nowak", "Lewandowski", "Zielinski"]
SMALL = Labelled(
    "small",
    [{"name": f"{name} {form}", "phone": f"555010{at}"} for at, name in enumerate(COMPANY) for form in ("Ltd", "GmbH")],
    [name for name in COMPANY for _ in range(2)],
)


def test_shares_are_counted_in_pairs() -> None:
    quality = compare({(0, 1), (0, 2), (1, 2)}, {(0, 1), (3, 4)})
    assert quality == Quality(found=3, right=1, true=2)
    assert (quality.precision, quality.recall, quality.f1) == pytest.approx((1 / 3, 1 / 2, 0.4))
    assert SMALL.true_pairs() == {(0, 1), (2, 3), (4, 5), (6, 7)}
    assert grouped([ScoredPair(4, 1, 9), ScoredPair(1, 2, 9), ScoredPair(4, 2, 9)], 9) == {(1, 2), (1, 4), (2, 4)}


def test_the_whole_way_is_measured() -> None:
    right = Quality(found=4, right=4, true=4)
    assert measure(LOCATION, SMALL) == Measured("small", 8, right, right, right)


def test_weights_are_the_logarithm_of_how_often_a_level_is_reached() -> None:
    levels = (Level(1.0, 0), Level(0, 0))
    name = replace(LOCATION.comparisons[0], measure="exact", levels=levels)
    counted = learnt(replace(LOCATION, comparisons=(name,), identifiers=(), keys=()), SMALL, chances=50)
    unlike = 50 - sum(pair in SMALL.true_pairs() for pair in drawn_pairs(len(SMALL.records), 50))
    alike_of_unlike = 0.5 / (unlike + 1)
    weights = [level.weight for level in counted.comparisons[0].levels]
    assert weights == pytest.approx([log2(0.9 / alike_of_unlike), log2(0.1 / (1 - alike_of_unlike))], abs=0.05)


def test_the_threshold_is_the_middle_of_those_that_are_as_good_as_the_best() -> None:
    plateau = best_thresholds(LOCATION, SMALL)
    assert (plateau.least, plateau.most, plateau.middle, plateau.f1) == (0, 30, 15, 1)


@pytest.mark.skipif(not are_there(), reason="the data with known answers is not beside the repository")
class TestPublicData:
    def test_sites_are_found_as_well_as_we_say(self) -> None:
        found = measure(LOCATION, sites())
        assert (found.records, found.pairs.true) == (3337, 6608)
        assert found.candidates.recall >= 0.975
        assert found.pairs.f1 >= 0.91

    def test_persons_are_found_that_nothing_was_learnt_from(self) -> None:
        assert measure(LOCATION, persons(1)).pairs == Quality(found=500, right=500, true=500)

"""A whole stock: which pairs are compared, and which groups are made of those that are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.quality.blocking import candidate_pairs, keys_of
from masterdata.quality.clusters import ScoredPair, clusters
from masterdata.quality.profile import profile_from, profiles
from masterdata.quality.score import prepare

LOCATION = profiles()["location"]
SITES = [
    {"name": "Erie House", "street": "1347 W Erie", "phone": "6663430"},
    {"name": "ERIE HOUSE", "street": "1701 W Superior"},
    {"name": "Community Center", "street": "1701 West Superior Street"},
    {"name": "Ogden", "phone": "666-3430"},
    {"name": "Wentworth", "gln": "4012345000009"},
    {"name": "Westcott", "gln": "4012345000009"},
    {},
]


def test_records_are_compared_that_agree_in_a_key_or_an_identifier() -> None:
    records = [prepare(LOCATION, site) for site in SITES]
    assert candidate_pairs(LOCATION, records) == {(0, 1), (1, 2), (0, 3), (4, 5)}


def test_a_key_of_a_missing_value_is_none() -> None:
    assert list(keys_of(LOCATION, prepare(LOCATION, {}))) == []
    assert list(keys_of(LOCATION, prepare(LOCATION, {"name": "Ogden"}))) == [(0, ("ogden",))]
    assert [
        values for _, values in keys_of(LOCATION, prepare(LOCATION, {"name": "North Lake", "postal_code": "60302"}))
    ] == [
        ("n lake",),
        ("lake", "60302"),
    ]


def test_a_key_that_too_many_share_is_left_out() -> None:
    branches = [prepare(LOCATION, {"name": f"Branch {number}", "phone": "5550100"}) for number in range(4)]
    assert len(candidate_pairs(LOCATION, branches, block_max=4)) == 6
    assert candidate_pairs(LOCATION, branches, block_max=3) == set()


def test_a_group_is_what_is_alike() -> None:
    pairs = [ScoredPair("a", "b", 20), ScoredPair("b", "c", 18), ScoredPair("a", "c", 17), ScoredPair("d", "e", 16)]
    assert clusters(pairs, at_least=16) == [("a", "b", "c"), ("d", "e")]
    assert clusters(pairs, at_least=17) == [("a", "b", "c")]
    assert clusters(pairs, at_least=21) == []


def test_a_chain_is_no_group() -> None:
    chain = [ScoredPair(left, right, 20 - left) for left, right in ((1, 2), (2, 3), (3, 4), (4, 5))]
    assert clusters(chain, at_least=10, support=0) == [(1, 2, 3, 4, 5)]
    assert clusters(chain, at_least=10, support=0.6) == [(1, 2), (3, 4)]


def test_one_link_does_not_join_two_groups() -> None:
    one = [ScoredPair("a", "b", 30), ScoredPair("b", "c", 30), ScoredPair("a", "c", 30)]
    other = [ScoredPair("x", "y", 30), ScoredPair("y", "z", 30), ScoredPair("x", "z", 30)]
    assert clusters([*one, *other, ScoredPair("c", "x", 20)], at_least=16) == [("a", "b", "c"), ("x", "y", "z")]


@given(
    pairs=st.lists(st.builds(ScoredPair, st.integers(0, 9), st.integers(0, 9), st.integers(0, 30)), max_size=40),
    support=st.sampled_from((0.0, 0.5, 1.0)),
)
def test_nobody_is_in_two_groups_and_every_group_is_linked(pairs: list[ScoredPair[int]], support: float) -> None:
    found = clusters(pairs, at_least=10, support=support)
    members = [record for group in found for record in group]
    assert len(members) == len(set(members))
    alike = {frozenset((pair.left, pair.right)) for pair in pairs if pair.total >= 10 and pair.left != pair.right}
    assert all(any({record, other} in alike for other in group) for group in found for record in group)
    if support == 0:
        assert set(members) == set().union(*alike)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"review": 20, "certain": 10}, "what is certain is worth a look"),
        ({"keys": [["colour"]]}, "a key of fields that are not compared"),
        ({"identifiers": {"gln": {"equal": 5, "differ": 0}}}, "an equal gln decides"),
        ({"identifiers": {"gln": {"equal": 5, "differ": 9}}}, "a contradicting gln weighs against"),
        (
            {"fields": {"name": {"column": "name", "as": "name", "by": "tokens", "levels": [[1, 3]]}}},
            "the last level begins at 0",
        ),
        (
            {"fields": {"name": {"column": "name", "as": "colour", "by": "tokens", "levels": [[0, 3]]}}},
            "colour is no normaliser",
        ),
        (
            {"fields": {"name": {"column": "name", "as": "name", "by": "taste", "levels": [[0, 3]]}}},
            "taste is no measure",
        ),
        (
            {"fields": {"name": {"column": "name", "as": "name", "by": "tokens", "levels": [[1, 3], [0, 4]]}}},
            "what is more alike weighs more",
        ),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(changed: dict[str, object], says: str) -> None:
    told: dict[str, object] = {"review": 10, "certain": 12, "identifiers": {}, "fields": {}, "keys": []}
    with pytest.raises(AssertionError, match=says):
        profile_from("carrier", {**told, **changed})

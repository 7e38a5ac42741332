"""Two records side by side: exact totals with small own weights, and what must hold for any records."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masterdata.quality.profile import fields_of, in_stock, profile_from, profiles
from masterdata.quality.score import FieldScore, Verdict, rank, score_pair

LOGISTICS = profile_from(
    "carrier",
    {
        "review": 8,
        "certain": 12,
        "identifiers": {"tax_id": {"equal": 50, "differ": -6}, "lei": {"equal": 50, "differ": -7}},
        "fields": {
            "name": {"column": "name", "as": "name", "by": "tokens", "levels": [[1.0, 9], [0.8, 5], [0, -4]]},
            "street": {"column": "street", "as": "street", "by": "trigram", "levels": [[1.0, 4], [0, -1]]},
            "house_number": {"column": "street", "as": "house_number", "by": "exact", "levels": [[1.0, 3], [0, -2]]},
        },
        "keys": [["name"], ["house_number", "street:3*"]],
    },
)
HANSA = {"name": "Hansa Spedition GmbH", "street": "Hafenstr. 12", "tax_id": "DE 811 569 869"}

RECORDS = st.fixed_dictionaries(
    {},
    optional={
        field: st.one_of(st.none(), st.text(alphabet="ab c1-ß", max_size=12))
        for field in fields_of(profiles()["supplier"])
    },
)


def test_the_score_says_why() -> None:
    score = score_pair(LOGISTICS, HANSA, {"name": "HANSA SPEDITION", "street": "Hafenstraße 21"})
    assert (score.total, score.verdict) == (11, Verdict.REVIEW)
    assert score.fields == (
        FieldScore("tax_id", "DE811569869", "", None, 50, 0),
        FieldScore("lei", "", "", None, 50, 0),
        FieldScore("name", "hansa spedition", "hansa spedition", 1, 9, 9),
        FieldScore("street", "hafen", "hafen", 1, 4, 4),
        FieldScore("house_number", "12", "21", 0, 3, -2),
    )


def test_an_equal_identifier_decides_whatever_the_names_say() -> None:
    score = score_pair(LOGISTICS, HANSA, {"name": "Nordsee Reederei", "tax_id": "de811569869"})
    assert (score.total, score.verdict) == (46, Verdict.CERTAIN)


def test_identifiers_that_contradict_each_other_are_for_a_person_to_look_at() -> None:
    one, other = {**HANSA, "lei": "5299000J2N45DDNE4Y28"}, {**HANSA, "lei": "529900T8BM49AURSDO55"}
    assert score_pair(LOGISTICS, one, other).verdict is Verdict.REVIEW
    assert score_pair(LOGISTICS, one, other).total == 50 - 7 + 9 + 4 + 3


def test_a_contradicting_identifier_weighs_against_and_is_never_certain() -> None:
    score = score_pair(LOGISTICS, HANSA, {**HANSA, "tax_id": "DE136695976"})
    assert (score.total, score.verdict) == (10, Verdict.REVIEW)


def test_nothing_in_common_is_different() -> None:
    score = score_pair(LOGISTICS, {"name": "Hansa"}, {"name": "Nordsee"})
    assert (score.total, score.verdict) == (-4, Verdict.DIFFERENT)


def test_candidates_are_ranked_and_those_that_are_different_left_out() -> None:
    same = {"name": "Hansa Spedition", "street": "Hafenstr. 12"}
    moved = {"name": "Hansa Spedition", "street": "Deichweg 3"}
    registered = {"name": "Nordsee", "tax_id": "DE811569869"}
    unnamed = {"name": "Hansa Spedition"}
    found = rank(LOGISTICS, HANSA, [moved, {"name": "Elbe"}, unnamed, same, registered])
    assert [ranked.candidate for ranked in found] == [registered, same, unnamed]
    assert [ranked.score.total for ranked in found] == [46, 16, 9]


def test_words_that_many_share_count_less_in_a_stock() -> None:
    stock = [{"name": f"Hansa Spedition {place}"} for place in ("Kiel", "Bremen", "Emden", "Wismar")]
    one, other = stock[0], stock[1]
    plain = score_pair(LOGISTICS, one, other).fields[2].similarity
    known = score_pair(in_stock(LOGISTICS, stock), one, other).fields[2].similarity
    assert plain == pytest.approx((2 * 14 / 38 + 14 / 18) / 2)
    assert known == pytest.approx(2 / (2 + 2.321928), abs=1e-5)


@pytest.mark.parametrize(
    ("noun", "one", "other", "verdict"),
    [
        ("supplier", {"name": "Müller GmbH", "country": "DE"}, {"name": "MUELLER", "country": "DE"}, Verdict.DIFFERENT),
        ("supplier", {"name": "Müller GmbH", "country": "DE"}, {"name": "muller", "country": "DE"}, Verdict.REVIEW),
        (
            "supplier",
            {"name": "Müller GmbH", "country": "DE"},
            {"name": "Müller AG", "country": "FR"},
            Verdict.DIFFERENT,
        ),
        (
            "customer",
            {"name": "Erie House", "duns": "15-048-3782"},
            {"name": "Ogden", "duns": "150483782"},
            Verdict.CERTAIN,
        ),
        ("location", {"gln": "4012345000009"}, {"gln": "4012345000009"}, Verdict.CERTAIN),
        ("item", {"gtin": "4006381333931", "name": "Pen"}, {"gtin": "04006381333931"}, Verdict.CERTAIN),
        ("item", {"name": "Pen blue"}, {"name": "Pen blue"}, Verdict.DIFFERENT),
    ],
)
def test_the_profiles_that_the_house_starts_with(
    noun: str, one: dict[str, str], other: dict[str, str], verdict: Verdict
) -> None:
    assert score_pair(profiles()[noun], one, other).verdict is verdict


@given(one=RECORDS, other=RECORDS)
def test_a_score_is_symmetric_and_the_sum_of_its_parts(one: dict[str, Any], other: dict[str, Any]) -> None:
    profile = profiles()["supplier"]
    there, back = score_pair(profile, one, other), score_pair(profile, other, one)
    assert (there.total, there.verdict) == (back.total, back.verdict)
    assert there.total == pytest.approx(sum(field.contribution for field in there.fields), abs=0.01)
    assert all(field.contribution <= field.weight for field in there.fields)


@given(one=RECORDS, other=RECORDS)
def test_nobody_is_more_like_a_record_than_itself(one: dict[str, Any], other: dict[str, Any]) -> None:
    profile = profiles()["supplier"]
    assert score_pair(profile, one, one).total >= score_pair(profile, one, other).total


@given(one=RECORDS, other=RECORDS, field=st.sampled_from(fields_of(profiles()["supplier"])))
def test_a_missing_value_says_nothing(one: dict[str, Any], other: dict[str, Any], field: str) -> None:
    """Left out, None or empty: the fields that read it add nothing, and the others what they added before."""
    profile = profiles()["supplier"]
    read = {field, *(how.field for how in profile.comparisons if how.column == field)}
    before = score_pair(profile, one, other)
    rest = round(sum(part.contribution for part in before.fields if part.field not in read), 2)
    for without in ({**one, field: None}, {**one, field: " "}, {key: one[key] for key in one if key != field}):
        assert score_pair(profile, without, other).total == rest

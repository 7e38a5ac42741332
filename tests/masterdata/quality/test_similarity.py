"""The measures: known values, and what must hold for any texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Float, String, column, func, select, values
from sqlalchemy.ext.asyncio import AsyncEngine

from masterdata.quality import similarity
from masterdata.quality.profile import MEASURES, Measure
from masterdata.quality.rarity import rarity_in
from masterdata.quality.text import folded

TEXTS = st.text(alphabet="abcde 123", max_size=24)
ALL = {**MEASURES, "tokens": similarity.tokens}


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
@given(left=TEXTS, right=TEXTS)
def test_a_measure_is_symmetric_and_between_nothing_and_one(measure: Measure, left: str, right: str) -> None:
    likeness = measure(left, right)
    assert likeness == measure(right, left)
    assert 0 <= likeness <= 1


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
@given(text=TEXTS.filter(str.strip))
def test_what_is_equal_is_alike(measure: Measure, text: str) -> None:
    assert measure(text, text) == pytest.approx(1)


@given(left=TEXTS, right=TEXTS, stock=st.lists(TEXTS, max_size=5))
def test_rare_words_keep_the_measure_symmetric(left: str, right: str, stock: list[str]) -> None:
    worth = rarity_in(stock).worth
    likeness = similarity.tokens(left, right, worth)
    assert likeness == similarity.tokens(right, left, worth)
    assert 0 <= likeness <= 1


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [("martha", "marhta", 0.9611), ("dixon", "dicksonx", 0.8133), ("dwayne", "duane", 0.84), ("abc", "xyz", 0)],
)
def test_jaro_winkler_of_its_authors_examples(left: str, right: str, likeness: float) -> None:
    assert similarity.jaro_winkler(left, right) == pytest.approx(likeness, abs=0.0001)


def test_trigrams_are_those_of_a_word_with_blanks_around() -> None:
    assert similarity.trigrams("Cat") == {"  c", " ca", "cat", "at "}
    assert similarity.trigram("word", "two words") == pytest.approx(4 / 11)


def test_words_count_in_any_order_and_mistyped() -> None:
    assert similarity.tokens("mary crane", "crane mary") == 1
    assert similarity.tokens("north avenue", "north avenue nursery") == pytest.approx((22 / 29 + 1) / 2)
    assert similarity.tokens("kowalski", "kowalsky") == pytest.approx(0.95)
    assert similarity.tokens("kowalski", "nowak") == 0


def test_a_rare_word_is_worth_more_than_a_frequent_one() -> None:
    rarity = rarity_in(["erie center", "crane center", "canal center", "ogden center"])
    assert (rarity.worth("center"), rarity.worth("erie"), rarity.worth("unheard")) == pytest.approx(
        (1, 2.3219, 2.3219), abs=1e-4
    )
    shared_frequent = similarity.tokens("erie center", "crane center", rarity.worth)
    shared_rare = similarity.tokens("erie center", "erie hall", rarity.worth)
    assert shared_frequent == pytest.approx(0.3010, abs=1e-4)
    assert shared_rare > shared_frequent


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [("5551234", "5551243", 6 / 7), ("5551234", "5551235", 6 / 7), ("12", "12a", 2 / 3), ("", "", 1), ("", "1", 0)],
)
def test_one_digit_wrong_or_two_swapped_are_one_edit(left: str, right: str, likeness: float) -> None:
    assert similarity.edits(left, right) == pytest.approx(likeness)


def test_amounts_are_alike_by_their_ratio() -> None:
    assert similarity.amount(90, 100) == similarity.amount(-100, -90) == pytest.approx(0.9)
    assert (similarity.amount(0, 0), similarity.amount(0, 5), similarity.amount(-1, 1)) == (1, 0, 0)


def test_places_are_alike_by_the_way_between_them() -> None:
    assert similarity.kilometres((0, 10), (0, 11)) == similarity.kilometres((10, 0), (11, 0)) == pytest.approx(111.195)
    assert similarity.kilometres((90, 0), (-90, 77)) == pytest.approx(20015.11)
    assert similarity.near((53.55, 9.99), (53.55, 9.99)) == 1
    assert similarity.near((0, 0), (0, 0.0089932)) == pytest.approx(0.5, abs=1e-4)


PAIRS = [
    ("muller", "mueller"),
    ("north avenue day nursery", "north avenue"),
    ("acme 24", "acme 42"),
    ("a", "ab"),
    ("Erie-House (South)", "erie house south"),
    (folded("Société Générale"), "societe general"),
    ("", "x"),
]


async def test_trigrams_of_folded_text_agree_with_those_of_the_database(migrate_engine: AsyncEngine) -> None:
    given_pairs = values(column("a", String), column("b", String), name="pair").data(PAIRS)
    told = select(func.similarity(given_pairs.c.a, given_pairs.c.b, type_=Float))
    async with migrate_engine.connect() as connection:
        theirs = list(await connection.scalars(told))
    assert [similarity.trigram(a, b) for a, b in PAIRS] == pytest.approx(theirs, abs=1e-6)

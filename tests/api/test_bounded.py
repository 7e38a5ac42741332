"""A bounded cache keeps what was used last, and never more than it may."""

from api.bounded import Bounded


def test_the_least_recently_used_entry_makes_way() -> None:
    kept: Bounded[str, int] = Bounded(size_max=10)
    kept.keep("a", 1, size=4)
    kept.keep("b", 2, size=4)
    kept.find("a")
    kept.keep("c", 3, size=4)
    assert [kept.find(key) for key in "abc"] == [1, None, 3]
    assert (kept.size, len(kept)) == (8, 2)


def test_an_entry_that_is_larger_than_all_may_be_is_not_kept() -> None:
    kept: Bounded[str, int] = Bounded(size_max=10)
    kept.keep("a", 1, size=11)
    assert kept.find("a") is None
    assert kept.size == 0


def test_a_newer_entry_takes_the_place_of_an_older_one() -> None:
    kept: Bounded[str, int] = Bounded(size_max=10)
    kept.keep("a", 1, size=6)
    kept.keep("a", 2, size=9)
    assert kept.find("a") == 2
    assert (kept.size, len(kept)) == (9, 1)

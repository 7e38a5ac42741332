"""How alike two values are: 0 is nothing in common, 1 is the same. Every measure is symmetric.

Trigrams are those of pg_trgm (https://www.postgresql.org/docs/current/pgtrgm.html): each word is lower case, with two
blanks before it and one behind, and the similarity is the share of trigrams in common among all. What SQL finds
by `%` and what is told here are one number for folded text.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

Worth = Callable[[str], float]
"""What a word is worth in a name: more than nothing."""

_WORD = re.compile(r"[^\W_]+")
_EARTH_KILOMETRES = 6371.0088
_WINKLER_PREFIX = 4
_WINKLER_SCALE = 0.1
_SAME_WORD = 0.85
"""Words that are less alike (Jaro-Winkler) are two words, not one mistyped."""


def exact(left: str, right: str) -> float:
    """The same or not."""
    return float(left == right)


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of a text, as `show_trgm` tells them."""
    padded = (f"  {word} " for word in _WORD.findall(text.lower()))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def trigram(left: str, right: str) -> float:
    """`similarity(left, right)` of pg_trgm."""
    mine, theirs = trigrams(left), trigrams(right)
    shared = len(mine & theirs)
    return shared / (len(mine) + len(theirs) - shared) if mine and theirs else 0.0


def jaro(left: str, right: str) -> float:
    """The mean share of letters that match near their place, less half of those that match in another order."""
    if left == right:
        return 1.0
    reach = max(max(len(left), len(right)) // 2 - 1, 0)
    mine, theirs = _matching(left, right, reach)
    if not mine:
        return 0.0
    swapped = sum(a != b for a, b in zip(mine, theirs, strict=True)) / 2
    return (len(mine) / len(left) + len(mine) / len(right) + (len(mine) - swapped) / len(mine)) / 3


def _matching(left: str, right: str, reach: int) -> tuple[list[str], list[str]]:
    """The letters of each that match one of the other within reach, in the order of each."""
    taken = [False] * len(right)
    mine = list[str]()
    for at, letter in enumerate(left):
        for there in range(max(at - reach, 0), min(at + reach + 1, len(right))):
            if right[there] == letter and not taken[there]:
                taken[there] = True
                mine.append(letter)
                break
    return mine, [letter for letter, is_taken in zip(right, taken, strict=True) if is_taken]


@lru_cache(maxsize=100_000)
def jaro_winkler(left: str, right: str) -> float:
    """Jaro's, raised where the beginnings agree: W. E. Winkler, String Comparator Metrics, 1990."""
    # The search above is greedy from the left text: in one order of the two, so that the measure is symmetric.
    plain = jaro(*sorted((left, right)))
    begun = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return plain + min(begun, _WINKLER_PREFIX) * _WINKLER_SCALE * (1 - plain)


def tokens(left: str, right: str, worth: Worth = len) -> float:
    """How much of two names their words have in common, in any order, mistyped words for what they are worth.

    The mean of what is common in both and what is common in the shorter one: `north avenue` is much of `north avenue
    day nursery`, and not all of it. A word is worth its letters, unless somebody knows how rare it is: a soft TF-IDF
    (W. W. Cohen, P. Ravikumar, S. E. Fienberg, A Comparison of String Distance Metrics for Name-Matching Tasks, 2003).
    """
    told = (set(left.split()), set(right.split()))
    mine, theirs = sorted(told, key=lambda words: (_worth(words, worth), sorted(words)))
    if not mine:
        return 0.0
    common, least, most = _common(mine, theirs, worth), _worth(mine, worth), _worth(theirs, worth)
    return min(1.0, (2 * common / (least + most) + common / least) / 2)


def _worth(told: set[str], worth: Worth) -> float:
    return sum(map(worth, sorted(told)))


def _common(mine: set[str], theirs: set[str], worth: Worth) -> float:
    """What the words are worth that both have: each finds at most one of the other, the most alike first."""
    common = _worth(mine & theirs, worth)
    rest, others = mine - theirs, theirs - mine
    pairs = ((jaro_winkler(a, b), a, b) for a in rest for b in others)
    for likeness, a, b in sorted((pair for pair in pairs if pair[0] >= _SAME_WORD), reverse=True):
        if a in rest and b in others:
            rest, others = rest - {a}, others - {b}
            common += likeness * min(worth(a), worth(b))
    return common


def edits(left: str, right: str) -> float:
    """The share of the longer one that needs no change; two neighbours in the wrong order are one change.

    The optimal string alignment distance, for numbers: one digit mistyped or two swapped.
    """
    before, row = list[int](), list(range(len(right) + 1))
    for at, letter in enumerate(left):
        earlier, before, row = before, row, [at + 1]
        for there, other in enumerate(right):
            least = min(before[there] + (letter != other), before[there + 1] + 1, row[there] + 1)
            if at and there and letter == right[there - 1] and left[at - 1] == other:
                least = min(least, earlier[there - 1] + 1)
            row.append(least)
    return 1 - row[-1] / (max(len(left), len(right)) or 1)


def amount(left: float, right: float) -> float:
    """The smaller as a share of the greater: 90 and 100 are 0.9 alike; of different signs, not at all."""
    least, most = sorted((abs(left), abs(right)))
    if left * right < 0:
        return 0.0
    return least / most if most else 1.0


def kilometres(left: tuple[float, float], right: tuple[float, float]) -> float:
    """The way between two places (latitude, longitude in degrees) along a great circle, by the haversine formula."""
    (north, east), (other_north, other_east) = (tuple(map(radians, place)) for place in (left, right))
    half = sin((north - other_north) / 2) ** 2 + cos(north) * cos(other_north) * sin((east - other_east) / 2) ** 2
    return 2 * _EARTH_KILOMETRES * asin(min(1.0, sqrt(half)))


def near(left: tuple[float, float], right: tuple[float, float]) -> float:
    """1 in one place, a half at one kilometre, and so on towards 0."""
    return 1 / (1 + kilometres(left, right))

"""Random queries: the compiler and the plain side answer every one alike."""

from itertools import count

import pytest

from tests.oracle.asking import Oracle
from tests.oracle.house import House
from tests.oracle.size import QUERIES, SEED
from tests.oracle.story import Story

PARTS = 8
OF_TRADE = 8
"""One query in so many is asked in the small trade."""


@pytest.mark.parametrize("part", range(PARTS))
async def test_random_queries_have_one_answer(house: House, part: int) -> None:
    queries = QUERIES // PARTS
    assert await _ask(house, str(part), queries) >= queries


async def test_random_queries_over_every_kind_of_column_have_one_answer(trade: House) -> None:
    queries = QUERIES // OF_TRADE
    assert await _ask(trade, "trade", queries) >= queries


async def _ask(house: House, name: str, queries: int) -> int:
    """Tells stories until so many different questions were answered."""
    oracle = Oracle(house)
    asked: set[tuple[str, str, str]] = set()
    for number in count():
        async for question in Story(oracle, f"{SEED} {name} {number}").told():
            asked.add(question.identity)
        if len(asked) >= queries:
            break
    print(f"{len(asked)} questions in {number + 1} stories")  # noqa: T201 - how much was compared
    return len(asked)

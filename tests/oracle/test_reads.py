"""Random queries: the compiler and the plain side answer every one alike."""

import pytest

from tests.oracle.asking import Oracle
from tests.oracle.house import House
from tests.oracle.size import SEED, SIZE
from tests.oracle.story import Story

PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
async def test_random_queries_have_one_answer(house: House, part: int) -> None:
    oracle = Oracle(house)
    asked: set[tuple[str, str, str]] = set()
    number = 0
    while len(asked) < SIZE.queries / PARTS:
        async for question in Story(oracle, f"{SEED} {part} {number}").told():
            asked.add(question.identity)
        number += 1
    print(f"{len(asked)} questions in {number} stories")  # noqa: T201 - the count is what the run is for

"""The questions of the leak test, read off the schema: whatever it offers is asked, and every persona asks the same."""

from collections.abc import Iterator, Mapping

from tests.leaks.lists import Lists
from tests.leaks.objects import Objects
from tests.leaks.question import Question
from tests.oracle.house import House


def all_questions(house: House, cursors: Mapping[str, str]) -> Iterator[Question]:
    """Every question about a house. The cursors are those that somebody else was told."""
    yield from Objects(house).all()
    yield from Lists(house, cursors).all()

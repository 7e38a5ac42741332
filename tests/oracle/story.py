"""A story: one random document, asked again and again with other variables, by other readers, page after page.

A new shape of statement takes tens of milliseconds to compile and a new run of a known one a few; so a story keeps its
document. It learns the cursors of its answers and goes on from them. Once in a while all variables are written into
the text as literals, which must change nothing.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.oracle.asking import Oracle
from tests.oracle.documents import random_document
from tests.oracle.house import Reader
from tests.oracle.literals import with_literals
from tests.oracle.ordering import Cursors
from tests.oracle.shrinking import shrunk

RUNS = 12
_READERS_MAX = 3
_LITERAL_SHARE = 0.12


@dataclass(frozen=True)
class Question:
    """What was asked by whom."""

    text: str
    variables: Mapping[str, Any]
    reader: Reader

    @property
    def identity(self) -> tuple[str, str, str]:
        """Equal for equal questions."""
        return (self.text, json.dumps(self.variables, sort_keys=True), self.reader.name)


@dataclass(frozen=True)
class Story:
    """One story of a seed. The same seed and number tell the same story."""

    oracle: Oracle
    seed: str
    cursors: Cursors = field(default_factory=Cursors)

    async def told(self) -> AsyncIterator[Question]:
        """Every question, once both sides have answered it alike; fails at the first difference."""
        rng = Random(self.seed)
        document = random_document(self.oracle.known, rng)
        readers = rng.choices(self.oracle.house.readers, k=_READERS_MAX)
        for _ in range(RUNS):
            question = Question(document.text, document.run(rng, self.cursors), rng.choice(readers))
            if question.variables and rng.random() < _LITERAL_SHARE:
                question = with_literals_of(self.oracle, question)
            await self._ask(question)
            yield question

    async def _ask(self, question: Question) -> None:
        found = await self.oracle.difference(question.text, question.variables, question.reader, self.cursors)
        if found is not None:
            raise AssertionError(await self._report(question, found))

    async def _report(self, question: Question, found: str) -> str:
        async def differs(text: str) -> str | None:
            return await self.oracle.difference(text, question.variables, question.reader, self.cursors)

        text, found = await shrunk(self.oracle.house.plain_schema, question.text, found, differs)
        variables = {name: value for name, value in question.variables.items() if f"${name}" in text}
        return (
            f"The compiler and the plain side differ in story {self.seed!r}, asked by {question.reader.name!r}:\n"
            f"{text}\nvariables: {json.dumps(variables)}\n{found}\n"
            f"The whole question was:\n{question.text}\nvariables: {json.dumps(question.variables)}"
        )


def with_literals_of(oracle: Oracle, question: Question) -> Question:
    """The same question without variables."""
    return Question(with_literals(oracle.house.plain_schema, question.text, question.variables), {}, question.reader)

"""Asking as a persona, over HTTP, and holding the answer against what the plain side says that they see.

The plain side is that of the oracle (tests/oracle/plain.py): slow resolvers over the rows. Here it is given the list
of tests/leaks/sight.py, which was written by hand, so that it knows nothing of the access policy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import httpx
import orjson
from graphql import DocumentNode, parse

from tests.api.serving import Office
from tests.leaks.attempts import Attempt, Attempts
from tests.leaks.fields import rights_of
from tests.leaks.lists import Lists
from tests.leaks.modes import WallSight
from tests.leaks.personas import EVERYWHERE, Persona
from tests.leaks.question import Question
from tests.leaks.questions import all_questions
from tests.leaks.secrets import Secrets
from tests.leaks.sight import Sight
from tests.leaks.trade import Trade
from tests.oracle.agreement import difference
from tests.oracle.house import House, Reader
from tests.oracle.ordering import Cursors
from tests.oracle.plain import Plain
from tests.oracle.rows import Row


@dataclass(frozen=True, repr=False)
class Walk:
    """The served world with its personas."""

    house: House
    office: Office
    trade: Trade
    tokens: Mapping[str, str]
    cursors: Cursors = field(default_factory=Cursors)
    kept: dict[tuple[str, str], Any] = field(default_factory=dict)

    def sight(self, persona: Persona) -> Sight:
        """What somebody sees, by hand."""
        held = {role: frozenset(self.trade.ids[mark] for mark in marks) for role, marks in persona.held.items()}
        partner_id = self.trade.ids[persona.partner] if persona.partner else None
        return Sight(held, partner_id, self._requests, self.house.rows["PurchaseOrderLine"])

    @cached_property
    def _requests(self) -> Mapping[UUID, Row]:
        return {row["id"]: row for row in self.house.rows["ChangeRequest"]}

    def secrets(self, persona: Persona) -> Secrets:
        """What somebody must not be told."""
        key = ("secrets", persona.name)
        if key not in self.kept:
            sight = self.sight(persona)
            self.kept[key] = Secrets.of(self.house, sight, persona.marks, rights_of(sight.held))
        made: Secrets = self.kept[key]
        return made

    def wall_sight(self, persona: Persona) -> WallSight:
        """What row security alone lets somebody see, by hand."""
        sight = self.sight(persona)
        return WallSight(frozenset().union(*sight.held.values()), sight.partner_id, sight.lines)

    async def post(self, persona: Persona, question: Question) -> httpx.Response:
        """The answer to a question; whatever it says, it tells no secrets."""
        answer = await self.answer(persona, question)
        told = self.secrets(persona).told_in(answer.content)
        assert not told, f"{persona.name} is told {sorted(told)[:5]} by {question.name}: {question.text}"
        return answer

    async def answer(self, persona: Persona, question: Question) -> httpx.Response:
        """The answer to a question, unread."""
        body = {"query": question.text, "variables": dict(question.variables)}
        return await self.office.post(self.tokens[persona.name], orjson.dumps(body))

    async def ask(self, persona: Persona, question: Question) -> httpx.Response:
        """The answer to a question about what can be read: just what the plain side says."""
        answer = await self.post(persona, question)
        self._compare(persona, question, answer, self._plain(persona))
        return answer

    async def ask_the_wall(self, persona: Persona, question: Question) -> None:
        """The same where row security stands alone, so that the answer is what that lets through."""
        answer = await self.answer(persona, question)
        self._compare(persona, question, answer, self._plain(persona, alone=True))

    def _compare(self, persona: Persona, question: Question, answer: httpx.Response, plain: Plain) -> None:
        given = orjson.loads(answer.content)
        assert "errors" not in given, f"{question.name}: {given['errors'][:3]}\n{question.text}"
        expected = plain.answer(_parsed(question.text), question.variables, self.cursors)
        assert not expected.errors, f"{question.name}: {expected.errors}"
        found = difference(given["data"], expected.data, self.cursors)
        assert found is None, f"{persona.name} is answered wrongly to {question.name}: {found}\n{question.text}"

    async def questions(self) -> Sequence[Question]:
        """All questions; the cursors in them are those of somebody who sees everything."""
        if ("questions", "") not in self.kept:
            self.kept["questions", ""] = list(all_questions(self.house, await self._told_places()))
        made: Sequence[Question] = self.kept["questions", ""]
        return made

    @cached_property
    def attempts(self) -> Sequence[tuple[Question, Sequence[Attempt]]]:
        """All attempts to change something."""
        return list(Attempts(self.house, self.trade).all())

    async def _told_places(self) -> Mapping[str, str]:
        """Two places of each list: one third and two thirds down the way."""
        places: dict[str, str] = {}
        for question in Lists(self.house).places():
            data = (await self.ask(EVERYWHERE, question)).json()["data"]
            for found in [data, *data.get("nodes", ())]:
                for name, page in found.items():
                    if name != "nodes" and page["edges"]:
                        edges, variable = page["edges"], name.removesuffix("_0")
                        places.setdefault(f"{variable}_0", edges[len(edges) // 3]["cursor"])
                        places.setdefault(f"{variable}_1", edges[2 * len(edges) // 3]["cursor"])
        assert places.keys() == {f"{each.variable}_{n}" for each in Lists(self.house).listings() for n in (0, 1)}
        return places

    def _plain(self, persona: Persona, *, alone: bool = False) -> Plain:
        key = ("wall" if alone else "plain", persona.name)
        if key not in self.kept:
            unasked: Any = None  # the plain side asks no policy
            sight = self.sight(persona)
            walled = Reader(persona.name, unasked, self.wall_sight(persona))
            self.kept[key] = Unrefused(
                self.house, walled if alone else Reader(persona.name, unasked, sight, rights_of(sight.held))
            )
        made: Plain = self.kept[key]
        return made


class Unrefused(Plain):
    """Answers what is refused to nobody: see test_coverage.py."""

    def refused(self, document: DocumentNode, variables: Mapping[str, Any], cursors: Cursors) -> set[str]:  # noqa: ARG002
        """Nothing."""
        return set()


@cache
def _parsed(text: str) -> DocumentNode:
    return parse(text)

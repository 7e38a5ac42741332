"""Whoever tries to change what they do not see is told just what they are told about what does not exist.

They are told the same without row security: the application itself keeps it from them.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.leaks.asking import Walk
from tests.leaks.attempts import NAMES, Attempt
from tests.leaks.personas import PERSONAS, Persona


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_what_is_hidden_is_answered_like_what_is_absent(walk: Walk, unwalled: Walk, persona: Persona) -> None:
    answers = await _tried(walk, persona)
    without = _told(await _tried(unwalled, persona))
    assert without == _told(answers), "row security has made a difference"
    absent = {_kind(each): answer for each, answer in answers.items() if _is_absent(each)}
    for attempt, answer in answers.items():
        if _is_hidden(walk, persona, attempt):
            assert answer == absent[_kind(attempt)], attempt.alias


async def _tried(walk: Walk, persona: Persona) -> Mapping[Attempt, Any]:
    answers: dict[Attempt, Any] = {}
    for question, attempts in walk.attempts:
        answer = (await walk.post(persona, question)).json()
        assert "errors" not in answer, f"{question.name}: {answer['errors'][:2]}"
        answers.update((attempt, answer["data"][attempt.alias]) for attempt in attempts)
    return answers


def _told(answers: Mapping[Attempt, Any]) -> Mapping[str, Any]:
    """The answers by their aliases, without what is new in whatever was made each time."""
    return {
        attempt.alias: {name: _without_new(value) for name, value in answer.items()}
        for attempt, answer in answers.items()
    }


def _without_new(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {name: each for name, each in value.items() if name not in ("id", "number")}


def _kind(attempt: Attempt) -> object:
    return attempt.mutation, attempt.replaced, attempt.owner


def _is_absent(attempt: Attempt) -> bool:
    return attempt.other is None


def _is_hidden(walk: Walk, persona: Persona, attempt: Attempt) -> bool:
    """Whether the attempt names something in the place of another's thing that the persona does not see."""
    if attempt.other is None:
        return False
    if attempt.replaced == "entityId" and attempt.other is attempt.things["LegalEntity"]:
        return False  # the ids beside it name the same legal entity, which those of the absent one do not
    type_name = NAMES[attempt.replaced] if attempt.replaced else "LegalEntity"
    return not walk.sight(persona)(walk.house.by_name[type_name], attempt.other)

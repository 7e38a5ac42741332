"""Whatever can be read: everybody is answered just what they may see, by lists, counts, ids, conditions and pages.

The answers are the same without row security; and with row security alone, nothing of another legal entity or of
another partner appears.
"""

import pytest

import api.context
from tests.leaks.asking import Walk
from tests.leaks.modes import Everything
from tests.leaks.personas import PERSONAS, WALLED, Persona


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_everybody_is_answered_what_they_may_see(walk: Walk, unwalled: Walk, persona: Persona) -> None:
    for question in await walk.questions():
        answer = await walk.ask(persona, question)
        without = await unwalled.answer(persona, question)
        assert without.content == answer.content, f"{question.name}: row security has made a difference"


@pytest.mark.parametrize("persona", WALLED, ids=lambda persona: persona.name)
async def test_row_security_alone_keeps_legal_entities_and_partners_apart(
    walk: Walk, persona: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = await walk.questions()
    everything = Everything(tuple(branch.entity_id for branch in walk.trade.branches.values()))
    monkeypatch.setattr(api.context, "ActorPolicy", lambda *_: everything)
    for question in questions:
        await walk.ask_the_wall(persona, question)

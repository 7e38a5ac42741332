"""Whatever can be read: everybody is answered just what they may see, by lists, counts, ids, conditions and pages."""

import pytest

from tests.leaks.asking import Walk
from tests.leaks.personas import PERSONAS, Persona


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_everybody_is_answered_what_they_may_see(walk: Walk, persona: Persona) -> None:
    for question in (await walk.questions()).all():
        await walk.ask(persona, question)

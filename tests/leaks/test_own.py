"""What is no row is told to whom it concerns: roles to their holder, proofs of books to who may have them."""

import httpx
import pytest

from api.values.ids import encode_id
from tests.leaks.asking import Walk
from tests.leaks.own import PROOF, VIEWER, exemplified
from tests.leaks.personas import PERSONAS, Persona
from tests.leaks.questions import NOBODY, Question


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_everybody_is_told_their_own_roles(walk: Walk, persona: Persona) -> None:
    viewer = (await walk.post(persona, Question("viewer", VIEWER))).json()["data"]["viewer"]
    told = {(each["role"], entity_id) for each in viewer["roles"] for entity_id in each["entityIds"]}
    held = {
        (role, encode_id("LegalEntity", walk.trade.ids[mark])) for role, marks in persona.held.items() for mark in marks
    }
    assert (viewer["subject"], viewer["onBehalfOf"], told) == (persona.name, None, held)


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_books_are_proved_to_who_may_audit_them(walk: Walk, persona: Persona) -> None:
    """The examples of a proof are those of all books: the right to the proof is one to them."""
    mine = {encode_id("LegalEntity", each) for each in walk.sight(persona).proves}
    assert exemplified(await _proved(walk, persona)) == mine
    for entity_id in (encode_id("LegalEntity", branch.entity_id) for branch in walk.trade.branches.values()):
        answer = await _proved(walk, persona, of=entity_id)
        if entity_id in mine:
            assert exemplified(answer) == {entity_id}
        else:
            assert answer.content == (await _proved(walk, persona, of=encode_id("LegalEntity", NOBODY))).content


async def _proved(walk: Walk, persona: Persona, **variables: str) -> httpx.Response:
    return await walk.office.post(walk.tokens[persona.name], {"query": PROOF, "variables": variables})


async def test_nobody_is_told_anything(walk: Walk) -> None:
    told = set()
    for question in [*(await walk.questions()).all(), *(question for question, _ in walk.attempts)]:
        answer = await walk.office.post(None, {"query": question.text, "variables": dict(question.variables)})
        assert answer.status_code == 401
        told.add(answer.content)
    assert len(told) == 1

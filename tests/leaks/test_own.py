"""What is no row is told to whom it concerns: roles to their holder, proofs of books to who may have them."""

import httpx
import pytest

from api.values.ids import encode_id
from tests.leaks.asking import Walk
from tests.leaks.marks import ENTITIES, Mark
from tests.leaks.own import (
    DIFFERENCE,
    EXPLAINERS,
    EXPLANATION,
    OFFERS,
    PROOF,
    VIEWER,
    exemplified,
    offered,
    offers_to,
)
from tests.leaks.personas import PERSONAS, Persona
from tests.leaks.question import NOBODY, Question


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
    """By how much they disagree is told to who may read the books: what is wrong here is the valuation of stock."""
    mine = {encode_id("LegalEntity", each) for each in walk.sight(persona).proves}
    told = {encode_id("LegalEntity", each) for each in walk.sight(persona).compares}
    assert exemplified(await _proved(walk, persona)) == told
    for entity_id in (encode_id("LegalEntity", branch.entity_id) for branch in walk.trade.branches.values()):
        answer = await _proved(walk, persona, of=entity_id)
        if entity_id in mine:
            assert exemplified(answer) == {entity_id} & told
            assert any(not proof["holds"] for proof in answer.json()["data"]["inventoryInvariants"])
        else:
            assert answer.content == (await _proved(walk, persona, of=encode_id("LegalEntity", NOBODY))).content


async def _proved(walk: Walk, persona: Persona, **variables: str) -> httpx.Response:
    return await walk.post(persona, Question("proof", PROOF, variables))


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_access_is_explained_to_who_answers_for_it(walk: Walk, persona: Persona) -> None:
    """Of legal entities in which they do; what lies elsewhere is not found, like what does not exist."""
    answering = [marks for role, marks in persona.held.items() if str(role) in EXPLAINERS]
    mine = {encode_id("LegalEntity", walk.trade.ids[mark]) for marks in answering for mark in marks}
    entities = [encode_id("LegalEntity", branch.entity_id) for branch in walk.trade.branches.values()]
    for entity_id in (*entities, encode_id("LegalEntity", NOBODY)):
        asked = {"query": EXPLANATION, "variables": {"subject": persona.name, "id": entity_id}}
        answer = (await walk.office.post(walk.tokens[persona.name], asked)).json()
        if entity_id in mine:
            told = {each for role in answer["data"]["accessExplain"]["roles"] for each in role["entityIds"]}
            assert told <= mine
        else:
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == ("NOT_FOUND" if mine else "FORBIDDEN")
    asked = {"query": DIFFERENCE, "variables": {"id": encode_id("ChangeRequest", NOBODY)}}
    (error,) = (await walk.office.post(walk.tokens[persona.name], asked)).json()["errors"]
    assert error["extensions"]["code"] == ("NOT_FOUND" if mine else "FORBIDDEN")


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
async def test_offers_are_told_to_who_buys_or_plans_for_their_taker(walk: Walk, persona: Persona) -> None:
    """In any other legal entity they are refused as in one that is not there."""
    items = [encode_id("Item", row["id"]) for row in walk.house.rows["Item"]]
    nothing = await _offered(walk, persona, encode_id("LegalEntity", NOBODY), items)
    for mark in (*ENTITIES, Mark.WEST):
        entity_id = walk.trade.ids[mark]
        answer = await _offered(walk, persona, encode_id("LegalEntity", entity_id), items)
        if entity_id in walk.sight(persona).takes:
            expected = offers_to(entity_id, walk.house.rows)
            assert offered(answer) == expected
            assert expected
        else:
            assert answer.content == nothing.content


async def _offered(walk: Walk, persona: Persona, of: str, items: list[str]) -> httpx.Response:
    asked = {"query": OFFERS, "variables": {"of": of, "items": items}}
    return await walk.office.post(walk.tokens[persona.name], asked)


async def test_nobody_is_told_anything(walk: Walk) -> None:
    told = set()
    for question in [*await walk.questions(), *(question for question, _ in walk.attempts)]:
        answer = await walk.office.post(None, {"query": question.text, "variables": dict(question.variables)})
        assert answer.status_code == 401
        told.add(answer.content)
    assert len(told) == 1

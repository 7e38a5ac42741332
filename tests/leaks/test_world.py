"""The world of the leak test is fit for it: everybody has the same of everything, and every text says whose it is."""

from collections import Counter

from tests.leaks.asking import Walk
from tests.leaks.marks import ENTITIES
from tests.leaks.personas import BY_NAME, PERSONAS
from tests.leaks.sight import EVERYTHING, SEES


def test_every_role_is_somebodys_and_is_written_down() -> None:
    assert {role for persona in PERSONAS for role in persona.held} == SEES.keys()


def test_every_type_is_somebodys(walk: Walk) -> None:
    assert {node.name for node in walk.house.nodes} == EVERYTHING


def test_both_legal_entities_have_as_much_of_everything(walk: Walk) -> None:
    north, south = (walk.trade.ids[mark] for mark in ENTITIES)
    for name, rows in walk.house.rows.items():
        of = Counter(row.get("entity_id") for row in rows)
        assert of[north] == of[south], name
        assert len(rows) >= 2, f"{name}: nothing to be hidden"


def test_everybody_has_something_to_hide_from_others(walk: Walk) -> None:
    for persona in PERSONAS:
        secrets = walk.secrets(persona)
        assert len(secrets.words) > 50 or persona is BY_NAME["auditor of both"], persona.name
    assert not walk.secrets(BY_NAME["auditor of both"]).words

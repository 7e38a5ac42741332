"""Nothing escapes the leak test: whatever the schema offers stands in some question, attempt or stream."""

from itertools import chain

from graphql import parse

from tests.leaks.asking import Walk
from tests.leaks.coverage import exercised, offered
from tests.leaks.fields import rights_of
from tests.leaks.own import OWN
from tests.leaks.personas import BY_NAME
from tests.leaks.streams import STREAMS
from tests.oracle.house import Reader
from tests.oracle.phantom import Phantoms


async def test_everything_that_the_schema_offers_is_asked(walk: Walk) -> None:
    questions = (question.text for question in await walk.questions())
    attempts = (question.text for question, _ in walk.attempts)
    schema = walk.house.plain_schema
    asked = exercised(schema, chain(questions, attempts, OWN, STREAMS))
    assert not offered(schema) - asked


async def test_nothing_is_asked_for_by_what_is_a_mask_to_anybody(walk: Walk) -> None:
    """So no question is refused to anybody: not to who sees nothing, and no one sees less."""
    stranger = walk.sight(BY_NAME["stranger"])
    phantoms = Phantoms(walk.house, Reader("stranger", None, stranger, rights_of({})))  # type: ignore[arg-type] # asks no policy
    for question in await walk.questions():
        assert not phantoms.refused(parse(question.text), question.variables, walk.cursors), question.name

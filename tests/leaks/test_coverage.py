"""Nothing escapes the leak test: whatever the schema offers stands in some question, attempt or stream."""

from itertools import chain

from tests.leaks.asking import Walk
from tests.leaks.coverage import exercised, offered
from tests.leaks.own import OWN
from tests.leaks.streams import STREAMS


async def test_everything_that_the_schema_offers_is_asked(walk: Walk) -> None:
    questions = (question.text for question in (await walk.questions()).all())
    attempts = (question.text for question, _ in walk.attempts)
    schema = walk.house.plain_schema
    asked = exercised(schema, chain(questions, attempts, OWN, STREAMS))
    assert not offered(schema) - asked

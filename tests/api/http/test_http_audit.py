"""GraphQL over HTTP: the audit suite of the specification, run against the house as it is served."""

import orjson

from api.operations.disclosure import Disclosure
from api.schema import make_schema
from authz.vocabulary import Role
from tests.api.serving import Office, another_door
from tests.node.running import run_node

AUDITS = 61


async def test_the_specification_is_kept_to_the_letter(house: Office) -> None:
    """Some of its rules ask for the schema, which is told to those who develop."""
    token = await house.hire(Role.AUDITOR, None)
    async with another_door(house, make_schema(Disclosure(introspection=True))) as development:
        ended = await run_node("tests/node/audit.mjs", f"http://{development.address}/graphql", TOKEN=token)
    assert ended.code == 0, ended.complained
    results = orjson.loads(ended.said)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == AUDITS

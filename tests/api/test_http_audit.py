"""GraphQL over HTTP: the audit suite of the specification, run against the house as it is served."""

import orjson

from authz.vocabulary import Role
from tests.api.serving import Office
from tests.node.running import run_node

AUDITS = 61


async def test_the_specification_is_kept_to_the_letter(house: Office) -> None:
    token = await house.hire(Role.AUDITOR, None)
    ended = await run_node("tests/node/audit.mjs", f"http://{house.address}/graphql", TOKEN=token)
    assert ended.code == 0, ended.complained
    results = orjson.loads(ended.said)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == AUDITS

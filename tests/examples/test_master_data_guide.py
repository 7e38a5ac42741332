"""The guide to changing master data, walked on the demo group from the proposal to the history."""

import re
from typing import Any

import orjson
import pytest
from graphql import build_schema, parse, validate

from masterdata.governance.lifecycle import ChangeRequestStatus
from tests.api.serving import Office
from tests.architecture.sources import ROOT

GUIDE = (ROOT / "docs" / "guides" / "master-data.md").read_text()
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = [(found["kind"], found["text"]) for found in _BLOCK.finditer(GUIDE)]
SUBMIT, APPROVE, HISTORY = (text for kind, text in BLOCKS if kind == "graphql")
(PROPOSAL,) = (orjson.loads(text) for kind, text in BLOCKS if kind == "json")
ACTIVATE = """
mutation ($input: ActivateChangeRequestInput!) {
  activateChangeRequest(input: $input) { changeRequest { status } errors { message } }
}
"""


async def ask(demo: Office, subject: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    answer = (await demo.post(demo.issuer.token(subject), {"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


@pytest.mark.parametrize("query", [SUBMIT, APPROVE, HISTORY])
def test_a_query_in_the_guide_fits_the_schema(query: str) -> None:
    assert validate(build_schema((ROOT / "api" / "schema.graphql").read_text()), parse(query)) == []


def test_every_status_that_a_request_reaches_is_told() -> None:
    told = {name for row in GUIDE.splitlines() if row.startswith("| `") for name in re.findall("`([A-Z_]+)`", row)}
    # The others are of ways that are not open yet.
    later = {"DRAFT", "SCHEDULED", "ACTIVATING", "EXPIRED", "REVERTED"}
    assert told == {status.name for status in ChangeRequestStatus} - later


async def test_the_guide_is_walked(demo: Office) -> None:
    submitted = (await ask(demo, "ivo.integration", SUBMIT, PROPOSAL))["submitChangeRequest"]
    assert submitted["errors"] == submitted["warnings"] == []
    request = submitted["changeRequest"]
    assert request["status"] == "SUBMITTED"
    assert {(each["name"], each["fieldGroup"], each["proposed"]) for each in request["fields"]["nodes"]} == {
        ("name", "general", "Hex bolt M5 x 50, boxed"),
        ("gross_weight", "logistics", 1.2),
        ("weight_unit", "logistics", "KGM"),
    }
    for subject, status in (("leo.locations", "IN_REVIEW"), ("ida.items", "APPROVED")):
        given = {"idempotencyKey": subject, "changeRequestId": request["id"], "expectedVersion": request["version"]}
        decided = (await ask(demo, subject, APPROVE, {"input": given}))["approveChangeRequest"]
        assert (decided["errors"], decided["changeRequest"]["status"]) == ([], status)
        request |= decided["changeRequest"]
    given = {"idempotencyKey": "activate", "changeRequestId": request["id"], "expectedVersion": request["version"]}
    active = (await ask(demo, "ida.items", ACTIVATE, {"input": given}))["activateChangeRequest"]
    assert active == {"changeRequest": {"status": "ACTIVE"}, "errors": []}
    lines = "query ($id: ID!) { changeRequest(id: $id) { lines(first: 1) { nodes { objectId } } } }"
    (line,) = (await ask(demo, "ida.items", lines, {"id": request["id"]}))["changeRequest"]["lines"]["nodes"]
    (new, old) = (await ask(demo, "otto.auditor", HISTORY, line))["masterDataHistory"]["nodes"]
    assert (new["number"], new["previousHash"], new["validUntil"]) == (2, old["hash"], None)
    assert new["changed"] == ["gross_weight", "name", "name_normalised", "weight_unit"]
    assert (new["values"]["name"], old["values"]["gross_weight"]) == ("Hex bolt M5 x 50, boxed", None)
    assert new["changeRequest"] == {"number": request["number"], "submittedBy": "ivo.integration"}

"""GraphQL over server-sent events: who gets a stream, what it says, and how it ends."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from api.http.event_stream import OpenStreams
from authz.vocabulary import Role
from tests.api.office import SECRET, says
from tests.api.serving import Office
from tests.api.writes.test_writes import WRITE, note
from tests.factories.outbox import eventually
from tests.factories.world import World

STREAM = {"accept": "text/event-stream"}
URQL = {
    "accept": "application/graphql-response+json, application/graphql+json, application/json, "
    "text/event-stream, multipart/mixed"
}
TICKS = {"query": "subscription { ticks(upTo: 2) }"}
WAIT = "subscription { waiting }"


def told(text: str) -> list[Any]:
    """The results in a stream that ended as it should."""
    assert "\r" not in text
    *events, last, nothing = text.split("\n\n")
    assert (last, nothing) == ("event: complete\ndata:", "")
    assert all(event.startswith("event: next\ndata: ") for event in events)
    return [json.loads(event.removeprefix("event: next\ndata: ")) for event in events]


@asynccontextmanager
async def streaming(office: Office, token: str, query: str) -> AsyncIterator[httpx.Response]:
    """An open stream of which nothing was read."""
    headers = {"authorization": f"Bearer {token}", **STREAM}
    async with office.client.stream("POST", "/graphql", json={"query": query}, headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        yield answer


@pytest.fixture
def streams(office: Office) -> OpenStreams:
    """The office's open streams."""
    open_streams: OpenStreams = office.state.streams
    return open_streams


async def test_a_subscription_is_streamed_to_its_end(office: Office, clerk: str) -> None:
    answer = await office.post(clerk, TICKS, **STREAM)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    assert "content-encoding" not in answer.headers
    texts = [document["data"]["ticks"] for document in told(answer.text)]
    assert [text.split()[-1] for text in texts] == ["1", "2"]


async def test_a_subscription_may_be_asked_for_by_get(office: Office, clerk: str) -> None:
    headers = {"authorization": f"Bearer {clerk}", **STREAM}
    answer = await office.client.get("/graphql", params=TICKS, headers=headers)
    assert len(told(answer.text)) == 2
    head = await office.client.head("/graphql", params=TICKS, headers=headers)
    assert head.status_code == 400


async def test_queries_and_mutations_are_streams_of_one_result(office: Office, clerk: str, north: World) -> None:
    answer = await office.post(clerk, {"query": '{ echo(text: "a\\nb") }'}, **STREAM)
    assert [document["data"] for document in told(answer.text)] == [{"echo": "a\nb"}]
    answer = await office.post(clerk, {"query": WRITE, "variables": {"input": note(north)}}, **STREAM)
    (document,) = told(answer.text)
    assert document["data"]["writeNote"]["legalEntity"]["name"] == f"Company {north.tag}"
    answer = await office.client.get(
        "/graphql", params={"query": "mutation { __typename }"}, headers={"authorization": f"Bearer {clerk}", **STREAM}
    )
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_who_names_json_gets_it_for_all_but_subscriptions(office: Office, clerk: str) -> None:
    answer = await office.post(clerk, {"query": "{ __typename }"}, **URQL)
    assert answer.headers["content-type"] == "application/graphql-response+json"
    assert len(told((await office.post(clerk, TICKS, **URQL)).text)) == 2


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/event-stream;q=0"])
async def test_a_subscription_needs_a_client_that_reads_streams(office: Office, clerk: str, accept: str) -> None:
    answer = await office.post(clerk, TICKS, accept=accept)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert "text/event-stream" in error["message"]
    assert "graphql-transport-ws" in error["message"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("subscription { ticks", 400, "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($n: Int!) { ticks(upTo: $n) }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ nothing }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("", 400, "BAD_REQUEST"),
    ],
)
async def test_what_is_wrong_before_the_stream_is_told_by_status(
    office: Office, clerk: str, query: str, status: int, code: str
) -> None:
    answer = await office.post(clerk, {"query": query}, **STREAM)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/graphql-response+json")
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == code


async def test_arguments_and_rights_are_checked_before_the_stream(house: Office, north: World) -> None:
    seller = await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)
    answer = await house.post(seller, {"query": 'subscription { events(after: "?") { cursor } }'}, **STREAM)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "VALIDATION_FAILED")
    stranger = house.issuer.token("a-stranger")
    answer = await house.post(stranger, {"query": "subscription { events { cursor } }"}, **STREAM)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "FORBIDDEN")


async def test_nobody_is_streamed_to_without_signing_in(office: Office) -> None:
    answer = await office.post(None, TICKS, **STREAM)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/graphql-response+json")


async def test_faults_of_ours_are_masked(office: Office, clerk: str) -> None:
    with capture_logs() as logs:
        answer = await office.post(clerk, {"query": "subscription { ticks(upTo: 9) }"}, **STREAM)
    *ticks, broken = told(answer.text)
    assert len(ticks) == 3
    assert broken["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert SECRET not in answer.text
    assert [entry["event"] for entry in logs] == ["unexpected_error"]


async def test_a_silent_stream_is_kept_open(
    office: Office, clerk: str, streams: OpenStreams, monkeypatch: pytest.MonkeyPatch, calm: list[str]
) -> None:
    assert streams.ping_seconds == 12
    monkeypatch.setattr(streams, "ping_seconds", 0.01)
    async with streaming(office, clerk, WAIT) as answer:
        text = answer.aiter_text()
        assert await anext(text) == ": ping\n\n"
    await eventually(lambda: says(calm, "began", "ended"))


async def test_a_client_that_leaves_ends_its_subscription(
    office: Office, clerk: str, calm: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    async with streaming(office, clerk, WAIT):
        await eventually(lambda: says(calm, "began"))
    await eventually(lambda: says(calm, "began", "ended"))
    shown = capfd.readouterr()
    assert "Traceback" not in shown.out + shown.err


async def test_a_server_that_stops_cuts_streams_off(
    office: Office, clerk: str, streams: OpenStreams, calm: list[str]
) -> None:
    async with streaming(office, clerk, WAIT) as answer:
        await eventually(lambda: says(calm, "began"))
        streams.close()
        assert [chunk async for chunk in answer.aiter_text()] == []
    await eventually(lambda: says(calm, "began", "ended"))


async def test_a_person_may_have_so_many_streams_at_once(
    office: Office, streams: OpenStreams, monkeypatch: pytest.MonkeyPatch, calm: list[str]
) -> None:
    assert streams.each_max == 100
    monkeypatch.setattr(streams, "each_max", 2)
    token, other = office.issuer.token("greedy"), office.issuer.token("modest")
    async with streaming(office, token, WAIT), streaming(office, token, WAIT):
        refused = await office.post(token, TICKS, **STREAM)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_MANY_OPERATIONS"}
        assert len(told((await office.post(other, TICKS, **STREAM)).text)) == 2
    await eventually(lambda: says(calm, "began", "began", "ended", "ended"))
    assert len(told((await office.post(token, TICKS, **STREAM)).text)) == 2

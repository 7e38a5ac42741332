"""The examples of subscriptions: each begins behind a cursor, and resumes behind the last one when it breaks."""

from typing import Any

import pytest

from api.streams import encode_position
from tests.architecture.sources import ROOT
from tests.examples.running import Frontend

BEGINNING = encode_position(0)


def positions(events: list[dict[str, Any]]) -> list[int]:
    return [each["position"] for each in events]


async def test_events_over_a_websocket(frontend: Frontend) -> None:
    first = await frontend.run("streams/websocket.mjs", BEGINNING, "5", as_person="otto.auditor")
    assert positions(first) == [1, 2, 3, 4, 5]
    rest = await frontend.run("streams/websocket.mjs", first[-1]["cursor"], "3", as_person="otto.auditor")
    assert positions(rest) == [6, 7, 8]


async def test_events_over_server_sent_events(frontend: Frontend) -> None:
    first = await frontend.run("streams/sse.mjs", BEGINNING, "5", as_person="otto.auditor")
    assert positions(first) == [1, 2, 3, 4, 5]
    rest = await frontend.run("streams/sse.mjs", first[-1]["cursor"], "3", as_person="otto.auditor")
    assert positions(rest) == [6, 7, 8]


@pytest.mark.parametrize("example", ["websocket.mjs", "sse.mjs"])
async def test_connections_that_break_lose_nothing_and_repeat_nothing(frontend: Frontend, example: str) -> None:
    program = str(ROOT / "tests" / "node" / "broken-connections.mjs")
    followed = str(frontend.folder / "streams" / example)
    told = await frontend.run(program, followed, BEGINNING, "8", as_person="otto.auditor")
    assert positions(told["taken"]) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert told["connections"] == 3


@pytest.mark.parametrize("example", ["websocket.mjs", "sse.mjs"])
async def test_what_is_refused_for_good_is_not_tried_again(frontend: Frontend, example: str) -> None:
    program = f"streams/{example}"
    stranger = {"WHARFINGER_TOKEN": "nonsense"}
    no_cursor = await frontend.attempt(program, "nonsense", as_person="otto.auditor")
    nobody = await frontend.attempt(program, BEGINNING, **stranger)
    assert (no_cursor.said, nobody.said) == ("", "")
    assert (no_cursor.code, nobody.code) == (1, 1)


async def test_a_subscription_through_urql(frontend: Frontend) -> None:
    event = await frontend.run("urql/follow.mjs", BEGINNING, as_person="otto.auditor")
    assert event["position"] == 1

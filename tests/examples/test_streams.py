"""The examples of subscriptions: each begins behind a cursor, and resumes behind the last one when it breaks."""

from typing import Any

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


async def test_connections_that_break_lose_nothing_and_repeat_nothing(frontend: Frontend) -> None:
    program = str(ROOT / "tests" / "node" / "broken-sockets.mjs")
    example = str(frontend.folder / "streams" / "websocket.mjs")
    told = await frontend.run(program, example, BEGINNING, "8", as_person="otto.auditor")
    assert positions(told["taken"]) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert told["sockets"] == 3


async def test_a_subscription_through_urql(frontend: Frontend) -> None:
    event = await frontend.run("urql/follow.mjs", BEGINNING, as_person="otto.auditor")
    assert event["position"] == 1

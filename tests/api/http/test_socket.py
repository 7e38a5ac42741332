"""GraphQL over WebSocket: who may talk, what is understood, and how a connection ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from api.http.endpoint import GraphQLEndpoint
from api.values.ids import encode_id
from kernel.ids import new_id
from tests.api.office import SECRET
from tests.api.serving import ORIGIN, Office
from tests.api.writes.test_writes import WRITE, note
from tests.factories.world import World

TRANSPORT = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def dialled(office: Office, **options: Any) -> AsyncIterator[ClientConnection]:
    """An open socket on which nothing was said."""
    address = f"ws://{office.address}/graphql"
    async with connect(address, **{"subprotocols": [TRANSPORT], "proxy": None, **options}) as wire:
        yield wire


@asynccontextmanager
async def begun(office: Office, token: str) -> AsyncIterator[ClientConnection]:
    """A socket of someone who is signed in."""
    async with dialled(office) as wire:
        await say(wire, type="connection_init", payload={"Authorization": f"Bearer {token}"})
        assert await heard(wire) == {"type": "connection_ack"}
        yield wire


async def say(wire: ClientConnection, **message: Any) -> None:
    await wire.send(json.dumps(message))


async def heard(wire: ClientConnection) -> Any:
    """The next message, which must be text."""
    message = await asyncio.wait_for(wire.recv(), 5)
    assert isinstance(message, str)
    return json.loads(message)


async def end_of(wire: ClientConnection) -> int:
    """The code by which the server closes."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(5):
            async for _ in wire:
                pass
    assert wire.close_code is not None
    return wire.close_code


async def subscribe(wire: ClientConnection, query: str, name: str = "1", **variables: Any) -> None:
    await say(wire, type="subscribe", id=name, payload={"query": query, "variables": variables})


async def test_a_subscription_is_pushed_to_its_end(office: Office, clerk: str) -> None:
    async with begun(office, clerk) as wire:
        await subscribe(wire, "subscription { ticks(upTo: 2) }")
        told = [await heard(wire) for _ in range(3)]
        texts = [message["payload"]["data"]["ticks"] for message in told[:2]]
        assert [text.split()[-1] for text in texts] == ["1", "2"]
        assert texts[0].startswith("customer_service-")
        assert told[2] == {"id": "1", "type": "complete"}


async def test_queries_and_mutations_are_served_too(office: Office, clerk: str, north: World) -> None:
    async with begun(office, clerk) as wire:
        await subscribe(wire, WRITE, input=note(north))
        message = await heard(wire)
        assert message["payload"]["data"]["writeNote"]["legalEntity"] == {
            "id": encode_id("LegalEntity", north.entity_id),
            "name": f"Company {north.tag}",
        }
        assert (await heard(wire))["type"] == "complete"


@pytest.mark.parametrize("payload", [{"token": None}, {"authorization": None}])
async def test_a_token_may_come_in_three_ways(office: Office, clerk: str, payload: dict[str, Any]) -> None:
    given = {"token": clerk} if "token" in payload else {"authorization": f"bearer {clerk}"}
    async with dialled(office) as wire:
        await say(wire, type="connection_init", payload=given)
        assert await heard(wire) == {"type": "connection_ack"}
    async with dialled(office, additional_headers={"authorization": f"Bearer {clerk}"}) as wire:
        await say(wire, type="connection_init")
        assert await heard(wire) == {"type": "connection_ack"}


async def test_nobody_is_served_without_signing_in(office: Office, clerk: str) -> None:
    for payload, code in (
        ({}, 4401),
        ({"token": 7}, 4401),
        ({"token": "nonsense"}, 4403),
        ({"Authorization": "Bearer x"}, 4403),
    ):
        async with dialled(office) as wire:
            await say(wire, type="connection_init", payload=payload)
            assert await end_of(wire) == code
    async with dialled(office) as wire:
        await subscribe(wire, "{ viewer { subject } }")
        assert await end_of(wire) == 4401
    async with begun(office, clerk) as wire:
        await say(wire, type="connection_init", payload={"token": clerk})
        assert await end_of(wire) == 4429


async def test_a_socket_does_not_outlive_its_token(office: Office) -> None:
    short = office.issuer.token("someone", lifetime=timedelta(seconds=60))
    async with begun(office, short) as wire:
        await subscribe(wire, "{ viewer { subject } }")
        assert (await heard(wire))["payload"]["data"] == {"viewer": {"subject": "someone"}}
        assert (await heard(wire))["type"] == "complete"
        office.clock.wait(seconds=91)
        try:
            await subscribe(wire, "{ viewer { subject } }")
            assert await end_of(wire) == 4403
        finally:
            office.clock.wait(seconds=-91)


MALFORMED: dict[str, str | bytes] = {
    "no JSON": "{",
    "deep JSON": "[" * 3000 + "]" * 3000,
    "deep payload": '{"type": "ping", "payload": ' + '{"a":' * 3000 + "1" + "}" * 3001,
    "a number": "7",
    "a list": "[]",
    "no type": "{}",
    "an odd type": '{"type": ["ping"]}',
    "an unknown type": '{"type": "shout"}',
    "no id": '{"type": "subscribe", "payload": {"query": "{ __typename }"}}',
    "an odd id": '{"type": "subscribe", "id": [1], "payload": {"query": "{ __typename }"}}',
    "an odd completion": '{"type": "complete", "id": {}}',
    "no payload": '{"type": "subscribe", "id": "1"}',
    "an odd payload": '{"type": "subscribe", "id": "1", "payload": [1]}',
    "a lone surrogate": '{"type": "ping", "payload": {"a": "\\ud800"}}',
    "too much": '{"type": "ping", "payload": {"a": "' + "x" * 300_000 + '"}}',
    "an init that is none": '{"type": "connection_init", "payload": 7}',
    "bytes": b"\xff\xfe",
    "JSON as bytes": b'{"type": "ping"}',
}


@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_message_that_is_not_understood_ends_the_connection(office: Office, clerk: str, kind: str) -> None:
    async with begun(office, clerk) as wire:
        await wire.send(MALFORMED[kind])
        assert await end_of(wire) == 4400


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ viewer {"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ a } { b }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({}, "BAD_REQUEST"),
        ({"query": 7}, "BAD_REQUEST"),
        ({"query": "{ __typename }", "variables": [1]}, "BAD_REQUEST"),
        ({"query": "{ __typename }", "operationName": {}}, "BAD_REQUEST"),
        ({"query": "{ __typename }", "variables": {"a": "\x00"}}, "BAD_REQUEST"),
        ({"query": "{ viewer " * 100 + "}" * 100}, "BAD_REQUEST"),
        ({"query": "query A { __typename }", "operationName": "B"}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_bad_operation_ends_alone(office: Office, clerk: str, payload: dict[str, Any], code: str) -> None:
    async with begun(office, clerk) as wire:
        await say(wire, type="subscribe", id="bad", payload=payload)
        message = await heard(wire)
        assert (message["id"], message["type"]) == ("bad", "error")
        assert message["payload"][0]["extensions"]["code"] == code
        await subscribe(wire, '{ echo(text: "still here") }', "good")
        assert (await heard(wire))["payload"]["data"] == {"echo": "still here"}


async def test_faults_of_ours_are_masked_in_answers_and_streams(office: Office, clerk: str) -> None:
    with capture_logs() as logs:
        async with begun(office, clerk) as wire:
            await subscribe(wire, "{ broken }")
            first = [await heard(wire), await heard(wire)]
            await subscribe(wire, "subscription { ticks(upTo: 9) }", "2")
            rest = [await heard(wire) for _ in range(5)]
    told = json.dumps([first, rest])
    assert SECRET not in told
    assert "RuntimeError" not in told
    assert first[0]["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert [message["type"] for message in rest] == ["next", "next", "next", "next", "complete"]
    assert rest[3]["payload"]["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert all(SECRET in str(entry["exc_info"]) for entry in logs)
    assert len(logs) == 2


async def test_who_says_nothing_is_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = next(route.app for route in office.routes if isinstance(route.app, GraphQLEndpoint))
    assert endpoint.connection_init_wait_timeout == timedelta(seconds=5)
    monkeypatch.setattr(endpoint, "connection_init_wait_timeout", timedelta(milliseconds=50))
    async with dialled(office) as wire:
        assert await end_of(wire) == 4408


async def test_only_one_protocol_is_spoken(office: Office) -> None:
    for protocols in ([Subprotocol("graphql-ws")], None):
        async with dialled(office, subprotocols=protocols) as wire:
            assert await end_of(wire) == 4406


async def test_pages_of_other_origins_may_not_open_a_socket(office: Office) -> None:
    async with dialled(office, origin=Origin(ORIGIN)) as wire:
        await say(wire, type="connection_init")
        assert await end_of(wire) == 4401
    with pytest.raises(InvalidStatus) as refused:
        async with dialled(office, origin=Origin("https://elsewhere.example")):
            pass
    assert refused.value.response.status_code == 403


async def test_a_client_that_leaves_in_the_middle_leaves_no_traceback(
    office: Office, clerk: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logs:
        async with begun(office, clerk) as wire:
            await subscribe(wire, "subscription { ticks(upTo: 3) }")
            await subscribe(wire, "{ viewer { subject } }", str(new_id()))
            wire.transport.abort()
        for _ in range(3):
            await office.post(clerk, {"query": "{ __typename }"})
    shown = capfd.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert logs == []

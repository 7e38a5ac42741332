"""Subscriptions to events: who is told what, where a stream begins, and how it ends."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLError
from sqlalchemy import bindparam, update

from api.context import RequestContext
from api.streams import StreamRequest, decode_position, encode_position, follow_events
from api.values.ids import encode_bytes, encode_id
from api.values.scalars import Cursor
from authz.model import RoleGrant
from authz.policies.stored import apply_next_version
from authz.vocabulary import Resource, Role
from kernel.hub import Hub
from kernel.ids import new_id
from kernel.statements import write
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.serving import Office
from tests.api.test_place_sales_order import order_of, place
from tests.databases import writing
from tests.factories.outbox import DEADLINE_SECONDS, Outbox, at_work, eventually
from tests.factories.world import World

EVENTS = """
subscription Follow($after: Cursor, $entityId: ID, $types: [String!], $subjectId: ID) {
  events(after: $after, entityId: $entityId, types: $types, subjectId: $subjectId) {
    id type subjectType subjectId entityId actor onBehalfOf payload occurredAt position cursor
  }
}
"""
CASES = """
subscription Watch($after: Cursor) {
  exceptionEvents(after: $after) {
    kind caseId entityId type status summary severity currency ownerRole occurrences actor occurredAt cursor
  }
}
"""
START = encode_position(0)

_SET_END = update(RoleGrant).where(RoleGrant.subject == bindparam("of_subject")).values(valid_until=bindparam("end"))


def events_of(world: World) -> dict[str, Any]:
    return {"entityId": encode_id("LegalEntity", world.entity_id)}


def told(message: Any, field: str = "events") -> Any:
    """What a `next` message says."""
    assert message["type"] == "next", message
    return message["payload"]["data"][field]


@pytest.fixture
async def seller(house: Office, world: World) -> str:
    """The token of somebody who takes orders in the world."""
    return await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)


@pytest.fixture
def outbox(house: Office, world: World) -> Outbox:
    """Records events in the world beside its operations."""
    return Outbox(house.parts.database, world.entity_id)


async def happen(house: Office, outbox: Outbox, number: int, **changed: Any) -> None:
    """Something happens in the world."""
    await outbox.commit(number, **changed)
    house.parts.operations.committed()


async def test_a_short_order_is_an_event_and_opens_a_case(house: Office, world: World, seller: str) -> None:
    lamp = await world.item("lamp", price="20.00")
    line = {"itemId": encode_id("Item", lamp), "quantity": "2"}
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, "events", **events_of(world), after=START, types=["SalesOrderPlaced"])
        await subscribe(wire, CASES, "cases", after=START)
        order = (await place(house, seller, order_of(world, [line])))["salesOrder"]
        messages = [await heard(wire) for _ in range(2)]
    by_name = {message["id"]: message for message in messages}

    event = told(by_name["events"])
    assert (event["type"], event["subjectType"], event["subjectId"]) == ("SalesOrderPlaced", "SalesOrder", order["id"])
    assert event["entityId"] == encode_id("LegalEntity", world.entity_id)
    assert event["actor"].startswith("customer_service-")
    assert event["onBehalfOf"] is None
    assert (event["payload"]["total"], event["payload"]["shortLines"]) == ("40.00", 1)
    assert event["payload"]["customerId"] == encode_id("Customer", world.customer_id)
    assert event["payload"]["siteId"] == encode_id("Location", world.site_id, world.entity_id)
    assert event["occurredAt"] == house.clock.now.isoformat().replace("+00:00", "Z")
    assert event["cursor"] == encode_position(event["position"])

    case = told(by_name["cases"], "exceptionEvents")
    assert (case["kind"], case["type"], case["occurrences"]) == ("OPENED", "SHORTAGE", 1)
    assert (case["severity"], case["currency"]) == (None, "EUR")
    query = "query($id: ID!) { node(id: $id) { ... on ExceptionCase { id summary } } }"
    found = await house.ask(seller, query, id=case["caseId"])
    assert found["node"] == {"id": case["caseId"], "summary": case["summary"]}


async def test_a_client_resumes_behind_its_cursor(house: Office, outbox: Outbox, world: World, seller: str) -> None:
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START)
        await happen(house, outbox, 1)
        cursor = told(await heard(wire))["cursor"]
    await happen(house, outbox, 2)
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=cursor)
        assert told(await heard(wire))["payload"] == {"number": 2}
        await happen(house, outbox, 3)
        assert told(await heard(wire))["payload"] == {"number": 3}


async def test_what_happens_to_one_object_is_followed_by_its_id(
    house: Office, outbox: Outbox, world: World, seller: str
) -> None:
    hammer = await world.item("hammer")
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, after=START, subjectId=encode_id("Item", hammer))
        await happen(house, outbox, 1)
        await happen(house, outbox, 2, subject_id=hammer)
        event = told(await heard(wire))
    # An item belongs to the whole group, so that its id names no legal entity although the event does.
    assert (event["payload"], event["subjectId"]) == ({"number": 2}, encode_id("Item", hammer))


async def test_another_entitys_events_are_not_told(house: Office, outbox: Outbox, north: World, seller: str) -> None:
    elsewhere = Outbox(house.parts.database, north.entity_id)
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, after=START, types=["GoodsCounted"])
        await happen(house, elsewhere, 1)
        await happen(house, outbox, 2)
        assert told(await heard(wire))["payload"] == {"number": 2}
        await happen(house, elsewhere, 3)
        await happen(house, outbox, 4)
        assert told(await heard(wire))["payload"] == {"number": 4}
        await subscribe(wire, EVENTS, "north", **events_of(north))
        assert (await heard(wire))["payload"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_who_may_not_read_the_subject_may_not_read_its_events(
    house: Office, outbox: Outbox, world: World
) -> None:
    keeper = await house.hire(Role.WAREHOUSE, world.entity_id)
    accountant = await house.hire(Role.FINANCE, world.entity_id)
    for number, subject_type in enumerate(("SupplierInvoice", "SalesOrder")):
        await happen(house, outbox, number, subject_type=subject_type)
    for token, first in ((keeper, 1), (accountant, 0)):
        async with begun(house, token) as wire:
            await subscribe(wire, EVENTS, **events_of(world), after=START)
            assert told(await heard(wire))["payload"] == {"number": first}


async def test_who_may_read_no_events_is_told_so(house: Office, world: World) -> None:
    steward = await house.hire(Role.STEWARD_ITEM, world.entity_id)
    async with begun(house, steward) as wire:
        for query in (EVENTS, CASES):
            await subscribe(wire, query)
            message = await heard(wire)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


async def test_a_stream_goes_silent_with_a_withdrawn_grant(house: Office, outbox: Outbox, world: World) -> None:
    token = await house.hire(Role.BUYER, world.entity_id)
    async with begun(house, token) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START)
        await happen(house, outbox, 1)
        event = told(await heard(wire))
        assert event["payload"] == {"number": 1}
        subject = (await house.ask(token, "{ viewer { subject } }"))["viewer"]["subject"]

        house.clock.wait(seconds=1)
        await _end_grant(house, subject, house.clock.now)
        house.clock.wait(seconds=11)
        await house.post(token, {"query": "{ viewer { subject } }"})  # from now on they are known without the grant
        await happen(house, outbox, 2)
        await eventually(lambda: _handed_out(house.parts.hub, event["position"] + 1))

        await _end_grant(house, subject, None)
        house.clock.wait(seconds=11)
        await happen(house, outbox, 3)
        assert told(await heard(wire))["payload"] == {"number": 3}


async def test_a_stream_is_silent_at_once_when_the_policy_says_so(house: Office, outbox: Outbox, world: World) -> None:
    """No time passes: the event was committed after the grant had ended, so it is decided without the grant."""
    token = await house.hire(Role.BUYER, world.entity_id)
    async with begun(house, token) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START)
        await happen(house, outbox, 1)
        event = told(await heard(wire))
        subject = (await house.ask(token, "{ viewer { subject } }"))["viewer"]["subject"]
        await _end_grant(house, subject, house.clock.now + timedelta(microseconds=1))
        house.clock.wait(seconds=0.01)
        await _count_version(house)
        await happen(house, outbox, 2)
        await eventually(lambda: _handed_out(house.parts.hub, event["position"] + 1))
        await eventually(lambda: _looked_anew(house))
        await _end_grant(house, subject, None)
        await _count_version(house)
        await happen(house, outbox, 3)
        assert told(await heard(wire))["payload"] == {"number": 3}


async def test_a_stream_ends_with_its_token(house: Office, outbox: Outbox, world: World, seller: str) -> None:
    subject = (await house.ask(seller, "{ viewer { subject } }"))["viewer"]["subject"]
    async with begun(house, house.issuer.token(subject, lifetime=timedelta(seconds=5))) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START)
        await happen(house, outbox, 1)
        assert told(await heard(wire))["payload"] == {"number": 1}
        house.clock.wait(minutes=1)
        await happen(house, outbox, 2)
        (error,) = (await heard(wire))["payload"]["errors"]
        assert error["extensions"]["code"] == "TOKEN_EXPIRED"
        assert (await heard(wire))["type"] == "complete"


@pytest.mark.parametrize(
    ("cursor", "why"),
    [
        ("", "malformed"),
        ("!!!!", "malformed"),
        ("AQ", "malformed"),
        (encode_bytes(bytes([2, *bytes(7), 1])), "malformed"),
        (encode_bytes(bytes([1, *[255] * 8])), "malformed"),
        (START + "=", "malformed"),
        (encode_bytes(b'["6c1f0a2b","2026-03-02"]'), "malformed"),
        (encode_position(2**62), "ahead of the stream"),
    ],
)
async def test_a_bad_cursor_is_a_clear_answer(house: Office, seller: str, cursor: str, why: str) -> None:
    async with begun(house, seller) as wire:
        await subscribe(wire, EVENTS, after=cursor)
        message = await heard(wire)
        (error,) = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert error["extensions"]["code"] == "VALIDATION_FAILED"
        assert why in error["message"]


async def test_ids_that_are_none_are_refused(house: Office, seller: str) -> None:
    async with begun(house, seller) as wire:
        for wrong in ({"entityId": "x"}, {"subjectId": "x"}, {"entityId": encode_id("Item", new_id())}):
            await subscribe(wire, EVENTS, **wrong)
            message = await heard(wire)
            assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "VALIDATION_FAILED")


async def test_a_slow_client_is_told_where_to_resume(house: Office, outbox: Outbox, seller: str) -> None:
    hub = Hub(house.parts.database.worker, queue_max=2)
    context = RequestContext(parts=replace(house.parts, hub=hub), request_id="slow", token=seller)
    await context.identify()
    asked = StreamRequest(after=None, types=["GoodsCounted"])
    stream = follow_events(context, asked, resource=Resource.EVENT, authorise_event=lambda *_: True)
    async with at_work(hub.run), aclosing(stream), asyncio.timeout(DEADLINE_SECONDS):
        first = asyncio.ensure_future(anext(stream))
        await eventually(lambda: _follows(hub))
        await happen(house, outbox, 1)
        position = (await first).position
        await happen(house, outbox, 2)
        for number in (3, 4):
            await happen(house, outbox, number)
        await eventually(lambda: _handed_out(hub, position + 3))
        with pytest.raises(GraphQLError) as refused:
            await anext(stream)
    assert refused.value.extensions == {"code": "SLOW_CLIENT", "cursor": encode_position(position)}


def test_a_cursor_names_a_position() -> None:
    assert encode_position(1) == "AQAAAAAAAAAB"
    for position in (0, 1, 255, 2**53, 2**63 - 1):
        assert decode_position(Cursor(encode_position(position))) == position


async def _end_grant(house: Office, subject: str, end: datetime | None) -> None:
    async with writing(house.activation) as driver:
        await write(driver, _SET_END, {"of_subject": subject, "end": end})


async def _count_version(house: Office) -> None:
    """As an activation does that changes grants."""
    async with writing(house.activation) as driver:
        await apply_next_version(driver)


async def _follows(hub: Hub) -> bool:
    return hub.subscribers == 1


async def _looked_anew(house: Office) -> bool:  # by the version that the hub has read
    return house.parts.identities.policy_version == house.parts.hub.version


async def _handed_out(hub: Hub, position: int) -> bool:
    return hub.position >= position

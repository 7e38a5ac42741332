"""What stays open ends with what opened it: the token, the key, the delegation, the last role."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection

from api.http import watch
from authz.identity.model import ApiKey
from authz.vocabulary import Role
from kernel.statements import write
from tests.api.http.test_event_stream import STREAM, WAIT, told
from tests.api.http.test_socket import begun, dialled, end_of, heard, say, subscribe
from tests.api.office import says
from tests.api.people import delegate, give_key, grant, somebody
from tests.api.serving import Office
from tests.databases import writing
from tests.factories.outbox import eventually
from tests.factories.world import World


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks again soon: the office's clock stands still, and what ends is moved past by hand."""
    monkeypatch.setattr(watch, "RECHECK_SECONDS_MAX", 0.05)
    monkeypatch.setattr(watch, "RECHECK_SECONDS_MIN", 0.01)


async def closed(wire: ClientConnection) -> tuple[int, str | None]:
    code = await end_of(wire)
    return code, wire.close_reason


async def test_a_socket_ends_with_its_token_though_nothing_is_said(office: Office, calm: list[str]) -> None:
    short = office.issuer.token("someone", lifetime=timedelta(seconds=60))
    async with begun(office, short) as wire:
        await subscribe(wire, WAIT)
        await eventually(lambda: says(calm, "began"))
        office.clock.wait(seconds=90)
        try:
            assert await closed(wire) == (4403, "The token has expired.")
            await eventually(lambda: says(calm, "began", "ended"))
        finally:
            office.clock.wait(seconds=-90)


async def test_a_socket_ends_with_the_last_role(office: Office, north: World) -> None:
    guest = somebody("guest")
    until = office.clock.now + timedelta(hours=1)
    await grant(office, guest, Role.CUSTOMER_SERVICE, north.entity_id, valid_until=until)
    async with begun(office, office.issuer.token(guest)) as wire:
        office.clock.wait(hours=1)
        try:
            assert await closed(wire) == (4403, "You have no role any more.")
        finally:
            office.clock.wait(hours=-1)


async def test_a_socket_goes_on_with_the_roles_that_remain(office: Office, north: World) -> None:
    guest = somebody("guest")
    until = office.clock.now + timedelta(hours=1)
    await grant(office, guest, Role.CUSTOMER_SERVICE, north.entity_id, valid_until=until)
    await grant(office, guest, Role.WAREHOUSE, north.entity_id)
    async with begun(office, office.issuer.token(guest)) as wire:
        office.clock.wait(hours=1)
        try:
            await asyncio.sleep(0.1)
            await subscribe(wire, "{ viewer { roles { role } } }")
            assert (await heard(wire))["payload"]["data"] == {"viewer": {"roles": [{"role": "warehouse"}]}}
        finally:
            office.clock.wait(hours=-1)


async def test_a_socket_ends_with_its_key(office: Office) -> None:
    key = await give_key(office, somebody("shop"), "item:read")
    async with begun(office, key.text) as wire:
        await subscribe(wire, "{ viewer { subject } }")
        assert (await heard(wire))["type"] == "next"
        async with writing(office.activation) as driver:
            revoked = update(ApiKey).where(ApiKey.prefix == key.prefix).values(revoked_at=office.clock.now)
            await write(driver, revoked, {})
        office.parts.identities.forget()
        assert await closed(wire) == (4403, "The key was revoked.")


async def test_a_socket_speaks_for_another_while_they_let_it(office: Office) -> None:
    dora, stan = somebody("dora"), somebody("stan")
    await delegate(office, dora, to=stan, hours=1)
    token = office.issuer.token(stan)
    async with dialled(office) as wire:
        await say(wire, type="connection_init", payload={"token": token, "X-Acting-For": dora})
        assert await heard(wire) == {"type": "connection_ack"}
        await subscribe(wire, "{ viewer { subject onBehalfOf } }")
        assert (await heard(wire))["payload"]["data"] == {"viewer": {"subject": stan, "onBehalfOf": dora}}
        office.clock.wait(hours=1)
        try:
            code, reason = await closed(wire)
            assert (code, reason) == (4403, "You may not act for them: there is no delegation that holds now.")
        finally:
            office.clock.wait(hours=-1)
    async with dialled(office) as wire:
        await say(wire, type="connection_init", payload={"token": token, "x-acting-for": "nobody"})
        assert await end_of(wire) == 4403


async def test_a_stream_ends_with_its_token_and_says_why(office: Office, calm: list[str]) -> None:
    short = office.issuer.token("someone", lifetime=timedelta(seconds=60))
    reading = asyncio.create_task(office.post(short, {"query": WAIT}, **STREAM))
    await eventually(lambda: says(calm, "began"))
    office.clock.wait(seconds=90)
    try:
        (document,) = told((await asyncio.wait_for(reading, 5)).text)
    finally:
        office.clock.wait(seconds=-90)
    assert document == {"errors": [{"message": "The token has expired.", "extensions": {"code": "TOKEN_EXPIRED"}}]}
    await eventually(lambda: says(calm, "began", "ended"))


async def test_what_cannot_be_judged_goes_on(office: Office, north: World, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = somebody("guest")
    await grant(office, guest, Role.CUSTOMER_SERVICE, north.entity_id)
    asked: list[str] = []

    async def broken(*_: Any) -> None:
        asked.append("who")
        raise ConnectionRefusedError

    async with begun(office, office.issuer.token(guest)) as wire:
        office.parts.identities.forget()
        with monkeypatch.context() as patched:
            patched.setattr(office.parts.identities._directory, "actor", broken)  # noqa: SLF001 - the database is away
            await eventually(lambda: _often(asked))
        await subscribe(wire, "{ viewer { subject } }")
        message = await heard(wire)
    assert json.dumps(message).count(guest) == 1


async def _often(asked: list[str]) -> bool:
    return len(asked) > 2

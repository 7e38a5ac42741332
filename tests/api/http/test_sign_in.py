"""Signing in over HTTP: by key, for somebody else, and how often one may fail."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.faults import RequestRefused
from api.identity import Credentials
from api.rates import Rates
from api.values.ids import encode_id
from authz.identity.api_keys import make_key
from authz.identity.attempts import Attempts
from authz.identity.refusals import Reason
from authz.vocabulary import Role
from kernel.buckets import Buckets
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.office import make_office_schema
from tests.api.people import delegate, give_key, grant, same_person, somebody
from tests.api.serving import Office, at_another_door
from tests.api.writes.test_writes import WRITE, note
from tests.factories.world import World

WHO = "{ viewer { subject onBehalfOf roles { role } } }"


async def who(office: Office, token: str, **headers: str) -> Any:
    """What the viewer learns of themselves, or the code by which they are refused."""
    answer = await office.post(token, {"query": WHO}, **headers)
    document = answer.json()
    if "errors" in document:
        return answer.status_code, document["errors"][0]["extensions"]["code"]
    viewer = document["data"]["viewer"]
    return viewer["subject"], viewer["onBehalfOf"], [role["role"] for role in viewer["roles"]]


async def writes(office: Office, token: str, world: World, **headers: str) -> list[str]:
    """The codes by which a note is refused."""
    answer = await office.post(token, {"query": WRITE, "variables": {"input": note(world)}}, **headers)
    return [error["code"] for error in answer.json()["data"]["writeNote"]["errors"]]


@pytest.fixture
async def counter(office: Office) -> AsyncIterator[Office]:
    """The office by another door, where nobody has failed yet, and a minute lasts for ever."""
    attempts = Attempts(per_minute=5, buckets=Buckets(monotonic=lambda: 0.0))
    async with at_another_door(office, make_office_schema(), attempts=attempts) as counter:
        yield counter


async def test_a_key_signs_in_as_its_subject_with_the_rights_that_its_scopes_leave(
    office: Office, north: World
) -> None:
    shop = somebody("shop")
    await grant(office, shop, Role.CUSTOMER_SERVICE, north.entity_id)
    whole = await give_key(office, shop, "sales_order:create legal_entity:read")
    reading = await give_key(office, shop, "sales_order:read legal_entity:read")
    blind = await give_key(office, shop, "sales_order:create")
    assert await who(office, whole.text) == (shop, None, ["customer_service"])
    assert await writes(office, whole.text, north) == []
    assert await writes(office, reading.text, north) == ["FORBIDDEN"]
    assert await writes(office, blind.text, north) == ["NOT_FOUND"]

    entity = "query E($id: ID!) { entity(id: $id) { name } }"
    there = encode_id("LegalEntity", north.entity_id)
    assert (await office.ask(reading.text, entity, id=there))["entity"] == {"name": f"Company {north.tag}"}
    assert (await office.ask(blind.text, entity, id=there))["entity"] is None


async def test_a_scope_gives_nothing_that_the_subject_has_not(office: Office, north: World) -> None:
    auditor = somebody("auditor")
    await grant(office, auditor, Role.AUDITOR, north.entity_id)
    key = await give_key(office, auditor, "sales_order:create legal_entity:read")
    assert await writes(office, key.text, north) == ["FORBIDDEN"]


async def test_a_key_that_has_expired_or_was_revoked_opens_nothing(office: Office) -> None:
    shop = somebody("shop")
    now = office.clock.now
    short = await give_key(office, shop, "item:read", expires_at=now + timedelta(seconds=5))
    revoked = await give_key(office, shop, "item:read", revoked_at=now)
    assert await who(office, revoked.text) == (401, "UNAUTHENTICATED")
    assert await who(office, short.text) == (shop, None, [])
    office.clock.wait(seconds=5)
    try:
        assert await who(office, short.text) == (401, "TOKEN_EXPIRED")
    finally:
        office.clock.wait(seconds=-5)


async def test_who_acts_for_another_has_the_others_roles_under_their_own_name(office: Office, north: World) -> None:
    dora, stan = somebody("dora"), somebody("stan")
    await grant(office, dora, Role.CUSTOMER_SERVICE, north.entity_id)
    await grant(office, dora, Role.BUYER, north.entity_id)
    await grant(office, stan, Role.WAREHOUSE, north.entity_id)
    await delegate(office, dora, to=stan, roles="customer_service")
    token = office.issuer.token(stan)
    assert await who(office, token) == (stan, None, ["warehouse"])
    assert await who(office, token, **{"x-acting-for": dora}) == (stan, dora, ["customer_service"])
    assert await writes(office, token, north) == ["FORBIDDEN"]
    assert await writes(office, token, north, **{"x-acting-for": dora}) == []
    assert await who(office, token, **{"x-acting-for": stan}) == (stan, None, ["warehouse"])


async def test_nobody_acts_for_who_did_not_let_them(office: Office) -> None:
    dora, stan = somebody("dora"), somebody("stan")
    await delegate(office, dora, to=stan, hours=1)
    stans, doras = office.issuer.token(stan), office.issuer.token(dora)
    assert await who(office, doras, **{"x-acting-for": stan}) == (403, "NOT_DELEGATED"), "it goes one way"
    for nobody in ("", "nobody", "x" * 500, f"{dora}, {stan}", f"{dora}'--", "%"):
        assert await who(office, stans, **{"x-acting-for": nobody}) == (403, "NOT_DELEGATED"), nobody
    for mangled in (b"\xff\xfe", b"\xc3", "é".encode() * 300):
        headers = [(b"authorization", f"Bearer {stans}".encode()), (b"x-acting-for", mangled)]
        answer = await office.client.post("/graphql", json={"query": WHO}, headers=headers)
        assert answer.status_code == 403, mangled
    office.clock.wait(hours=1)
    try:
        assert await who(office, stans, **{"x-acting-for": dora}) == (403, "NOT_DELEGATED")
    finally:
        office.clock.wait(hours=-1)


async def test_a_name_beyond_ascii_is_sent_as_utf_8(office: Office) -> None:
    zoe, stan = somebody("zoë"), somebody("stan")
    await delegate(office, zoe, to=stan)
    token = office.issuer.token(stan)
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"x-acting-for", zoe.encode())]
    answer = await office.client.post("/graphql", json={"query": WHO}, headers=headers)
    assert answer.json()["data"]["viewer"]["onBehalfOf"] == zoe


async def test_the_memory_tells_for_whom_somebody_acts(office: Office) -> None:
    dora, stan = somebody("dora"), somebody("stan")
    await delegate(office, dora, to=stan)
    token = office.issuer.token(stan)
    for _ in range(2):
        assert await who(office, token, **{"x-acting-for": dora}) == (stan, dora, [])
        assert await who(office, token) == (stan, None, [])


async def test_the_actor_is_everybody_whose_deeds_are_theirs(office: Office) -> None:
    dora, doras_second, stan = somebody("dora"), somebody("dora-admin"), somebody("stan")
    person = await same_person(office, dora, doras_second)
    await delegate(office, dora, to=stan)
    identities, issuer = office.parts.identities, office.issuer
    credentials = (
        Credentials(issuer.token(doras_second)),
        Credentials(issuer.token(stan)),
        Credentials(issuer.token(stan), dora),
    )
    found = [(await identities.identify(each)).actor.ids for each in credentials]
    assert found == [{doras_second, person}, {stan, dora, person}, {stan, dora, person}], "who may stand in is no other"


async def test_who_guesses_keys_is_not_listened_to_for_a_while(counter: Office) -> None:
    shop = somebody("shop")
    key = await give_key(counter, shop, "item:read")
    assert await who(counter, key.text) == (shop, None, [])
    wrong = f"whk_{key.prefix}_{make_key().secret}"
    answers = [await who(counter, wrong) for _ in range(6)]
    assert answers == [(401, "UNAUTHENTICATED")] * 5 + [(429, "RATE_LIMITED")]
    refused = await counter.post(wrong, {"query": WHO})
    (error,) = refused.json()["errors"]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 12}
    assert refused.headers["retry-after"] == "12"
    assert await who(counter, key.text) == (shop, None, []), "who is known is not asked again"
    assert await who(counter, counter.issuer.token("somebody new")) == ("somebody new", None, [])

    told = counter.parts.identities.refusals.drain()
    assert told[Reason.KEY_REFUSED, "127.0.0.1"] == 5
    assert told[Reason.TOO_MANY_ATTEMPTS, "127.0.0.1"] == 2


async def shows(counter: Office, token: str, address: str) -> str | int:
    """Who it is that shows a key from an address, or the status of the refusal. Nobody is remembered."""
    counter.parts.identities.forget()
    try:
        return (await counter.parts.identities.identify(Credentials(token, address=address))).actor.subject
    except RequestRefused as refused:
        return refused.status


async def test_whose_key_others_guess_is_let_in(counter: Office) -> None:
    """Neither somebody at one address nor many at many lock them out; nobody who is wrong is told so for ever."""
    shop = somebody("shop")
    key, colleagues = await give_key(counter, shop, "item:read"), await give_key(counter, shop, "item:read")
    wrong = f"whk_{key.prefix}_{make_key().secret}"
    assert [await shows(counter, wrong, "192.0.2.1") for _ in range(6)] == [401] * 5 + [429]
    assert await shows(counter, key.text, "192.0.2.1") == 429, "at that address the secret is not looked at"
    assert await shows(counter, colleagues.text, "192.0.2.1") == shop
    assert await shows(counter, key.text, "192.0.2.2") == shop

    assert [await shows(counter, wrong, f"198.51.100.{number}") for number in range(5)] == [429] * 5
    assert await shows(counter, key.text, "198.51.100.99") == shop
    assert await shows(counter, key.text, "198.51.100.1") == shop


async def test_what_is_wrong_with_a_right_key_is_told_all_the_same(counter: Office) -> None:
    """Only who does not know the secret is told to wait."""
    shop = somebody("shop")
    key = await give_key(counter, shop, "item:read")
    wrong = f"whk_{key.prefix}_{make_key().secret}"
    assert [await shows(counter, wrong, f"198.51.100.{number}") for number in range(6)] == [401] * 5 + [429]
    credentials = Credentials(key.text, acting_for="nobody", address="192.0.2.2")
    with pytest.raises(RequestRefused) as refused:
        await counter.parts.identities.identify(credentials)
    assert refused.value.status == 403


async def test_requests_are_paid_by_what_they_may_read(office: Office, north: World) -> None:
    seconds = [0.0]
    rates = Rates(per_minute=140, buckets=Buckets(monotonic=lambda: seconds[0]))
    async with at_another_door(office, make_office_schema(), rates=rates) as shop:
        first, second = somebody("first"), somebody("second")
        await grant(shop, first, Role.CUSTOMER_SERVICE, north.entity_id)
        token = shop.issuer.token(first)
        for _ in range(4):
            assert await writes(shop, token, north) == []
        assert await who(shop, token) == (first, None, ["customer_service"])
        seconds[0] = 0.5
        for _ in range(11):
            await who(shop, token)
        refused = await ask_until_refused(shop, token)
        assert refused.status_code == 429
        assert refused.json()["errors"][0]["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 1, "limit": 140}
        assert refused.headers["retry-after"] == "1"
        assert await who(shop, shop.issuer.token(second)) == (second, None, [])
        seconds[0] += 0.5
        assert await who(shop, token) == (first, None, ["customer_service"])


async def ask_until_refused(office: Office, token: str) -> httpx.Response:
    for _ in range(200):
        answer = await office.post(token, {"query": WHO})
        if answer.status_code == 429:
            return answer
    raise AssertionError("never refused")


async def test_a_socket_is_told_to_wait_for_its_operations(office: Office) -> None:
    rates = Rates(per_minute=2, buckets=Buckets(monotonic=lambda: 0.0))
    ticks = "subscription { ticks(upTo: 1) }"
    async with (
        at_another_door(office, make_office_schema(), rates=rates) as shop,
        begun(shop, shop.issuer.token(somebody("shop"))) as wire,
    ):
        for name, query in (("1", WHO), ("2", ticks)):
            await subscribe(wire, query, name)
            assert [(await heard(wire))["type"] for _ in range(2)] == ["next", "complete"]
        for name, query in (("3", WHO), ("4", ticks)):
            await subscribe(wire, query, name)
            message = await heard(wire)
            assert (message["id"], message["type"]) == (name, "error")
            assert message["payload"][0]["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 30, "limit": 2}


async def test_a_key_has_a_budget_of_its_own(office: Office) -> None:
    rates = Rates(per_minute=1_000, buckets=Buckets(monotonic=lambda: 0.0))
    async with at_another_door(office, make_office_schema(), rates=rates) as shop:
        machine = somebody("machine")
        small = await give_key(shop, machine, "item:read", cost_per_minute=2)
        usual = await give_key(shop, machine, "item:read")
        expected: list[Any] = [(machine, None, [])] * 2 + [(429, "RATE_LIMITED")]
        assert [await who(shop, small.text) for _ in range(3)] == expected
        assert [await who(shop, usual.text) for _ in range(3)] == [(machine, None, [])] * 3


async def test_whoever_is_forgotten_is_identified_anew(office: Office) -> None:
    shop = somebody("shop")
    key = await give_key(office, shop, "item:read")
    identities = office.parts.identities
    credentials = Credentials(key.text)
    first = await identities.identify(credentials)
    assert identities.remembered(credentials) is first
    identities.forget()
    assert identities.remembered(credentials) is None
    assert (await identities.identify(credentials)).actor.subject == shop
    with pytest.raises(RequestRefused):
        await identities.identify(Credentials(make_key().text))


async def test_who_has_roles_for_several_partners_is_told_so(office: Office, north: World) -> None:
    shop = somebody("shop")
    for partner in (north.supplier_id, north.customer_id):
        await grant(office, shop, Role.SUPPLIER_USER, north.entity_id, partner_id=partner)
    assert await who(office, office.issuer.token(shop)) == (403, "SEVERAL_PARTNERS")

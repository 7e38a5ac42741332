"""Persisted documents as they are served: by POST, GET and WebSocket, to clients of every habit."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import orjson
import pytest

from api.http.persisted import TrustedDocuments
from tests.api.http.test_socket import begun, heard, say
from tests.api.office import make_office_schema
from tests.api.serving import Office, another_door

TICKS = "subscription Ticks { ticks(upTo: 1) }"
NOT_FOUND = [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def named(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}


async def get(office: Office, token: str, **parameters: Any) -> Any:
    """What a GET is answered; objects are sent as JSON."""
    texts = {name: each if isinstance(each, str) else orjson.dumps(each).decode() for name, each in parameters.items()}
    answer = await office.client.get("/graphql", params=texts, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return answer.json()


async def test_a_document_is_sent_once_and_named_by_post_and_get(office: Office, clerk: str) -> None:
    query = "query Taught { viewer { subject } }"
    unknown = await office.post(clerk, named(query))
    assert (unknown.status_code, unknown.json()) == (200, {"errors": NOT_FOUND})
    taught = (await office.post(clerk, {**named(query), "query": query})).json()
    assert taught["data"]["viewer"]["subject"].startswith("customer_service-")
    assert (await office.post(clerk, named(query))).json() == taught
    assert await get(office, clerk, **named(query)) == taught
    assert await get(office, clerk, documentId=f"sha256:{hashed(query)}") == taught


async def test_a_document_may_be_taught_by_get(office: Office, clerk: str) -> None:
    query = "query TaughtByGet { viewer { subject } }"
    assert (await get(office, clerk, **named(query)))["errors"] == NOT_FOUND
    assert "errors" not in await get(office, clerk, query=query, **named(query))
    assert "errors" not in await get(office, clerk, **named(query))


@pytest.mark.parametrize("query", ["{ nonsense }", "{", "{ viewer { subject(a: 1) } }"])
async def test_a_document_that_is_not_valid_is_not_kept(office: Office, clerk: str, query: str) -> None:
    taught = (await office.post(clerk, {**named(query), "query": query})).json()
    assert taught["errors"][0]["extensions"]["code"].startswith("GRAPHQL_")
    assert (await office.post(clerk, named(query))).json()["errors"] == NOT_FOUND


async def test_nobody_teaches_who_is_not_signed_in(office: Office, clerk: str) -> None:
    query = "query Stranger { viewer { subject } }"
    assert (await office.post(None, {**named(query), "query": query})).status_code == 401
    assert (await office.post(clerk, named(query))).json()["errors"] == NOT_FOUND


async def test_a_named_mutation_needs_a_post_too(office: Office, clerk: str) -> None:
    query = "mutation Nameless { __typename }"
    await office.post(clerk, {**named(query), "query": query})
    extensions = orjson.dumps(named(query)["extensions"]).decode()
    answer = await office.client.get(
        "/graphql", params={"extensions": extensions}, headers={"authorization": f"Bearer {clerk}"}
    )
    assert answer.status_code == 405


async def test_a_subscription_is_named_over_a_websocket(office: Office, clerk: str) -> None:
    async with begun(office, clerk) as wire:
        await say(wire, type="subscribe", id="1", payload=named(TICKS))
        assert await heard(wire) == {"type": "error", "id": "1", "payload": NOT_FOUND}
        for sent in ({**named(TICKS), "query": TICKS}, named(TICKS), {"documentId": f"sha256:{hashed(TICKS)}"}):
            await say(wire, type="subscribe", id="2", payload=sent)
            assert (await heard(wire))["payload"]["data"]["ticks"].endswith(" 1")
            assert await heard(wire) == {"type": "complete", "id": "2"}


@pytest.fixture(scope="module")
async def closed(office: Office) -> AsyncIterator[Office]:
    """The office behind a door where two documents run."""
    texts = {"who-1": "query Who { viewer { subject } }", "ticks-1": TICKS}
    async with another_door(office, make_office_schema(), TrustedDocuments(texts)) as closed:
        yield closed


async def test_only_the_documents_of_the_manifest_run(closed: Office, clerk: str) -> None:
    assert "errors" not in (await closed.post(clerk, {"documentId": "who-1"})).json()
    assert "errors" not in await get(closed, clerk, documentId="who-1")
    query = "query Other { viewer { subject } }"
    for sent in ({"query": query}, {**named(query), "query": query}, named(query), {"documentId": "who-2"}):
        answer = await closed.post(clerk, sent)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (
            400,
            {"code": "DOCUMENT_NOT_TRUSTED"},
        )


async def test_so_it_is_over_a_websocket(closed: Office, clerk: str) -> None:
    async with begun(closed, clerk) as wire:
        await say(wire, type="subscribe", id="1", payload={"query": "subscription { ticks(upTo: 2) }"})
        refused = await heard(wire)
        assert refused["payload"][0]["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
        await say(wire, type="subscribe", id="2", payload={"documentId": "ticks-1"})
        assert (await heard(wire))["payload"]["data"]["ticks"].endswith(" 1")

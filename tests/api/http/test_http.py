"""GraphQL over HTTP: good requests are answered, bad ones are told why, and nobody learns what is none of theirs."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from authz.vocabulary import Role
from tests.api.office import SECRET
from tests.api.serving import ORIGIN, Office
from tests.factories.world import World

VIEWER = {"query": "{ viewer { subject roles { role } } }"}


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


async def test_a_signed_in_person_is_known(office: Office, clerk: str) -> None:
    answer = await office.post(clerk, VIEWER)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["data"]["viewer"]["roles"] == [{"role": "customer_service"}]


async def test_a_read_passes_through(office: Office, clerk: str, north: World) -> None:
    data = await office.ask(clerk, "query ($code: String) { entity(code: $code) { name currency } }", code=north.tag)
    assert data == {"entity": {"name": f"Company {north.tag}", "currency": "EUR"}}


async def test_another_entity_does_not_exist_for_them(office: Office, clerk: str, south: World) -> None:
    data = await office.ask(clerk, "query ($code: String) { entity(code: $code) { name } }", code=south.tag)
    assert data == {"entity": None}
    auditor = await office.hire(Role.AUDITOR, None)
    data = await office.ask(auditor, "query ($code: String) { entity(code: $code) { name } }", code=south.tag)
    assert data == {"entity": {"name": f"Company {south.tag}"}}


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic YTpi", "Bearer nonsense", "Bearer é"])
async def test_nobody_is_answered_without_signing_in(office: Office, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"authorization": authorization.encode()}
    answer = await office.client.post("/graphql", json=VIEWER, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert code_of(answer) == "UNAUTHENTICATED"
    assert "data" not in answer.json()


async def test_a_session_ends_with_its_token(office: Office) -> None:
    subject_token = office.issuer.token("nobody-in-particular")
    answer = await office.post(subject_token, VIEWER)
    assert answer.json()["data"]["viewer"]["roles"] == []
    office.clock.wait(days=7, seconds=31)
    try:
        answer = await office.post(subject_token, VIEWER)
        assert (answer.status_code, code_of(answer)) == (401, "TOKEN_EXPIRED")
    finally:
        office.clock.wait(days=-7, seconds=-31)


BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not JSON": (b"{query", 400),
    "not UTF-8": (b'{"query": "{ viewer { subject } } # \xff\xfe"}', 400),
    "latin-1": ('{"query": "{ viewer { subject } } # é"}'.encode("latin-1"), 400),
    "five megabytes": (b'{"query": "{ viewer { subject } } #' + b"x" * 5_000_000 + b'"}', 413),
    "deep JSON": (b'{"query": "{ viewer { subject } }", "variables": {"x": ' + b"[" * 3000 + b"]" * 3000 + b"}}", 400),
    "deep JSON within reach": (
        b'{"query": "{ __typename }", "variables": {"x": ' + b"[" * 500 + b"]" * 500 + b"}}",
        400,
    ),
    "deep and open": (b"[" * 3000, 400),
    "deep extensions": (b'{"query": "{ __typename }", "extensions": ' + b'{"a":' * 500 + b"1" + b"}" * 501, 400),
    "deep query": (b'{"query": "' + b"{ viewer " * 3000 + b"}" * 3000 + b'"}', 400),
    "deep list in the query": (b'{"query": "{ echoList(values: ' + b"[" * 3000 + b"]" * 3000 + b') }"}', 400),
    "NUL in a variable": (b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": "a\\u0000b"}}', 400),
    "NUL in a name": (b'{"query": "{ __typename }", "variables": {"a\\u0000": 1}}', 400),
    "NUL in the query": (b'{"query": "{ echo(text: \\"a\\u0000b\\") }"}', 400),
    "an escaped NUL in the query": (b'{"query": "{ echo(text: \\"a\\\\u0000b\\") }"}', 400),
    "a braced NUL in the query": (b'{"query": "{ echo(text: \\"a\\\\u{000}b\\") }"}', 400),
    "a lone surrogate in a variable": (
        b'{"query": "query ($t: String!) { echo(text: $t) }", "variables": {"t": "\\ud800"}}',
        400,
    ),
    "a lone surrogate in the query": (b'{"query": "{ echo(text: \\"\\udc00\\") }"}', 400),
    "an endless number": (b'{"query": "{ echoList(values: [' + b"9" * 5000 + b']) }"}', 400),
    "no object": (b"7", 400),
    "a batch": (b'[{"query": "{ __typename }"}]', 400),
    "no query": (b"{}", 400),
    "a query that is none": (b'{"query": 7}', 400),
    "a blank query": (b'{"query": ""}', 400),
    "variables that are none": (b'{"query": "{ __typename }", "variables": [1]}', 400),
    "a name that is none": (b'{"query": "{ __typename }", "operationName": 7}', 400),
    "an unknown operation": (b'{"query": "query A { __typename }", "operationName": "B"}', 400),
    "a subscription": (b'{"query": "subscription { ticks(upTo: 1) }"}', 400),
    "NaN": (b'{"query": "{ __typename }", "variables": {"x": NaN}}', 400),
}


@pytest.mark.parametrize("kind", BAD_BODIES)
async def test_a_bad_request_is_refused_with_a_reason(office: Office, clerk: str, kind: str) -> None:
    body, status = BAD_BODIES[kind]
    answer = await office.post(clerk, body)
    assert answer.status_code == status, answer.text
    (error,) = answer.json()["errors"]
    assert error["message"]
    assert error["extensions"]["code"] in {"BAD_REQUEST", "REQUEST_TOO_LARGE"}
    assert "Traceback" not in answer.text
    assert "Error" not in error["message"]


async def test_a_long_body_without_a_length_is_cut_off(office: Office, clerk: str) -> None:
    async def body() -> Any:
        for _ in range(80):
            yield b" " * 65536

    headers = {"authorization": f"Bearer {clerk}", "content-type": "application/json"}
    answer = await office.client.post("/graphql", content=body(), headers=headers)
    assert answer.status_code == 413


async def test_a_text_with_every_storable_character_passes(office: Office, clerk: str) -> None:
    for text in ("é", "😀", "\x01\t\n", '"\\', "\\u0000 in words"):
        assert await office.ask(clerk, "query ($t: String!) { echo(text: $t) }", t=text) == {"echo": text}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer {", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ echo(text: "\\ud800") }', "GRAPHQL_PARSE_FAILED"),
        ("{ echo(text: 7) }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($t: String!) { echo(text: $t) }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ deliberate }", "VALIDATION_FAILED"),
    ],
)
async def test_mistakes_of_the_client_are_told_word_for_word(office: Office, clerk: str, query: str, code: str) -> None:
    answer = await office.post(clerk, {"query": query})
    assert answer.status_code == 200
    assert code_of(answer) == code
    assert "Something went wrong" not in answer.text


async def test_faults_of_ours_are_masked_and_carry_the_id_of_the_request(office: Office, clerk: str) -> None:
    query = {"query": '{ broken echo(text: "fine") }'}
    with capture_logs() as logs:
        answer = await office.post(clerk, query, **{"x-request-id": "trace-7"})
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == "trace-7"
    assert answer.json()["data"] == {"broken": None, "echo": "fine"}
    (error,) = answer.json()["errors"]
    assert error["message"] == "Something went wrong on our side. The request's id is trace-7."
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "trace-7"}
    assert SECRET not in answer.text
    (logged,) = logs
    assert logged["request_id"] == "trace-7"
    assert SECRET in str(logged["exc_info"])


async def test_a_request_gets_an_id_and_an_unusable_one_is_replaced(office: Office, clerk: str) -> None:
    first = await office.post(clerk, VIEWER)
    odd = await office.post(clerk, VIEWER, **{"x-request-id": "a b\tc"})
    given = [answer.headers["x-request-id"] for answer in (first, odd)]
    assert all(re.fullmatch("[0-9a-f]{16}-[0-9a-f]+", each) for each in given)
    assert given[0] != given[1]


async def test_answers_tell_browsers_to_be_careful(office: Office, clerk: str) -> None:
    answer = await office.post(clerk, VIEWER)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_queries_may_be_sent_by_get_and_nothing_else(office: Office, clerk: str) -> None:
    signed = {"authorization": f"Bearer {clerk}"}

    async def get(**parameters: str) -> httpx.Response:
        return await office.client.get("/graphql", params=parameters, headers=signed)

    answer = await get(query="query ($t: String!) { echo(text: $t) }", variables='{"t": "hello"}')
    assert answer.json()["data"] == {"echo": "hello"}
    answer = await get(query="mutation { __typename }")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await get(query="subscription { ticks(upTo: 1) }")).status_code == 400
    assert (await get(query="{ __typename }", variables="[" * 3000)).status_code == 400
    assert (await get(query="{ __typename }", variables="{")).status_code == 400
    assert (await get()).status_code == 400
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await office.client.request(method, "/graphql", headers=signed)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_the_head_of_an_answer_and_the_methods_can_be_asked_for(office: Office, clerk: str) -> None:
    signed = {"authorization": f"Bearer {clerk}"}
    head = await office.client.head("/graphql", params={"query": "{ __typename }"}, headers=signed)
    assert (head.status_code, head.headers["content-type"], head.content) == (200, "application/json", b"")
    forged = await office.client.head("/graphql", params={"query": "mutation { __typename }"}, headers=signed)
    assert forged.status_code == 405
    options = await office.client.options("/graphql")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


async def test_a_slash_at_the_end_makes_no_difference(office: Office, clerk: str) -> None:
    answer = await office.client.post(
        "/graphql/", json={"query": "{ __typename }"}, headers={"authorization": f"Bearer {clerk}"}
    )
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_pages_of_a_listed_origin_may_call(office: Office) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    listed = await office.client.options("/graphql", headers={"origin": ORIGIN, **asked})
    assert listed.headers["access-control-allow-origin"] == ORIGIN
    other = await office.client.options("/graphql", headers={"origin": "https://elsewhere.example", **asked})
    assert "access-control-allow-origin" not in other.headers


async def test_health_is_told_to_anybody(office: Office) -> None:
    live, ready = await office.client.get("/health/live"), await office.client.get("/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_client_that_leaves_in_the_middle_leaves_no_traceback(
    office: Office, clerk: str, capfd: pytest.CaptureFixture[str]
) -> None:
    host, port = office.address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {clerk}\r\n"
    writer.write(f'{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"query"'.encode())
    await writer.drain()
    await office.post(clerk, VIEWER)
    with capture_logs() as logs:
        writer.close()
        await writer.wait_closed()
        for _ in range(3):
            await office.post(clerk, VIEWER)
    assert [entry["event"] for entry in logs] == ["client_disconnected"]
    shown = capfd.readouterr()
    assert "Traceback" not in shown.out + shown.err

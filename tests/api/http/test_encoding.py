"""How requests and answers are encoded: media types, character sets, compression."""

import gzip

import pytest

from tests.api.http.test_http import code_of
from tests.api.serving import Office


async def test_the_newer_media_type_says_by_status_that_nothing_ran(office: Office, clerk: str) -> None:
    accept = {"accept": "application/graphql-response+json, application/json;q=0.9"}
    answer = await office.post(clerk, {"query": "{ nothing }"}, **accept)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/graphql-response+json"
    assert "data" not in answer.json()
    answer = await office.post(clerk, {"query": "{ deliberate }"}, **accept)
    assert (answer.status_code, answer.json()["data"]) == (200, {"deliberate": None})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_taken_so_that_no_page_can_forge_a_request(
    office: Office, clerk: str, content_type: str
) -> None:
    body = b'{"query": "{ __typename }"}'
    answer = await office.post(clerk, body, **{"content-type": content_type})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/json; a=b",
    ],
)
async def test_json_may_say_that_it_is_utf_8(office: Office, clerk: str, content_type: str) -> None:
    answer = await office.post(clerk, b'{"query": "{ a: __typename }"} ', **{"content-type": content_type})
    assert answer.json()["data"] == {"a": "Query"}


async def test_a_request_in_another_encoding_is_refused_with_what_would_be_taken(office: Office, clerk: str) -> None:
    body = b'{"query": "{ __typename }"}'
    latin = await office.post(clerk, body, **{"content-type": "application/json; charset=latin-1"})
    assert (latin.status_code, code_of(latin)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert latin.headers["accept-post"] == "application/json"
    packed = await office.post(clerk, gzip.compress(body), **{"content-encoding": "gzip"})
    assert (packed.status_code, code_of(packed)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert packed.headers["accept-encoding"] == "identity"
    plain = await office.post(clerk, body, **{"content-encoding": "identity"})
    assert plain.status_code == 200


async def test_who_takes_no_json_gets_no_answer(office: Office, clerk: str) -> None:
    for accept in ("text/html", "application/xml", "application/json;q=0"):
        answer = await office.post(clerk, {"query": "mutation { __typename }"}, accept=accept)
        assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")
        assert answer.headers["content-type"] == "application/json"


async def test_what_is_accepted_may_be_said_in_several_headers(office: Office, clerk: str) -> None:
    headers = [
        ("accept", "text/html"),
        ("accept", "application/graphql-response+json"),
        ("authorization", f"Bearer {clerk}"),
    ]
    answer = await office.client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.headers["content-type"] == "application/graphql-response+json"


@pytest.mark.parametrize(("taken", "used"), [("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "br"), ("gzip", "gzip")])
async def test_long_answers_are_compressed(office: Office, clerk: str, taken: str, used: str) -> None:
    long, short = {"query": f'{{ echo(text: "{"abcdefghij" * 110}") }}'}, {"query": '{ echo(text: "short") }'}
    for accept in ("application/json", "application/graphql-response+json"):
        headers = {"accept": accept, "accept-encoding": taken}
        answer = await office.post(clerk, long, **headers)
        assert answer.headers["content-encoding"] == used
        assert "Accept-Encoding" in answer.headers["vary"]
        assert int(answer.headers["content-length"]) < 200
        assert answer.json()["data"] == {"echo": "abcdefghij" * 110}
        assert "content-encoding" not in (await office.post(clerk, short, **headers)).headers
    for declined in ("identity", f"{used};q=0", ""):
        answer = await office.post(clerk, long, **{"accept-encoding": declined})
        assert "content-encoding" not in answer.headers

"""GraphiQL: the page and every file it asks for come from us, and nothing on it asks another host."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest

from api.graphiql.page import FOLDER
from api.operations.disclosure import Disclosure
from kernel.db import Database
from kernel.writers import Writers
from tests.api.office import make_office_schema
from tests.api.serving import Office, serving

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FOREIGN = re.compile(
    r"""(?:(?:src|href|action)\s*=\s*["']?|url\(\s*["']?|@import\s+["'])(?:[a-z]+:)?//""", re.IGNORECASE
)
MADE_BY_VENDOR_MJS = {
    "react.js": "4b4969fa4ef3594324da2c6d78ce8766fbbc2fd121fff395aedf997db0a99a06",
    "react-dom.js": "21758ed084cd0e37e735722ee4f3957ea960628a29dfa6c3ce1a1d47a2d6e4f7",
    "graphiql.js": "801dc8ed526229b2d275ab43b8e60d8b42e690ec9d66b9ec877f6bf898ea2dc9",
    "graphiql.css": "5251f8360e20abe76b0c14c5e8bb613d3b0d7861732bf0aa62e649c0fc753ea4",
}


@pytest.fixture(scope="module")
async def workshop(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """An API that shows browsers its page."""
    folder = tmp_path_factory.mktemp("workshop")
    async with serving(make_office_schema(Disclosure(graphiql=True)), database, activation, folder) as office:
        yield office


async def assets(office: Office) -> list[httpx.Response]:
    """Every file that the page asks for."""
    page = await office.client.get("/graphql", headers=BROWSER)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    return [await office.client.get(address) for address in addresses]


async def test_the_page_allows_this_server_and_no_other(workshop: Office) -> None:
    page = await workshop.client.get("/graphql", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert policy.pop("default-src") == "'none'"
    assert set(policy.values()) == {"'self'", "'none'"}
    assert (page.headers["x-frame-options"], page.headers["referrer-policy"]) == ("DENY", "no-referrer")
    assert "://" not in page.text
    assert "<style" not in page.text
    assert re.findall(r"<script(?! src=)", page.text) == []


async def test_every_file_of_the_page_comes_from_us_and_is_kept(workshop: Office) -> None:
    files = await assets(workshop)
    assert len(files) == 7
    for file in files:
        assert file.status_code == 200
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        known = {"if-none-match": file.headers["etag"]}
        assert (await workshop.client.get(file.request.url, headers=known)).status_code == 304
    assert sum(int(file.headers.get("content-length", 0)) for file in files) < 1_700_000


async def test_large_files_travel_compressed(workshop: Office) -> None:
    for encoding in ("gzip", "br", "zstd"):
        file = await workshop.client.get("/graphql/assets/graphiql.js", headers={"accept-encoding": encoding})
        assert file.headers["content-encoding"] == encoding
        assert file.content == (FOLDER / "graphiql.js").read_bytes()


async def test_nothing_on_the_page_refers_to_another_host(workshop: Office) -> None:
    page = await workshop.client.get("/graphql", headers=BROWSER)
    files = await assets(workshop)
    for file in [page, *files]:
        assert FOREIGN.findall(file.text) == []
        assert "sourceMappingURL" not in file.text


def test_the_files_of_others_are_what_the_script_makes() -> None:
    assert {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in MADE_BY_VENDOR_MJS} == MADE_BY_VENDOR_MJS


async def test_a_reload_with_a_query_shows_the_page_and_programs_get_json(workshop: Office) -> None:
    query = {"query": "{ __typename }"}
    page = await workshop.client.get("/graphql", params=query, headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    token = {"authorization": f"Bearer {workshop.issuer.token('someone')}"}
    answer = await workshop.client.get("/graphql", params=query, headers=token)
    assert answer.json()["data"] == {"__typename": "Query"}


async def test_there_is_no_page_unless_the_settings_say_so(office: Office) -> None:
    answer = await office.client.get("/graphql", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")
    assert (await office.client.get("/graphql/assets/graphiql.js")).status_code == 404

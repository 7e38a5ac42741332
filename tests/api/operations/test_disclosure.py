"""What the API tells of itself: names that may have been meant, and the schema, where the settings say so."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_introspection_query

from api.operations.disclosure import Disclosure
from api.schema import make_schema
from authz.vocabulary import Role
from kernel.db import Database
from kernel.writers import Writers
from tests.api.serving import Office, serving
from tests.factories.world import World

EVERYTHING = Disclosure(introspection=True, suggestions=True, graphiql=True)
MISSPELT: dict[str, tuple[str, dict[str, Any], str]] = {
    "a field": ("{ itms { nodes { id } } }", {}, "items"),
    "a nested field": ("{ items { nodes { skuu } } }", {}, "sku"),
    "a field of another type": ("{ node(id: 1) { sku } }", {}, "inline fragment"),
    "an argument": ("{ items(frst: 1) { nodes { id } } }", {}, "first"),
    "an argument of a directive": ("{ items @skip(iff: true) { nodes { id } } }", {}, "if"),
    "a type of a variable": ("query ($f: ItemWher) { viewer { subject } }", {}, "ItemWhere"),
    "a type of a fragment": ("{ viewer { subject } ... on Qury { __typename } }", {}, "Query"),
    "a field of an input": ("{ items(where: {sskku: {eq: 1}}) { nodes { id } } }", {}, "sku"),
    "a field of an input in a variable": (
        "query ($w: ItemWhere) { items(where: $w) { nodes { id } } }",
        {"w": {"skku": {"eq": "A"}}},
        "sku",
    ),
    "an enum value": ("{ salesOrders(where: {status: {eq: BACKORDERD}}) { nodes { id } } }", {}, "BACKORDERED"),
    "an enum value as text": (
        '{ salesOrders(where: {status: {eq: "BACKORDERD"}}) { nodes { id } } }',
        {},
        "BACKORDERED",
    ),
    "an enum value in a variable": (
        "query ($w: SalesOrderWhere) { salesOrders(where: $w) { nodes { id } } }",
        {"w": {"status": {"eq": "BACKORDERD"}}},
        "BACKORDERED",
    ),
    "an enum value as a default": (
        "query ($w: SalesOrderWhere = {status: {eq: BACKORDERD}}) { salesOrders(where: $w) { nodes { id } } }",
        {},
        "BACKORDERED",
    ),
}


@pytest.fixture(scope="module")
async def reader(house: Office, north: World) -> str:
    return await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)


@pytest.fixture(scope="module")
async def open_house(
    database: Database, activation: Writers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """The whole API, which tells of itself what it can."""
    schema = make_schema(EVERYTHING)
    async with serving(schema, database, activation, tmp_path_factory.mktemp("open")) as office:
        yield office


@pytest.fixture(scope="module")
async def developer(open_house: Office, north: World) -> str:
    return await open_house.hire(Role.CUSTOMER_SERVICE, north.entity_id)


async def told(office: Office, token: str, query: str, variables: dict[str, Any]) -> str:
    answer = await office.post(token, {"query": query, "variables": variables})
    errors = answer.json()["errors"]
    assert all(error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED" for error in errors), errors
    return " ".join(error["message"] for error in errors)


@pytest.mark.parametrize("kind", MISSPELT)
async def test_no_name_is_told_unless_the_settings_say_so(house: Office, reader: str, kind: str) -> None:
    query, variables, _ = MISSPELT[kind]
    assert "mean" not in await told(house, reader, query, variables)


@pytest.mark.parametrize("kind", MISSPELT)
async def test_developers_are_told_which_name_may_have_been_meant(
    open_house: Office, developer: str, kind: str
) -> None:
    query, variables, meant = MISSPELT[kind]
    message = await told(open_house, developer, query, variables)
    assert "Did you mean" in message
    assert meant in message.partition("Did you mean")[2]


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        '{ __type(name: "Item") { name } }',
        "{ ...schema } fragment schema on Query { renamed: __schema { queryType { name } } }",
    ],
)
async def test_the_schema_is_not_told_unless_the_settings_say_so(house: Office, reader: str, query: str) -> None:
    for _ in ("new", "known"):
        answer = await house.post(reader, {"query": query})
        (error,) = answer.json()["errors"]
        assert error["extensions"] == {"code": "INTROSPECTION_DISABLED"}
        assert "data" not in answer.json()


async def test_the_name_of_a_type_is_always_told(house: Office, reader: str) -> None:
    data = await house.ask(reader, "{ __typename items(first: 1) { __typename pageInfo { __typename } } }")
    assert data == {
        "__typename": "Query",
        "items": {"__typename": "ItemConnection", "pageInfo": {"__typename": "PageInfo"}},
    }


async def test_developers_are_told_the_schema(open_house: Office, developer: str) -> None:
    data = await open_house.ask(developer, get_introspection_query())
    assert data["__schema"]["queryType"]["name"] == "Query"

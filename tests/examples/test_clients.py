"""The examples of the client libraries: each pages through the same list, and has the same forty orders in the end."""

from typing import Any

from tests.examples.running import Frontend

COMPILER = "relay-compiler/cli.js"


async def forty_orders(frontend: Frontend) -> list[dict[str, Any]]:
    """What the examples should find."""
    query = (
        "{ salesOrders(first: 40, orderBy: [PLACED_AT_DESC]) { nodes { id number status total { amount currency } } } }"
    )
    data = await frontend.house.ask(frontend.house.issuer.token("cleo.service"), query)
    orders: list[dict[str, Any]] = data["salesOrders"]["nodes"]
    assert len(orders) == 40
    return orders


def shown(orders: list[dict[str, Any]]) -> list[tuple[str, str, str, str, str]]:
    """The orders without what a client adds of its own."""
    return [
        (each["id"], each["number"], each["status"], each["total"]["amount"], each["total"]["currency"])
        for each in orders
    ]


async def test_fetch_by_hash(frontend: Frontend) -> None:
    answers = await frontend.run("fetch/persisted.mjs")
    assert answers["unknown"] == "PERSISTED_QUERY_NOT_FOUND"
    assert len(answers["answer"]["data"]["units"]["nodes"]) == 3
    assert answers["answer"] == answers["byHash"] == answers["byId"]


async def test_relay_appends_pages_to_a_connection(frontend: Frontend) -> None:
    await frontend.tool("relay", COMPILER)
    rows = await frontend.run("relay/main.mjs")
    assert shown(rows) == shown(await forty_orders(frontend))


async def test_apollo_pages_by_cursor_and_finds_objects_by_id(frontend: Frontend) -> None:
    answers = await frontend.run("apollo/main.mjs")
    orders = await forty_orders(frontend)
    assert shown(answers["orders"]) == shown(orders)
    assert answers["kept"]["number"] == orders[-1]["number"]


async def test_urql_pages_by_cursor(frontend: Frontend) -> None:
    assert shown(await frontend.run("urql/main.mjs")) == shown(await forty_orders(frontend))

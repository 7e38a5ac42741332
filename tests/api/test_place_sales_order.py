"""placeSalesOrder as a frontend sends it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.inventory.model import SiteBalance
from domain.orders.model import SalesOrder
from kernel.ids import new_id
from tests.api.serving import Office
from tests.factories.invariants import assert_invariants
from tests.factories.world import World

PLACE = """
mutation Place($input: PlaceSalesOrderInput!) {
  placeSalesOrder(input: $input) {
    replayed
    salesOrder {
      id number status version total { amount currency } whenShort
      customer { name }
      lines { nodes { lineNumber quantity entered { value unit } status firstPromisedDate item { name } } }
    }
    errors {
      code message path
      ... on InsufficientStock { requested available }
    }
  }
}
"""


@pytest.fixture
async def seller(house: Office, world: World) -> str:
    """The token of somebody who takes orders in the world."""
    return await house.hire(Role.CUSTOMER_SERVICE, world.entity_id)


def order_of(world: World, lines: list[dict[str, Any]], **changed: Any) -> dict[str, Any]:
    named = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", world.customer_id),
        "idempotencyKey": str(new_id()),
        "lines": lines,
    }
    return {**named, **changed}


async def place(house: Office, token: str, given: dict[str, Any]) -> Any:
    return (await house.ask(token, PLACE, input=given))["placeSalesOrder"]


async def test_an_order_is_answered_with_what_was_asked_for(house: Office, world: World, seller: str) -> None:
    boots = await world.item("boots", price="49.90", units={"XPR": 2})
    await world.stock(boots, "10")
    line = {"itemId": encode_id("Item", boots), "quantity": "3", "unit": "XPR"}

    payload = await place(house, seller, order_of(world, [line], requestedDate="2026-03-09"))

    order = payload["salesOrder"]
    assert (payload["errors"], payload["replayed"]) == ([], False)
    assert order["number"].startswith("SO-")
    assert (order["status"], order["version"], order["whenShort"]) == ("ALLOCATED", 1, "BACKORDER")
    assert order["total"] == {"amount": "299.40", "currency": "EUR"}
    assert order["customer"] == {"name": "The two buyers"}
    assert order["lines"]["nodes"] == [
        {
            "lineNumber": 1,
            "quantity": "6",
            "entered": {"value": "3", "unit": "XPR"},
            "status": "ALLOCATED",
            "firstPromisedDate": "2026-03-09",
            "item": {"name": "boots"},
        }
    ]


async def test_a_repeat_is_told_so_and_a_dry_run_shows_what_would_be(house: Office, world: World, seller: str) -> None:
    nail = await world.item("nail")
    given = order_of(world, [{"itemId": encode_id("Item", nail), "quantity": "1"}])
    tried = await place(house, seller, {**given, "dryRun": True})
    assert tried["salesOrder"]["status"] == "BACKORDERED"
    assert await world.all(SalesOrder) == []
    first = await place(house, seller, given)
    again = await place(house, seller, given)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["salesOrder"] == again["salesOrder"]


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ({"itemId": encode_id("Item", new_id()), "quantity": "1"}, "NOT_FOUND", ["lines", "0", "itemId"]),
        ({"itemId": encode_id("Customer", new_id()), "quantity": "1"}, "NOT_FOUND", ["lines", "0", "itemId"]),
        ({"itemId": "nonsense", "quantity": "1"}, "VALIDATION_FAILED", ["lines", "0", "itemId"]),
        ({"quantity": "0"}, "VALIDATION_FAILED", ["lines", "0", "quantity"]),
        ({"quantity": "-3"}, "VALIDATION_FAILED", ["lines", "0", "quantity"]),
        ({"quantity": "999999999999999999"}, "VALIDATION_FAILED", ["lines", "0", "quantity"]),
        ({"quantity": "0.5"}, "VALIDATION_FAILED", ["lines", "0", "quantity"]),
        ({"quantity": "1", "unit": "KGM"}, "VALIDATION_FAILED", ["lines", "0", "unit"]),
        ({"quantity": "1", "unit": "C62\u200b"}, "VALIDATION_FAILED", ["lines", "0", "unit"]),
        ({"quantity": "1", "requestedDate": "9999-12-31"}, "VALIDATION_FAILED", ["lines", "0", "requestedDate"]),
        ({"quantity": "1", "requestedDate": "0001-01-01"}, "VALIDATION_FAILED", ["lines", "0", "requestedDate"]),
    ],
)
async def test_a_wrong_line_is_an_error_of_the_payload(
    house: Office, world: World, seller: str, line: dict[str, Any], code: str, path: list[str]
) -> None:
    given = {"itemId": encode_id("Item", await world.item("nail")), **line}
    payload = await place(house, seller, order_of(world, [given]))
    assert payload["salesOrder"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]
    assert await world.all(SalesOrder) == []


@pytest.mark.parametrize("quantity", ["1e30", "NaN", "Infinity", "one", "1\u0000", "\ud800", None, [1], {"a": 1}])
async def test_what_is_no_quantity_never_reaches_the_business(
    house: Office, world: World, seller: str, quantity: Any
) -> None:
    line = {"itemId": encode_id("Item", await world.item("nail")), "quantity": quantity}
    # Python's own JSON escapes what UTF-8 cannot carry, as a careless client does.
    body = json.dumps({"query": PLACE, "variables": {"input": order_of(world, [line])}})
    answer = await house.post(seller, body.encode())
    assert answer.status_code in (200, 400)
    (error, *_) = answer.json()["errors"]
    assert "Traceback" not in answer.text
    assert error["message"]
    assert await world.all(SalesOrder) == []


async def test_another_entitys_places_and_orders_are_not_there(
    house: Office, world: World, seller: str, south: World
) -> None:
    nail = await world.item("nail")
    foreign_site = encode_id("Location", south.site_id, south.entity_id)
    line = {"itemId": encode_id("Item", nail), "quantity": "1"}
    payload = await place(house, seller, order_of(world, [line], siteId=foreign_site))
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", ["siteId"])]
    foreign = order_of(world, [line], entityId=encode_id("LegalEntity", south.entity_id))
    payload = await place(house, seller, foreign)
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", ["entityId"])]


async def test_two_hundred_buyers_share_a_hundred_units(
    house: Office, world: World, seller: str, server_log: Path
) -> None:
    """Nobody gets what is not there, nobody who could have got one is turned away, and nothing is tried twice."""
    the_rare_lamp = await world.item("the rare lamp")
    await world.stock(the_rare_lamp, "100")
    line = {"itemId": encode_id("Item", the_rare_lamp), "quantity": "1"}
    retries_before = house.parts.operations.retries

    payloads = await asyncio.gather(
        *(place(house, seller, order_of(world, [line], whenShort="REFUSE")) for _ in range(200))
    )

    taken = [payload for payload in payloads if payload["salesOrder"]]
    refused = [payload["errors"] for payload in payloads if not payload["salesOrder"]]
    assert len(taken) == 100
    assert {error["code"] for errors in refused for error in errors} == {"INSUFFICIENT_STOCK"}
    assert {error["available"] for errors in refused for error in errors} == {"0"}
    (balance,) = await world.all(SiteBalance)
    assert (balance.on_hand, balance.reserved) == (100, 100)
    assert len({payload["salesOrder"]["number"] for payload in taken}) == 100
    assert house.parts.operations.retries == retries_before
    assert "deadlock" not in server_log.read_text()
    await assert_invariants(world)

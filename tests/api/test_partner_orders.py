"""A partner's machine orders by its key: for its own customer, of what is published, and of nothing else."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.orders.model import SalesOrder
from kernel.ids import new_id
from masterdata.parties.model import Customer
from tests.api.people import give_key, grant, somebody
from tests.api.serving import Office
from tests.api.test_place_sales_order import order_of
from tests.api.test_trail import trail
from tests.factories.world import World

PLACE = """
mutation Place($input: PlaceSalesOrderInput!) {
  placeSalesOrder(input: $input) {
    salesOrder { number total { amount } lines { nodes { quantity unitPrice item { sku } price { amount } } } }
    errors { __typename code message path }
  }
}
"""
SCOPES = "legal_entity:read customer:read item:read sales_order:read sales_order:create"


@dataclass(frozen=True)
class Shop:
    """A customer's machine, and what there is to order."""

    house: Office
    world: World
    key: str
    lamp: UUID
    prototype: UUID

    async def place(self, item_id: UUID, **changed: Any) -> Any:
        """What becomes of an order of two boxes, with the errors' paths left out."""
        line = {"itemId": encode_id("Item", item_id), "quantity": "2", "unit": "XBX"}
        given = order_of(self.world, [line], **changed)
        return (await self.house.ask(self.key, PLACE, input=given))["placeSalesOrder"]


@pytest.fixture
async def shop(house: Office, world: World) -> Shop:
    subject = somebody("shop")
    await grant(house, subject, Role.PARTNER_MACHINE, world.entity_id, partner_id=world.customer_id)
    key = await give_key(house, subject, SCOPES)
    lamp = await world.item("lamp", price="4.50", units={"XBX": 10}, is_published=True)
    prototype = await world.item("prototype", units={"XBX": 10})
    for item_id in (lamp, prototype):
        await world.stock(item_id, "100")
        await world.buyable(item_id)
    return Shop(house, world, key.text, lamp, prototype)


async def test_a_partner_orders_what_is_published(shop: Shop) -> None:
    placed = await shop.place(shop.lamp)
    assert placed["errors"] == []
    (line,) = placed["salesOrder"]["lines"]["nodes"]
    assert line == {
        "quantity": "20",
        "unitPrice": "4.50",
        "item": {"sku": f"LAMP-{shop.world.tag}"},
        "price": None,
    }
    assert placed["salesOrder"]["total"] == {"amount": "90.00"}
    (order,) = await shop.world.all(SalesOrder)
    assert order.customer_id == shop.world.customer_id


async def test_what_is_not_published_is_answered_like_what_does_not_exist(shop: Shop) -> None:
    hidden, absent = await shop.place(shop.prototype), await shop.place(new_id())
    assert hidden == absent
    (error,) = hidden["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["lines", "0", "itemId"])
    assert await shop.world.all(SalesOrder) == []


async def test_a_partner_orders_for_nobody_else(shop: Shop) -> None:
    other = new_id()
    await shop.world.write(Customer, id=other, code=f"O-{shop.world.tag}", name="Another")
    refused = [await shop.place(shop.lamp, customerId=encode_id("Customer", each)) for each in (other, new_id())]
    assert refused[0] == refused[1]
    assert [error["code"] for error in refused[0]["errors"]] == ["FORBIDDEN"]
    assert await shop.world.all(SalesOrder) == []


async def test_a_partner_reads_the_published_assortment_and_what_orders_need_of_it(shop: Shop) -> None:
    query = """query Assortment($text: String!, $ids: [ID!]!) {
      items(where: {search: $text}) {
        totalCount
        nodes {
          sku baseUnit isPublished units { nodes { unit numerator } }
          prices { totalCount } supplierPrices { totalCount } balances { totalCount }
        }
      }
      nodes(ids: $ids) { id }
      units { totalCount }
    }"""
    ids = [encode_id("Item", each) for each in (shop.lamp, shop.prototype)]
    found = await shop.house.ask(shop.key, query, text=shop.world.tag.lower(), ids=ids)
    nothing = {"totalCount": 0}
    assert found["items"] == {
        "totalCount": 1,
        "nodes": [
            {
                "sku": f"LAMP-{shop.world.tag}",
                "baseUnit": "C62",
                "isPublished": True,
                "units": {"nodes": [{"unit": "XBX", "numerator": 10}]},
                "prices": nothing,
                "supplierPrices": nothing,
                "balances": nothing,
            }
        ],
    }
    assert found["nodes"] == [{"id": ids[0]}, None]
    assert found["units"] == nothing


async def test_a_line_of_ones_own_order_names_its_item_while_that_is_published(shop: Shop) -> None:
    seller = await shop.house.hire(Role.CUSTOMER_SERVICE, shop.world.entity_id)
    line = {"itemId": encode_id("Item", shop.prototype), "quantity": "1"}
    await shop.house.ask(seller, PLACE, input=order_of(shop.world, [line]))
    query = "{ salesOrders { nodes { lines { nodes { quantity item { sku } } } } } }"
    (order,) = (await shop.house.ask(shop.key, query))["salesOrders"]["nodes"]
    assert order["lines"]["nodes"] == [{"quantity": "1", "item": None}]


async def test_what_a_partner_only_tries_is_written_down_and_has_its_price(shop: Shop) -> None:
    """A dry run tells how much there is of what is asked for, and binds nobody."""
    tried = await shop.place(shop.lamp, dryRun=True)
    assert tried["errors"] == []
    refused = await shop.place(shop.prototype, dryRun=True)
    assert [each["code"] for each in refused["errors"]] == ["NOT_FOUND"]
    rows = await trail(shop.house, shop.key)
    assert [(row.mutation, row.outcome) for row in rows] == [
        ("placeSalesOrder.dryRun", "done"),
        ("placeSalesOrder.dryRun", "refused"),
    ]
    assert rows[0].detail["tried"]["lines"][0]["item_id"] == str(shop.lamp)
    assert rows[0].entity_id == shop.world.entity_id


async def test_what_the_groups_own_people_try_is_not_written_down(shop: Shop) -> None:
    seller = await shop.house.hire(Role.CUSTOMER_SERVICE, shop.world.entity_id)
    given = order_of(shop.world, [{"itemId": encode_id("Item", shop.lamp), "quantity": "2"}], dryRun=True)
    assert (await shop.house.ask(seller, PLACE, input=given))["placeSalesOrder"]["errors"] == []
    assert await trail(shop.house, seller) == []

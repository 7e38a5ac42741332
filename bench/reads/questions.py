"""What is asked, of both sides alike: each question is drawn from a seeded stream, so that none is answered by luck."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

import orjson

from api.values.ids import decode_id
from bench.client import get_request, graphql_request
from bench.load import answers_of
from bench.reads.world import READERS, ReadsWorld
from bench.server import Stage

QUESTIONS = 1_000
_PAGE = 50
_SEED = 7

ITEM = """
query Item($sku: String!) {
  item(sku: $sku) {
    id sku name category baseUnit baseIncrement tracking valuationMethod status version
  }
}
"""
ORDER = """
query Order($number: String!) {
  salesOrder(number: $number) {
    id number status placedAt requestedDate
    total { amount currency }
    customer { code name }
    lines { nodes { id lineNumber quantity unitPrice amount status item { sku name } } }
  }
}
"""
_PAGE_OF_ORDERS = """
    nodes {
      id number status placedAt
      total { amount currency }
      lines%s {
        nodes {
          id lineNumber quantity unitPrice status
          item {
            id sku name baseUnit
            supplierPrices%s {
              nodes { price { amount currency } leadTimeDays supplier { id code name } }
            }
          }
        }
      }
    }
"""
ORDERS = f"""
query Orders($after: Cursor) {{
  salesOrders(first: 20, after: $after) {{ {_PAGE_OF_ORDERS % ("(first: 10)", "(first: 5)")} }}
}}
"""
PLAIN_ORDERS = f"""
query Orders($entity: UUID!, $placedAt: DateTime!, $order: UUID!) {{
  salesOrders(entity: $entity, placedAt: $placedAt, order: $order) {{ {_PAGE_OF_ORDERS % ("", "")} }}
}}
"""
STOCK = """
query Stock($after: Cursor) {
  items(first: 50, after: $after) {
    nodes {
      id sku name baseUnit
      balances(first: 20) { nodes { onHand held reserved available site { code name } } }
    }
  }
}
"""
_PLACES_OF_ORDERS = """
query Places($start: DateTime!) {
  salesOrders(first: 50, where: {placedAt: {lt: $start}}) { edges { cursor node { id placedAt } } }
}
"""
_PLACES_OF_ITEMS = """
query Places($start: String!) {
  items(first: 50, where: {sku: {gte: $start}}) { edges { cursor node { sku } } }
}
"""


@dataclass(frozen=True)
class Question:
    """The same question, ready to travel."""

    ours: bytes
    other: bytes


@dataclass(frozen=True)
class Reader:
    """Somebody who asks our server, and what they may see."""

    stage: Stage[ReadsWorld]
    subject: str

    @cached_property
    def entity_ids(self) -> tuple[UUID, ...]:
        """The entities that they may read."""
        return self.stage.world.entity_ids[: READERS[self.subject]]

    def asks(self, document: str, **variables: object) -> bytes:
        """A request of theirs."""
        return graphql_request(document, variables, token=self._token)

    def learns(self, root: str, requests: Iterable[bytes]) -> Iterator[Any]:
        """The values of one root field in the answers to these requests."""
        return (orjson.loads(answer)["data"][root] for answer in answers_of(self.stage.server, requests))

    @cached_property
    def _token(self) -> str:
        return self.stage.issuer.token(self.subject)


def item_questions(reader: Reader) -> Iterator[Question]:
    """One item by SKU."""
    for chance in _draws(QUESTIONS):
        sku = reader.stage.world.sku(chance)
        yield Question(reader.asks(ITEM, sku=sku), get_request("/item", {"sku": sku}))


def order_questions(reader: Reader) -> Iterator[Question]:
    """One order by number."""
    for chance in _draws(QUESTIONS):
        number = reader.stage.world.order_number(chance)
        by_hand = get_request("/order", {"entity": str(reader.entity_ids[0]), "number": number})
        yield Question(reader.asks(ORDER, number=number), by_hand)


def orders_questions(reader: Reader) -> Iterator[Question]:
    """A page of orders behind some cursor."""
    entities = ",".join(str(each) for each in reader.entity_ids)
    path = "/orders" if len(reader.entity_ids) == 1 else "/orders-of-several"
    for edge in _edges(reader, "salesOrders", _PLACES_OF_ORDERS, reader.stage.world.instant):
        yield Question(
            reader.asks(ORDERS, after=edge["cursor"]), get_request(path, {"entities": entities, **_place(edge)})
        )


def plain_orders_questions(reader: Reader) -> Iterator[Question]:
    """The same, asked of plain resolvers."""
    entity = str(reader.entity_ids[0])
    for edge in _edges(reader, "salesOrders", _PLACES_OF_ORDERS, reader.stage.world.instant):
        plain = graphql_request(PLAIN_ORDERS, {"entity": entity, **_place(edge)}, path="/")
        yield Question(reader.asks(ORDERS, after=edge["cursor"]), plain)


def _place(edge: Any) -> dict[str, str]:
    return {"placedAt": edge["node"]["placedAt"], "order": str(decode_id(edge["node"]["id"]).id)}


def stock_questions(reader: Reader) -> Iterator[Question]:
    """A page of items behind some cursor."""
    for edge in _edges(reader, "items", _PLACES_OF_ITEMS, reader.stage.world.sku):
        by_hand = get_request("/stock", {"entity": str(reader.entity_ids[0]), "sku": edge["node"]["sku"]})
        yield Question(reader.asks(STOCK, after=edge["cursor"]), by_hand)


def _draws(count: int) -> Iterator[Random]:
    chance = Random(_SEED)  # noqa: S311 - nothing is secret here
    return (chance for _ in range(count))


def _edges(reader: Reader, root: str, document: str, start: Callable[[Random], object]) -> list[dict[str, Any]]:
    """Cursors as our server gives them, with what stands there."""
    starts = (reader.asks(document, start=start(chance)) for chance in _draws(QUESTIONS // _PAGE))
    edges = [edge for page in reader.learns(root, starts) for edge in page["edges"]]
    Random(_SEED).shuffle(edges)  # noqa: S311 - nothing is secret here
    return edges

"""placeSalesOrder over GraphQL, five lines in stock, beside the same rows written by hand."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from uuid import uuid4

import orjson

from api.values.ids import encode_id
from bench.client import Failed, graphql_request
from bench.load import Load, answers_of
from bench.placement_by_hand import running_hand
from bench.server import Stage
from bench.workload import Sides, Suite, Workload
from bench.world import PERSON, Wish, World, analyse, build_world, wishes
from bench.written import Witness, Written, assert_same

DOCUMENT = """
mutation PlaceSalesOrder($input: PlaceSalesOrderInput!) {
  placeSalesOrder(input: $input) {
    salesOrder {
      number status
      lines { nodes { lineNumber quantity status firstPromisedDate item { sku } } }
    }
    errors { code message path }
    replayed
  }
}
"""
CHECKED = 20
HISTORY_SECONDS = 2.0
"""How long orders are placed by hand before PostgreSQL counts the rows: a few hundred."""


def _request(world: World, wish: Wish, token: str) -> bytes:
    lines = [{"itemId": encode_id("Item", ware.item_id), "quantity": str(quantity)} for ware, quantity in wish.lines]
    given = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", wish.customer_id),
        "lines": lines,
        "idempotencyKey": str(uuid4()),
    }
    return graphql_request(DOCUMENT, {"input": given}, token=token)


def _check(answer: bytes) -> None:
    """Only an order that was placed, and allocated in full, counts."""
    placed = orjson.loads(answer).get("data")
    order = placed and placed["placeSalesOrder"]["salesOrder"]
    if not order or order["status"] != "ALLOCATED":
        raise Failed(answer.decode())


@contextmanager
def _sides(stage: Stage[World]) -> Iterator[Sides]:
    token = stage.issuer.token(PERSON)

    def requests(seed: int) -> Iterator[bytes]:
        return (_request(stage.world, wish, token) for wish in wishes(stage.world, seed=seed))

    ours = Load(stage.server, requests, _check)
    with running_hand(stage) as by_hand:

        def place_ours() -> None:
            for answer in answers_of(stage.server, islice(requests(0), CHECKED)):
                _check(answer)

        def check() -> None:
            chosen = list(islice(wishes(stage.world, seed=0), CHECKED))
            assert_same(_written(stage, place_ours), _written(stage, lambda: by_hand.place(chosen)))
            # Foreign keys into tables that were nearly empty when they were counted are looked up by reading them all.
            by_hand(1, HISTORY_SECONDS)
            asyncio.run(analyse(stage.urls.migrate))

        yield Sides(ours, by_hand, check)
    ours.close()


def _written(stage: Stage[World], place: Callable[[], None]) -> Written:
    witness = Witness(stage.urls.migrate)
    since = asyncio.run(witness.since())
    place()
    return asyncio.run(witness.written(since))


PLACEMENT = Suite(
    build=build_world,
    workloads=(
        Workload(
            key="placement",
            name="placeSalesOrder, 5 lines",
            reference="the same rows over asyncpg",
            goal=0.3,
            sides=_sides,
        ),
    ),
)

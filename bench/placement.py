"""placeSalesOrder over GraphQL, five lines in stock, beside the same rows written by hand."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from time import perf_counter
from uuid import uuid4

import orjson
import uvloop

from api.ids import encode_id
from bench.client import Client, Failed, request_body
from bench.placement_by_hand import running_hand
from bench.rounds import Sample
from bench.server import Stage, processor_seconds
from bench.workload import Sides, Workload
from bench.world import Wish, World, wishes
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


class Placement:
    """Our side: the clients, all in this process."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._clients: list[Client] = []

    def __call__(self, clients: int, seconds: float) -> Sample:
        """Places orders for so long."""
        return self._runner.run(self._work(clients, seconds))

    def place(self, chosen: list[Wish]) -> None:
        """Places these orders, one after the other."""
        self._runner.run(self._place(chosen))

    def close(self) -> None:
        """Closes the connections."""
        self._runner.run(self._close())
        self._runner.close()

    async def _work(self, clients: int, seconds: float) -> Sample:
        await self._connect(clients)
        busy, begun = processor_seconds(self._stage.server_pid), perf_counter()
        counts = await asyncio.gather(
            *(self._keep_placing(client, seed, begun + seconds) for seed, client in enumerate(self._clients[:clients]))
        )
        elapsed = perf_counter() - begun
        return Sample(sum(counts), elapsed, processor_seconds(self._stage.server_pid) - busy)

    async def _keep_placing(self, client: Client, seed: int, until: float) -> int:
        count = 0
        for wish in wishes(self._stage.world, seed=seed):
            _check(await client.ask(_request(self._stage.world, wish)))
            count += 1
            if perf_counter() >= until:
                break
        return count

    async def _place(self, chosen: list[Wish]) -> None:
        await self._connect(1)
        for wish in chosen:
            _check(await self._clients[0].ask(_request(self._stage.world, wish)))

    async def _connect(self, clients: int) -> None:
        stage = self._stage
        for _ in range(clients - len(self._clients)):
            self._clients.append(await Client.connect(stage.host, stage.port, token=stage.token))

    async def _close(self) -> None:
        for client in self._clients:
            await client.close()


def _request(world: World, wish: Wish) -> bytes:
    lines = [{"itemId": encode_id("Item", ware.item_id), "quantity": str(quantity)} for ware, quantity in wish.lines]
    given = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "customerId": encode_id("Customer", wish.customer_id),
        "lines": lines,
        "idempotencyKey": str(uuid4()),
    }
    return request_body(DOCUMENT, {"input": given})


def _check(answer: bytes) -> None:
    """Only an order that was placed, and allocated in full, counts."""
    placed = orjson.loads(answer).get("data")
    order = placed and placed["placeSalesOrder"]["salesOrder"]
    if not order or order["status"] != "ALLOCATED":
        raise Failed(answer.decode())


@contextmanager
def _sides(stage: Stage) -> Iterator[Sides]:
    ours = Placement(stage)
    with running_hand(stage) as by_hand:

        def check() -> None:
            chosen = list(islice(wishes(stage.world, seed=0), CHECKED))
            assert_same(_written(stage, ours.place, chosen), _written(stage, by_hand.place, chosen))

        yield Sides(ours, by_hand, check)
        ours.close()


def _written(stage: Stage, place: Callable[[list[Wish]], None], chosen: list[Wish]) -> Written:
    witness = Witness(stage.urls.migrate)
    since = asyncio.run(witness.since())
    place(chosen)
    return asyncio.run(witness.written(since))


PLACEMENT = Workload(
    name="placeSalesOrder, 5 lines",
    reference="the same rows over asyncpg",
    goal=0.3,
    clients=(1, 16),
    sides=_sides,
)

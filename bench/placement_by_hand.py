"""The rows of placeSalesOrder written by hand: one transaction over asyncpg, one statement for each table.

It has the same locks and leaves the same rows (bench/written.py compares them), but it asks nobody: prices and terms
are known, nothing is checked, and no GraphQL comes in or goes out. It is what a careful programmer could reach at best.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from time import perf_counter, process_time
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvloop
from sqlalchemy.engine import URL

from bench.cores import pin
from bench.processes import SPAWNED
from bench.rounds import Sample
from bench.server import Stage
from bench.world import PERSON, Wish, World, wishes
from kernel.ids import new_id
from kernel.roles import connect

Database: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_CENT = Decimal("0.01")
Job = tuple[int, float] | list[Wish]
"""Clients and seconds; or orders to be placed one after the other."""

_KEY = """
INSERT INTO idempotency_key (subject, mutation, key, fingerprint, result, created_at)
VALUES ($1, 'placeSalesOrder', $2, $3, $4, $5)
"""
_LOCK_SUPPLIES = """
SELECT s.id, s.item_id, s.site_id, s.expected_date, s.open_quantity, s.pegged
FROM supply s JOIN unnest($2::uuid[]) AS wanted (item_id) ON s.item_id = wanted.item_id
WHERE s.entity_id = $1 AND s.site_id = $3 AND s.open_quantity > s.pegged
ORDER BY s.id FOR NO KEY UPDATE OF s
"""
_LOCK_BALANCES = """
SELECT b.item_id, b.on_hand, b.held, b.reserved
FROM site_balance b JOIN unnest($2::uuid[]) AS wanted (item_id) ON b.item_id = wanted.item_id
WHERE b.entity_id = $1 AND b.site_id = $3
ORDER BY b.item_id, b.site_id FOR NO KEY UPDATE OF b
"""
_ORDER = """
INSERT INTO sales_order
    (entity_id, id, customer_id, site_id, status, currency, total, when_short, requested_date, placed_at)
VALUES ($1, $2, $3, $4, 'allocated', 'EUR', $5, 'backorder', $6, $7)
"""
_LINES = """
INSERT INTO sales_order_line
    (entity_id, id, order_id, line_number, item_id, entered_quantity, entered_unit, quantity, unit_price, price_id,
     amount, status, requested_date, first_promised_date, last_promised_date, customer_id)
SELECT $1, l.id, $2, l.line_number, l.item_id, l.quantity, 'C62', l.quantity, l.unit_price, l.price_id,
       l.amount, 'allocated', $3::date, $3, $3, $11
FROM unnest($4::uuid[], $5::int[], $6::uuid[], $7::numeric[], $8::numeric[], $9::uuid[], $10::numeric[])
    AS l (id, line_number, item_id, quantity, unit_price, price_id, amount)
"""
_DEMANDS = """
INSERT INTO demand
    (entity_id, id, kind, document_id, line_id, item_id, site_id, due_date, priority, promised_at, open_quantity,
     reserved)
SELECT $1, l.id, 'sales_order_line', $2, l.id, l.item_id, $3, $4, 100, $5, l.quantity, l.quantity
FROM unnest($6::uuid[], $7::uuid[], $8::numeric[]) AS l (id, item_id, quantity)
"""
_RESERVATIONS = """
INSERT INTO reservation
    (entity_id, id, demand_id, item_id, site_id, quantity, open_quantity, reserved_at)
SELECT $1, l.id, l.demand_id, l.item_id, $2, l.quantity, l.quantity, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::numeric[]) AS l (id, demand_id, item_id, quantity)
"""
_RESERVE = """
UPDATE site_balance b SET reserved = b.reserved + l.quantity
FROM unnest($3::uuid[], $4::numeric[]) AS l (item_id, quantity)
WHERE b.entity_id = $1 AND b.site_id = $2 AND b.item_id = l.item_id
"""
_DECISION = """
INSERT INTO allocation_decision (entity_id, id, document_id, decided_at, policy, inputs, outcome)
VALUES ($1, $2, $3, $4, 'stock first, then soonest supply; version 1', $5, $6)
"""
_EVENT = """
INSERT INTO event (id, entity_id, type, subject_type, subject_id, actor, payload, occurred_at)
VALUES ($1, $2, 'SalesOrderPlaced', 'SalesOrder', $3, $4, $5, $6)
"""
_AUDIT = """
INSERT INTO audit_entry (id, entity_id, at, actor, mutation, outcome, detail)
VALUES ($1, $2, $3, $4, 'placeSalesOrder', 'done', $5)
"""


@dataclass(frozen=True)
class _Line:
    id: UUID
    item_id: UUID
    price_id: UUID
    price: Decimal
    quantity: Decimal

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(_CENT)


@dataclass(frozen=True)
class Hand:
    """The other side, from here: it works in a process of its own."""

    pipe: Connection

    def __call__(self, clients: int, seconds: float) -> Sample:
        """Places orders for so long."""
        sample = self._done((clients, seconds))
        assert isinstance(sample, Sample)
        return sample

    def place(self, chosen: list[Wish]) -> None:
        """Places these orders, one after the other."""
        self._done(chosen)

    def _done(self, job: Job) -> Sample | None:
        self.pipe.send(job)
        sample: Sample | None = self.pipe.recv()
        return sample


@contextmanager
def running_hand(stage: Stage[World]) -> Iterator[Hand]:
    """Starts the process, as the app role, on the measured core."""
    ours, theirs = SPAWNED.Pipe()
    process = SPAWNED.Process(target=_work, args=(theirs, stage.urls.migrate, stage.world, stage.core), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Hand(ours)
    finally:
        ours.close()
        process.join()


def _work(pipe: Connection, url: URL, world: World, core: int | None) -> None:
    pin(core)
    connections: list[Database] = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        while True:
            try:
                job: Job = pipe.recv()
            except EOFError:
                return
            pipe.send(runner.run(_do(job, url, world, connections)))


async def _do(job: Job, url: URL, world: World, connections: list[Database]) -> Sample | None:
    clients = 1 if isinstance(job, list) else job[0]
    connections += [await connect(url) for _ in range(clients - len(connections))]
    if isinstance(job, list):
        for wish in job:
            await _place(connections[0], world, wish)
        return None
    busy, begun = process_time(), perf_counter()
    until = begun + job[1]
    working = (_keep_placing(each, world, seed, until) for seed, each in enumerate(connections[:clients]))
    counts = await asyncio.gather(*working)
    return Sample(sum(counts), perf_counter() - begun, process_time() - busy)


async def _keep_placing(connection: Database, world: World, seed: int, until: float) -> int:
    count = 0
    for wish in wishes(world, seed=seed):
        await _place(connection, world, wish)
        count += 1
        if perf_counter() >= until:
            break
    return count


async def _place(connection: Database, world: World, wish: Wish) -> None:
    now, order_id = datetime.now(UTC), new_id()
    lines = [_Line(new_id(), ware.item_id, ware.price_id, ware.price, quantity) for ware, quantity in wish.lines]
    done = _json(_done(world, order_id))
    item_ids = sorted(line.item_id for line in lines)
    key = str(uuid4())
    async with connection.transaction():
        fingerprint = hashlib.sha256(key.encode()).hexdigest()
        await connection.execute(_KEY, PERSON, key, fingerprint, done, now)
        await connection.fetch(_LOCK_SUPPLIES, world.entity_id, item_ids, world.site_id)
        balances = await connection.fetch(_LOCK_BALANCES, world.entity_id, item_ids, world.site_id)
        await _write_order(connection, world, wish, order_id, lines, now)
        await _allocate(connection, world, order_id, lines, balances, now)
        event = _event(world, wish, lines)
        await connection.execute(_EVENT, new_id(), world.entity_id, order_id, PERSON, _json(event), now)
        await connection.execute(_AUDIT, new_id(), world.entity_id, now, PERSON, done)


async def _write_order(
    connection: Database, world: World, wish: Wish, order_id: UUID, lines: list[_Line], now: datetime
) -> None:
    today, entity_id = now.date(), world.entity_id
    total = _total(lines)
    await connection.execute(_ORDER, entity_id, order_id, wish.customer_id, world.site_id, total, today, now)
    await connection.execute(
        _LINES,
        entity_id,
        order_id,
        today,
        [line.id for line in lines],
        list(range(1, len(lines) + 1)),
        [line.item_id for line in lines],
        [line.quantity for line in lines],
        [line.price for line in lines],
        [line.price_id for line in lines],
        [line.amount for line in lines],
        wish.customer_id,
    )


async def _allocate(
    connection: Database,
    world: World,
    order_id: UUID,
    lines: list[_Line],
    balances: list[asyncpg.Record],
    now: datetime,
) -> None:
    entity_id, site_id = world.entity_id, world.site_id
    free = {row["item_id"]: row["on_hand"] - row["held"] - row["reserved"] for row in balances}
    assert all(free[line.item_id] >= line.quantity for line in lines)
    ids, item_ids = [line.id for line in lines], [line.item_id for line in lines]
    quantities = [line.quantity for line in lines]
    await connection.execute(_DEMANDS, entity_id, order_id, site_id, now.date(), now, ids, item_ids, quantities)
    fresh = [new_id() for _ in lines]
    await connection.execute(_RESERVATIONS, entity_id, site_id, now, fresh, ids, item_ids, quantities)
    await connection.execute(_RESERVE, entity_id, site_id, item_ids, quantities)
    inputs, outcome = _decision(lines, world, balances, now.date())
    await connection.execute(_DECISION, entity_id, new_id(), order_id, now, _json(inputs), _json(outcome))


def _done(world: World, order_id: UUID) -> dict[str, Any]:
    reference = {"type": "SalesOrder", "id": order_id, "entity_id": world.entity_id, "version": 1}
    return {"objects": {"sales_order": [reference]}, "warnings": []}


def _event(world: World, wish: Wish, lines: list[_Line]) -> dict[str, Any]:
    return {
        "customerId": wish.customer_id,
        "siteId": world.site_id,
        "total": _total(lines),
        "currency": "EUR",
        "lines": len(lines),
        "shortLines": 0,
    }


def _decision(
    lines: list[_Line], world: World, balances: list[asyncpg.Record], today: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = [
        {
            "demand_id": line.id,
            "key": {"item_id": line.item_id, "site_id": world.site_id},
            "quantity": line.quantity,
            "due_date": today,
            "earliest": None,
            "latest": None,
        }
        for line in lines
    ]
    stocks = [
        {
            "key": {"item_id": row["item_id"], "site_id": world.site_id},
            "on_hand": row["on_hand"],
            "held": row["held"],
            "reserved": row["reserved"],
        }
        for row in balances
    ]
    got = [{"demand_id": line.id, "reserved": line.quantity, "pegs": [], "short": Decimal(0)} for line in lines]
    return {"wanted": wanted, "stocks": stocks, "supplies": []}, {"allocations": got}


def _total(lines: list[_Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value, default=lambda each: f"{each:f}" if isinstance(each, Decimal) else str(each)).decode()

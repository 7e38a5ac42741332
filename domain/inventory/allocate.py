"""The step that gives new demands their goods: locks, a pure decision, set-based writes.

A caller locks the stock of all its keys at once (`lock_stock`), decides with `plan_allocation`, and applies what it
decided (`apply_allocations`) before anything else is locked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.inventory.model import AllocationDecision, Demand, Reservation
from domain.inventory.queries.balances import apply_reserved, lock_site_balances, make_site_balances
from domain.inventory.queries.supplies import apply_pegs, lock_supplies
from domain.inventory.rules import NOTHING, Allocation, ExpectedSupply, Stock, StockKey
from kernel.ids import new_id
from kernel.operation import Operation

ALLOCATION_POLICY = "stock first, then soonest supply; version 1"


@dataclass(frozen=True)
class StockPicture:
    """What there is and what is coming of the wanted keys, under lock."""

    stocks: Mapping[StockKey, Stock]
    supplies: Sequence[ExpectedSupply]


@dataclass(frozen=True, kw_only=True)
class DemandOrigin:
    """The document behind a set of new demands: its lines by the id of their demand."""

    kind: str
    document_id: UUID
    line_ids: Mapping[UUID, UUID]
    priority: int


async def lock_stock(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> StockPicture:
    """Locks supplies, then site balances, of these keys; both in key order.

    A key that never had stock gets its balance now: its lock is what holds off a receipt until the demand is seen.
    """
    supplies = await lock_supplies(op, entity_id, keys)
    await make_site_balances(op, entity_id, keys)
    return StockPicture(await lock_site_balances(op, entity_id, keys), supplies)


async def apply_allocations(
    op: Operation[Actor],
    entity_id: UUID,
    allocations: Sequence[Allocation],
    *,
    origin: DemandOrigin,
    picture: StockPicture,
) -> None:
    """Writes the demands, their reservations and pegs, the balances and supplies, and the decision with its inputs."""
    await op.insert_all(
        {
            Demand: [_demand_row(op, entity_id, each, origin) for each in allocations],
            Reservation: [row for each in allocations for row in _reservation_rows(op, entity_id, each)],
            AllocationDecision: [_decision_row(op, entity_id, allocations, origin, picture)],
        }
    )
    await apply_reserved(op, entity_id, _reserved_by_key(allocations))
    await apply_pegs(op, entity_id, _pegged_by_supply(allocations))


def _demand_row(op: Operation[Actor], entity_id: UUID, allocation: Allocation, origin: DemandOrigin) -> dict[str, Any]:
    wanted = allocation.wanted
    return {
        "entity_id": entity_id,
        "id": wanted.demand_id,
        "kind": origin.kind,
        "document_id": origin.document_id,
        "line_id": origin.line_ids[wanted.demand_id],
        "item_id": wanted.key.item_id,
        "site_id": wanted.key.site_id,
        "due_date": wanted.due_date,
        "priority": origin.priority,
        "promised_at": op.now,
        "open_quantity": wanted.quantity,
        "reserved": allocation.reserved,
        "pegged": allocation.pegged,
    }


def _reservation_rows(op: Operation[Actor], entity_id: UUID, allocation: Allocation) -> Iterable[dict[str, Any]]:
    parts: list[tuple[UUID | None, Decimal]] = [(peg.supply_id, peg.quantity) for peg in allocation.pegs]
    if allocation.reserved:
        parts.insert(0, (None, allocation.reserved))
    for supply_id, quantity in parts:
        yield {
            "entity_id": entity_id,
            "id": new_id(),
            "demand_id": allocation.wanted.demand_id,
            "supply_id": supply_id,
            "item_id": allocation.wanted.key.item_id,
            "site_id": allocation.wanted.key.site_id,
            "quantity": quantity,
            "open_quantity": quantity,
            "reserved_at": op.now,
        }


def _reserved_by_key(allocations: Iterable[Allocation]) -> dict[StockKey, Decimal]:
    reserved: defaultdict[StockKey, Decimal] = defaultdict(lambda: NOTHING)
    for allocation in allocations:
        if allocation.reserved:
            reserved[allocation.wanted.key] += allocation.reserved
    return dict(reserved)


def _pegged_by_supply(allocations: Iterable[Allocation]) -> dict[UUID, Decimal]:
    pegged: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for allocation in allocations:
        for peg in allocation.pegs:
            pegged[peg.supply_id] += peg.quantity
    return dict(pegged)


def _decision_row(
    op: Operation[Actor],
    entity_id: UUID,
    allocations: Sequence[Allocation],
    origin: DemandOrigin,
    picture: StockPicture,
) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": new_id(),
        "document_id": origin.document_id,
        "decided_at": op.now,
        "policy": ALLOCATION_POLICY,
        "inputs": {
            "wanted": [each.wanted for each in allocations],
            "stocks": list(picture.stocks.values()),
            "supplies": list(picture.supplies),
        },
        "outcome": {"allocations": [_outcome(each) for each in allocations]},
    }


def _outcome(allocation: Allocation) -> dict[str, Any]:
    return {
        "demand_id": allocation.wanted.demand_id,
        "reserved": allocation.reserved,
        "pegs": allocation.pegs,
        "short": allocation.short,
    }

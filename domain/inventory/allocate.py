"""The step that gives new demands their goods: locks, a pure decision, set-based writes.

A caller locks the stock of all its keys at once (`lock_stock`), decides with `plan_allocation`, and applies what it
decided (`apply_allocations`) before anything else is locked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.inventory.model import AllocationDecision, Demand, Reservation
from domain.inventory.queries.balances import apply_reserved, lock_site_balances
from domain.inventory.queries.supplies import apply_pegs, lock_supplies
from domain.inventory.reserve import reservation_rows
from domain.inventory.rules import Allocation, ExpectedSupply, Stock, StockKey, total_by
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
    await apply_reserved(op, entity_id, total_by((each.wanted.key, each.reserved) for each in allocations))
    pegs = (peg for each in allocations for peg in each.pegs)
    await apply_pegs(op, entity_id, total_by((peg.supply_id, peg.quantity) for peg in pegs))


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
    wanted = allocation.wanted
    return reservation_rows(
        op, entity_id, wanted.demand_id, wanted.key, on_stock=allocation.reserved, pegs=allocation.pegs
    )


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

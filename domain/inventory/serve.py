"""The step that gives goods which become free to those who wait for them.

The protocol of a caller, in rounds (`op.lock_round`):
1. plan without locks who would be served (`plan_serving`): this says whose documents are to be locked;
2. lock everything in rank order: documents, supplies, demands (`lock_demands`), balances;
3. plan again. Who came meanwhile is locked if that needs no waiting (`seize_claims`); else the round is given back;
4. write what was decided (`apply_serving`), after the goods themselves are booked.

From the lock of its balance on nobody can place an order for a key without seeing the goods; so nobody is left waiting
while goods are free.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.inventory.lifecycle import DemandKind, ReservationStatus
from domain.inventory.model import AllocationDecision, Reservation
from domain.inventory.queries.balances import apply_reserved
from domain.inventory.queries.claims import (
    apply_ended_reservations,
    apply_served_demands,
    gather_claims,
    gather_free,
    gather_pegs,
    seize_demands,
)
from domain.inventory.queries.supplies import apply_pegs, seize_supplies
from domain.inventory.reserve import reservation_rows
from domain.inventory.rules import Stock, StockKey, total_by
from domain.inventory.serving import Goods, Share, end_pegs, serve_waiting
from kernel.ids import new_id
from kernel.operation import Operation

SERVING_POLICY = "own pegs, then the short, then the early, by priority and age; version 1"


@dataclass(frozen=True)
class Distribution:
    """Who gets what of the goods."""

    goods: Goods
    shares: tuple[Share, ...] = ()

    @cached_property
    def demand_ids(self) -> frozenset[UUID]:
        return frozenset(share.claim.demand_id for share in self.shares)

    @cached_property
    def supply_ids(self) -> frozenset[UUID]:
        """The supplies of which something becomes pegged or free."""
        ended = {supply_id for share in self.shares for supply_id in share.ended}
        return frozenset({*ended, *(peg.supply_id for share in self.shares for peg in share.promised)})

    @cached_property
    def sales_order_ids(self) -> frozenset[UUID]:
        claims = (share.claim for share in self.shares)
        return frozenset(claim.document_id for claim in claims if claim.kind == DemandKind.SALES_ORDER_LINE)

    def only(self, demand_ids: frozenset[UUID]) -> "Distribution":
        """What of it goes to these demands."""
        return Distribution(self.goods, tuple(share for share in self.shares if share.claim.demand_id in demand_ids))


async def plan_serving(
    op: Operation[Actor], entity_id: UUID, goods: Goods, stocks: Mapping[StockKey, Stock] | None = None
) -> Distribution:
    """Decides who gets the goods. `stocks` are the locked balances; without them it only says who might."""
    claims = await gather_claims(op, entity_id, goods.keys)
    if not claims:
        return Distribution(goods)
    if stocks is None:
        free = await gather_free(op, entity_id, goods.stock.keys())
    else:
        free = {key: stock.free for key, stock in stocks.items()}
    return Distribution(goods, serve_waiting(claims, goods, free))


async def seize_claims(
    op: Operation[Actor], entity_id: UUID, *, demand_ids: frozenset[UUID], supply_ids: frozenset[UUID]
) -> bool:
    """Locks late claims and the supplies they concern, if that needs no waiting; answers whether it got all."""
    return await seize_supplies(op, entity_id, supply_ids) and await seize_demands(op, entity_id, demand_ids)


async def apply_serving(
    op: Operation[Actor], entity_id: UUID, distribution: Distribution, *, document_id: UUID
) -> None:
    """Writes reservations, pegs, balances and demands, and the decision with its inputs, for the causing document."""
    shares = distribution.shares
    if not shares:
        return
    await _end_pegs(op, entity_id, shares)
    await op.insert(Reservation, [row for share in shares for row in _reservation_rows(op, entity_id, share)])
    await apply_served_demands(op, entity_id, {share.claim.demand_id: _change(share) for share in shares})
    await apply_pegs(op, entity_id, total_by(_peg_changes(shares)))
    await apply_reserved(op, entity_id, total_by((share.claim.key, share.quantity) for share in shares))
    await op.insert(AllocationDecision, [_decision_row(op, entity_id, distribution, document_id)])


async def _end_pegs(op: Operation[Actor], entity_id: UUID, shares: Iterable[Share]) -> None:
    came_true = {(share.claim.demand_id, peg.supply_id) for share in shares for peg in share.redeemed}
    reservations = await gather_pegs(op, entity_id, [share.claim.demand_id for share in shares if share.ended])
    ended = end_pegs(_ended(shares), reservations)
    await apply_ended_reservations(
        op,
        entity_id,
        (
            (
                each.id,
                ended[each.id],
                ReservationStatus.CONSUMED
                if (each.demand_id, each.supply_id) in came_true
                else ReservationStatus.RELEASED,
            )
            for each in reservations
            if each.id in ended
        ),
    )


def _ended(shares: Iterable[Share]) -> dict[tuple[UUID, UUID], Decimal]:
    return {(share.claim.demand_id, supply_id): over for share in shares for supply_id, over in share.ended.items()}


def _reservation_rows(op: Operation[Actor], entity_id: UUID, share: Share) -> Iterable[dict[str, Any]]:
    claim = share.claim
    return reservation_rows(op, entity_id, claim.demand_id, claim.key, on_stock=share.quantity, pegs=share.promised)


def _change(share: Share) -> tuple[Decimal, Decimal]:
    """What is reserved and pegged more than before."""
    promised = sum((peg.quantity for peg in share.promised), Decimal(0))
    return share.quantity, promised - sum(share.ended.values(), Decimal(0))


def _peg_changes(shares: Iterable[Share]) -> Iterable[tuple[UUID, Decimal]]:
    for share in shares:
        yield from ((supply_id, -quantity) for supply_id, quantity in share.ended.items())
        yield from ((peg.supply_id, peg.quantity) for peg in share.promised)


def _decision_row(
    op: Operation[Actor], entity_id: UUID, distribution: Distribution, document_id: UUID
) -> dict[str, Any]:
    goods = distribution.goods
    return {
        "entity_id": entity_id,
        "id": new_id(),
        "document_id": document_id,
        "decided_at": op.now,
        "policy": SERVING_POLICY,
        "inputs": {
            "stock": [{**key._asdict(), "quantity": quantity} for key, quantity in goods.stock.items()],
            "arrived": [{"supply_id": of, "quantity": quantity} for of, quantity in goods.arrived.items()],
            "offered": list(goods.offered),
            "claims": [share.claim for share in distribution.shares],
        },
        "outcome": {"shares": [_outcome(share) for share in distribution.shares]},
    }


def _outcome(share: Share) -> dict[str, Any]:
    got = {name: value for name, value in asdict(share).items() if name != "claim"}
    return {"demand_id": share.claim.demand_id, **got, "short": share.short}

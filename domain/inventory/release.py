"""The step by which a document's demands give back what they hold: their reservations on stock, and their pegs.

What becomes free belongs to those who wait: the caller hands it to them in the same operation (see serve.py).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from authz.actor import Actor
from domain.inventory.lifecycle import ReservationStatus
from domain.inventory.queries.balances import apply_reserved
from domain.inventory.queries.claims import (
    apply_closed_demands,
    apply_ended_reservations,
    gather_claims_of,
    gather_open_reservations,
)
from domain.inventory.queries.supplies import apply_pegs, gather_supplies
from domain.inventory.rules import StockKey, total_by
from domain.inventory.serving import Claim, Goods
from kernel.operation import Operation


@dataclass(frozen=True)
class Release:
    """What demands hold and give back, and the goods that thereby become free."""

    claims: tuple[Claim, ...]
    goods: Goods

    @cached_property
    def demand_ids(self) -> frozenset[UUID]:
        return frozenset(claim.demand_id for claim in self.claims)

    @property
    def supply_ids(self) -> frozenset[UUID]:
        return frozenset(supply.id for supply in self.goods.offered)

    @property
    def stock_keys(self) -> frozenset[StockKey]:
        return frozenset(self.goods.stock)


async def plan_release(op: Operation[Actor], entity_id: UUID, document_id: UUID) -> Release:
    """What the demands of the document hold now."""
    claims = await gather_claims_of(op, entity_id, document_id)
    pegged = total_by((peg.supply_id, peg.quantity) for claim in claims for peg in claim.pegs)
    supplies = await gather_supplies(op, entity_id, pegged.keys()) if pegged else {}
    goods = Goods(
        stock=total_by((claim.key, claim.reserved) for claim in claims),
        offered=tuple(replace(each, pegged=each.pegged - pegged[each.id]) for each in supplies.values()),
        leaving=frozenset(claim.demand_id for claim in claims),
    )
    return Release(tuple(claims), goods)


async def apply_release(op: Operation[Actor], entity_id: UUID, release: Release) -> None:
    """Releases the reservations, gives balances and supplies back what they held, and ends the demands."""
    reservations = await gather_open_reservations(op, entity_id, release.demand_ids)
    await apply_ended_reservations(
        op, entity_id, ((each.id, each.open_quantity, ReservationStatus.RELEASED) for each in reservations)
    )
    await apply_reserved(op, entity_id, {key: -quantity for key, quantity in release.goods.stock.items()})
    pegs = total_by((each.supply_id, -each.open_quantity) for each in reservations if each.supply_id)
    await apply_pegs(op, entity_id, pegs)
    await apply_closed_demands(op, entity_id, release.demand_ids)

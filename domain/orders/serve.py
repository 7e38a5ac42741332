"""The steps by which goods that become free reach waiting orders; see domain/inventory/serve.py for the protocol.

`lock_in_rounds` takes the locks; `decide_under_lock` ends a round of them: it says who gets what, once all are held.
`advance_orders` then moves lines, orders and shortages on.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from authz.actor import Actor
from domain.cases.lifecycle import CaseType
from domain.cases.rules import Cleared
from domain.inventory.queries.claims import gather_claims
from domain.inventory.rules import Stock, StockKey
from domain.inventory.serve import Distribution, apply_serving, plan_serving, seize_claims
from domain.inventory.serving import Claim, Goods, Share
from domain.orders.lifecycle import LINE_STATUS, ORDER_STATUS, LineStatus
from domain.orders.queries.waiting import (
    apply_order_statuses,
    apply_promises,
    gather_placed_lines,
    seize_orders,
)
from domain.orders.rules import PlacedLine, derive_order_status
from domain.orders.shortfall import shortfall_of
from domain.sourcing.rules import Cover
from domain.sourcing.settle import settle_shortages
from kernel.events import Event
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused
from masterdata.entities.queries import Books

L = TypeVar("L")
ROUNDS_MAX = 5
_BUSY = Refused(Code.BUSY, "The waiting orders are being changed by others at this moment. Send it again.")


@dataclass(frozen=True, kw_only=True)
class Held:
    """What of the claims is under lock: their orders, their demands, and the supplies that they are pegged to."""

    orders: frozenset[UUID]
    demands: frozenset[UUID]
    supplies: frozenset[UUID]

    def includes(self, distribution: Distribution) -> bool:
        return (
            distribution.sales_order_ids <= self.orders
            and distribution.demand_ids <= self.demands
            and distribution.supply_ids <= self.supplies
        )


async def lock_in_rounds(op: Operation[Actor], lock_round: Callable[[], Awaitable[L | None]]) -> L:
    """What a round of locks has found, once one found nothing new. Refuses with BUSY when all rounds are used up.

    lock_round: takes the locks in rank order and looks again; None gives them back.
    """
    for _ in range(ROUNDS_MAX):
        async with op.lock_round() as attempt:
            locked = await lock_round()
            if locked is not None:
                attempt.keep()
                return locked
    raise Refusal(_BUSY)


async def decide_under_lock(
    op: Operation[Actor], entity_id: UUID, goods: Goods, *, stocks: Mapping[StockKey, Stock], held: Held
) -> Distribution | None:
    """Who gets what, once every lock that was foreseen is held; None when the round must be repeated.

    Who came after the search is locked now if that needs no waiting. Before that he may still have changed: so it is
    decided once more.
    """
    decided = await plan_serving(op, entity_id, goods, stocks)
    if held.includes(decided):
        return decided
    late_orders = decided.sales_order_ids - held.orders
    late = {"demand_ids": decided.demand_ids - held.demands, "supply_ids": decided.supply_ids - held.supplies}
    if not (await seize_orders(op, entity_id, late_orders) and await seize_claims(op, entity_id, **late)):
        return None
    again = await plan_serving(op, entity_id, goods, stocks)
    now_held = Held(
        orders=held.orders | late_orders,
        demands=held.demands | late["demand_ids"],
        supplies=held.supplies | late["supply_ids"],
    )
    return again if now_held.includes(again) else None


async def promise_goods(
    op: Operation[Actor], entity_id: UUID, goods: Goods, *, claimants: frozenset[UUID], document_id: UUID, books: Books
) -> list[Cleared]:
    """Pegs expected goods that nobody holds to those who are short, and moves their orders and shortages on.

    claimants: the demands under lock, with their documents and shortages; whoever came later gets nothing yet.
    """
    planned = await plan_serving(op, entity_id, goods, {})
    distribution = planned.only(claimants)
    await apply_serving(op, entity_id, distribution, document_id=document_id)
    return await advance_orders(op, entity_id, distribution, books=books)


async def gather_short(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> list[Claim]:
    """Those who are short of goods of these keys."""
    return [each for each in await gather_claims(op, entity_id, keys) if Share(each).short]


async def advance_orders(
    op: Operation[Actor], entity_id: UUID, distribution: Distribution, *, books: Books
) -> list[Cleared]:
    """Moves the lines, orders and shortages of those who got something on. Answers the cases that have cleared."""
    shares = distribution.shares
    if not shares:
        return []
    today = books.day_of(op.now)
    lines = await gather_placed_lines(op, entity_id, distribution.sales_order_ids)
    covered = {share.claim.line_id: share for share in shares if share.claim.line_id in lines and not share.short}
    advanced = {**lines, **{line_id: _advanced(lines[line_id], share, today) for line_id, share in covered.items()}}
    await write_lines(op, entity_id, [advanced[line_id] for line_id in covered], of=advanced)
    for order_id, of_order in _by_order(shares, lines).items():
        op.record(_served(entity_id, order_id, of_order, advanced))
    covers = [Cover(shortfall_of(share, lines.get(share.claim.line_id)), share.is_allocated) for share in shares]
    cleared = await settle_shortages(op, entity_id, covers, currency=books.currency, today=today)
    safe = distribution.sales_order_ids - {line.order_id for line in advanced.values() if line.is_at_risk}
    return [*cleared, *(Cleared(CaseType.PROMISE_AT_RISK, order_id) for order_id in sorted(safe))]


def _advanced(line: PlacedLine, share: Share, today: date) -> PlacedLine:
    status = LineStatus.ALLOCATED if share.is_allocated else LineStatus.BACKORDERED
    LINE_STATUS.require(line.status, status)
    return line.promised(status, share.promised_date(today))


async def write_lines(
    op: Operation[Actor], entity_id: UUID, changed: Sequence[PlacedLine], *, of: Mapping[UUID, PlacedLine]
) -> None:
    """Writes the changed lines, and the statuses that their orders then have. `of`: all lines of these orders."""
    await apply_promises(op, entity_id, {line.line_id: (line.status, line.last_promised_date) for line in changed})
    touched = {line.order_id for line in changed}
    statuses = derive_statuses(line for line in of.values() if line.order_id in touched)
    for line in of.values():
        if line.order_id in touched:
            ORDER_STATUS.require(line.order_status, statuses[line.order_id])
    await apply_order_statuses(op, entity_id, statuses)


def derive_statuses(lines: Iterable[PlacedLine]) -> dict[UUID, str]:
    """The status of each order by its lines."""
    by_order: defaultdict[UUID, list[PlacedLine]] = defaultdict(list)
    for line in lines:
        by_order[line.order_id].append(line)
    return {
        order_id: derive_order_status(
            [line.status for line in of_order], anything_shipped=any(line.shipped_quantity for line in of_order)
        )
        for order_id, of_order in by_order.items()
    }


def _by_order(shares: Iterable[Share], lines: Mapping[UUID, PlacedLine]) -> dict[UUID, list[Share]]:
    by_order: defaultdict[UUID, list[Share]] = defaultdict(list)
    for share in shares:
        if share.claim.line_id in lines:
            by_order[share.claim.document_id].append(share)
    return by_order


def _served(entity_id: UUID, order_id: UUID, shares: Sequence[Share], lines: Mapping[UUID, PlacedLine]) -> Event:
    """The order got goods, or only the promise of goods."""
    line = lines[shares[0].claim.line_id]
    return Event(
        type="SalesOrderAllocated" if any(share.quantity for share in shares) else "SalesOrderPromised",
        subject_type="SalesOrder",
        subject_id=order_id,
        entity_id=entity_id,
        payload={
            "customerId": line.customer_id,
            "status": derive_statuses(each for each in lines.values() if each.order_id == order_id)[order_id],
            "lines": [
                {
                    "salesOrderLineId": share.claim.line_id,
                    "quantity": share.quantity,
                    "short": share.short,
                    "promisedDate": lines[share.claim.line_id].last_promised_date,
                }
                for share in shares
            ],
        },
    )

"""The step by which goods leave: reservations become a shipment, its movements and its cost.

`plan_issue` locks what is about to change and decides from where it is taken and what it costs; `apply_issue` writes
all of it. Stock, its value and what is promised of it change together and so agree at every instant.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.post import Posting, Side, post
from domain.finance.queries import apply_layers, lock_layers
from domain.finance.rules import Layer
from domain.fulfillment.model import Shipment, ShipmentLine
from domain.fulfillment.rules import Costed, cost_picks, short_of_bins
from domain.inventory.move import Move, Place, apply_moves
from domain.inventory.picking import ToPick, choose_bins, consume_reservations
from domain.inventory.queries.balances import apply_reserved, lock_site_balances
from domain.inventory.queries.issues import (
    apply_consumed,
    apply_issued_demands,
    lock_hard_reservations,
    lock_pick_bins,
)
from domain.inventory.queries.places import gather_counterparty
from domain.inventory.rules import NOTHING, StockKey
from domain.orders.rules import OpenLine
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.refusal import Refusal
from masterdata.locations.kinds import LocationKind


@dataclass(frozen=True)
class IssuedLine:
    """One line of the shipment: what leaves one bin for one line of the order."""

    id: UUID
    costed: Costed


@dataclass(frozen=True)
class GoodsIssue:
    """What leaves, decided under lock: the picks with their cost, and what becomes of reservations and layers."""

    id: UUID
    currency: str
    customers_id: UUID
    """The virtual place of customers."""
    to_pick: Sequence[ToPick]
    lines: Sequence[IssuedLine]
    consumed: Mapping[UUID, Decimal]
    layers: Mapping[UUID, Layer]

    @property
    def value(self) -> Decimal:
        return sum((line.costed.value for line in self.lines), NOTHING)


@dataclass(frozen=True)
class ShipmentHeading:
    """What the shipment says beside its lines."""

    sales_order_id: UUID
    tracking_reference: str | None
    shipped_on: date


async def plan_issue(
    op: Operation[Actor], entity_id: UUID, to_pick: Sequence[ToPick], *, lines: Mapping[UUID, OpenLine], currency: str
) -> GoodsIssue:
    """Locks reservations, sites, bins and layers, in that order, and decides. Refuses what cannot be picked now."""
    reservations = await lock_hard_reservations(op, entity_id, [each.demand_id for each in to_pick])
    keys = {each.key for each in to_pick}
    await lock_site_balances(op, entity_id, keys)
    picks = choose_bins(to_pick, await lock_pick_bins(op, entity_id, keys))
    lacking = short_of_bins(to_pick, picks, lines)
    if lacking:
        raise Refusal(*lacking)
    layers = await lock_layers(op, entity_id, {key.item_id for key in keys}, currency=currency)
    costed, layers_after = cost_picks(picks, layers)
    return GoodsIssue(
        id=new_id(),
        currency=currency,
        customers_id=await gather_counterparty(op, entity_id, LocationKind.CUSTOMER),
        to_pick=to_pick,
        lines=[IssuedLine(new_id(), each) for each in costed],
        consumed=consume_reservations(to_pick, reservations),
        layers=layers_after,
    )


async def apply_issue(op: Operation[Actor], entity_id: UUID, issue: GoodsIssue, heading: ShipmentHeading) -> None:
    """Writes the shipment and everything that changes with it."""
    await apply_issued_demands(op, entity_id, {each.demand_id: each.quantity for each in issue.to_pick})
    await apply_consumed(op, entity_id, issue.consumed)
    # What is reserved shrinks first: it may at no instant exceed what is on hand.
    await apply_reserved(op, entity_id, _given_back(issue.to_pick))
    await apply_moves(op, entity_id, [_move(issue, line) for line in issue.lines])
    await apply_layers(op, entity_id, list(issue.layers.values()))
    await op.insert(Shipment, [_shipment_row(op, entity_id, issue, heading)])
    await op.insert(ShipmentLine, [_line_row(entity_id, issue, line) for line in issue.lines])
    postings = [_posting(issue, line) for line in issue.lines]
    await post(op, entity_id, postings, accounting_date=heading.shipped_on)


def _given_back(to_pick: Iterable[ToPick]) -> dict[StockKey, Decimal]:
    changes: defaultdict[StockKey, Decimal] = defaultdict(lambda: NOTHING)
    for each in to_pick:
        changes[each.key] -= each.quantity
    return dict(changes)


def _move(issue: GoodsIssue, line: IssuedLine) -> Move:
    pick = line.costed.pick
    return Move(
        item_id=pick.bin.item_id,
        origin=Place(pick.bin.location_id, pick.site_id),
        target=Place(issue.customers_id, None),
        quantity=pick.quantity,
        value=line.costed.value,
        currency=issue.currency,
        document_type="Shipment",
        document_id=issue.id,
        line_id=line.id,
    )


def _shipment_row(op: Operation[Actor], entity_id: UUID, issue: GoodsIssue, heading: ShipmentHeading) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": issue.id,
        "sales_order_id": heading.sales_order_id,
        "shipped_at": op.now,
        "tracking_reference": heading.tracking_reference,
    }


def _line_row(entity_id: UUID, issue: GoodsIssue, line: IssuedLine) -> dict[str, Any]:
    pick = line.costed.pick
    return {
        "entity_id": entity_id,
        "id": line.id,
        "shipment_id": issue.id,
        "sales_order_line_id": pick.line_id,
        "item_id": pick.bin.item_id,
        "location_id": pick.bin.location_id,
        "quantity": pick.quantity,
        "value": line.costed.value,
    }


def _posting(issue: GoodsIssue, line: IssuedLine) -> Posting:
    item_id = line.costed.pick.bin.item_id
    return Posting(
        debit=Side(Account.COST_OF_SALES),
        credit=Side(Account.STOCK, issue.layers[item_id].id),
        amount=line.costed.value,
        currency=issue.currency,
        document_type="Shipment",
        document_id=issue.id,
        line_id=line.id,
        item_id=item_id,
    )

"""The step that moves goods: balances of sites and bins, and the movements behind them, change together.

A caller locks what it will move (`lock_moved`), decides, and applies (`apply_moves`). A move inside a site leaves the
site's balance as it is; virtual places have no balance.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.finance.rules import Layer
from domain.inventory.model import Movement
from domain.inventory.queries.balances import (
    apply_bin_stock,
    apply_site_stock,
    lock_bin_balances,
    lock_site_balances,
    make_bin_balances,
    make_site_balances,
)
from domain.inventory.rules import NOTHING, BinKey, BinStock, Stock, StockKey
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True)
class Place:
    """A location as one end of a move. `site_id` is None for virtual places."""

    location_id: UUID
    site_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """Goods from one place to another, in base units, with their value in the entity's currency."""

    item_id: UUID
    origin: Place
    target: Place
    quantity: Decimal
    value: Decimal
    currency: str
    document_type: str
    document_id: UUID
    line_id: UUID | None = None
    reference: str | None = None


@dataclass(frozen=True)
class MovedStock:
    """The balances that are about to change, under lock."""

    sites: Mapping[StockKey, Stock]
    bins: Mapping[BinKey, BinStock]


async def lock_moved(op: Operation[Actor], entity_id: UUID, touched: Collection[tuple[UUID, Place]]) -> MovedStock:
    """Locks the balances of these items at these places: sites, then bins, in key order. Makes those that lack."""
    bins = {BinKey(item, place.location_id): place.site_id for item, place in touched if place.site_id is not None}
    keys = {StockKey(key.item_id, site_id) for key, site_id in bins.items()}
    await make_site_balances(op, entity_id, keys)
    sites = await lock_site_balances(op, entity_id, keys)
    await make_bin_balances(op, entity_id, bins)
    return MovedStock(sites, await lock_bin_balances(op, entity_id, bins))


async def apply_moves(op: Operation[Actor], entity_id: UUID, moves: Sequence[Move]) -> None:
    """Writes the movements and changes the balances that `lock_moved` has locked. The CHECKs refuse negative stock."""
    if not moves:
        return
    await apply_site_stock(op, entity_id, _by_site(moves))
    await apply_bin_stock(op, entity_id, _by_bin(moves))
    await op.insert(Movement, [_movement_row(op, entity_id, move) for move in moves])


def received_layers(layers: Mapping[UUID, Layer], moves: Iterable[Move]) -> list[Layer]:
    """The valuation layers by item, after these moves have brought goods in with their value."""
    received: dict[UUID, Layer] = {}
    for move in moves:
        before = received.get(move.item_id, layers[move.item_id])
        received[move.item_id] = before.received(move.quantity, move.value)
    return list(received.values())


def _ends(moves: Iterable[Move]) -> Iterable[tuple[UUID, Place, Decimal]]:
    for move in moves:
        yield move.item_id, move.origin, -move.quantity
        yield move.item_id, move.target, move.quantity


def _by_site(moves: Iterable[Move]) -> dict[StockKey, Decimal]:
    changes: defaultdict[StockKey, Decimal] = defaultdict(lambda: NOTHING)
    for item_id, place, quantity in _ends(moves):
        if place.site_id is not None:
            changes[StockKey(item_id, place.site_id)] += quantity
    return changes


def _by_bin(moves: Iterable[Move]) -> dict[BinKey, Decimal]:
    changes: defaultdict[BinKey, Decimal] = defaultdict(lambda: NOTHING)
    for item_id, place, quantity in _ends(moves):
        if place.site_id is not None:
            changes[BinKey(item_id, place.location_id)] += quantity
    return changes


def _movement_row(op: Operation[Actor], entity_id: UUID, move: Move) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": new_id(),
        "item_id": move.item_id,
        "from_location_id": move.origin.location_id,
        "to_location_id": move.target.location_id,
        "quantity": move.quantity,
        "value": move.value,
        "currency": move.currency,
        "effective_at": op.now,
        "recorded_at": op.now,
        "document_type": move.document_type,
        "document_id": move.document_id,
        "line_id": move.line_id,
        "actor": op.actor.subject,
        "reference": move.reference,
    }

"""From which bins goods are taken, and which reservations that uses up: decisions over frozen values."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.inventory.rules import BinKey, BinStock, StockKey


@dataclass(frozen=True)
class ReservedDemand:
    """A demand with what is reserved for it on stock: so much may leave, and no more."""

    id: UUID
    key: StockKey
    reserved: Decimal


@dataclass(frozen=True)
class HardReservation:
    """A reservation on stock, with what is left of it."""

    id: UUID
    demand_id: UUID
    open_quantity: Decimal


@dataclass(frozen=True)
class PickBin:
    """A bin that goods can be taken from: the lower priority first, then by code."""

    stock: BinStock
    priority: int
    code: str

    @property
    def turn(self) -> tuple[int, str]:
        return self.priority, self.code


@dataclass(frozen=True)
class Pick:
    """So much for one line of a document, from one bin."""

    line_id: UUID
    bin: BinKey
    site_id: UUID
    quantity: Decimal


@dataclass(frozen=True)
class ToPick:
    """So much of an item is to leave a site for one line of a document."""

    line_id: UUID
    demand_id: UUID
    key: StockKey
    quantity: Decimal


def choose_bins(to_pick: Iterable[ToPick], bins: Iterable[PickBin]) -> tuple[Pick, ...]:
    """Takes each line's goods from the bins in their turn, emptying one before it goes to the next.

    Lines are served as they come. The picks of a line are less than it wants only when the bins have no more.
    """
    left = _pickable_in_turn(bins)
    return tuple(pick for line in to_pick for pick in _pick(line, left.get(line.key, [])))


def _pickable_in_turn(bins: Iterable[PickBin]) -> dict[StockKey, list[tuple[BinKey, Decimal]]]:
    by_key: defaultdict[StockKey, list[tuple[BinKey, Decimal]]] = defaultdict(list)
    for each in sorted(bins, key=lambda each: each.turn):
        if each.stock.pickable > 0:
            by_key[StockKey(each.stock.key.item_id, each.stock.site_id)].append((each.stock.key, each.stock.pickable))
    return by_key


def _pick(line: ToPick, left: list[tuple[BinKey, Decimal]]) -> Iterable[Pick]:
    """The picks of one line; takes them from what is left."""
    wanted = line.quantity
    while wanted > 0 and left:
        key, pickable = left[0]
        taken = min(wanted, pickable)
        wanted -= taken
        left[:1] = [(key, pickable - taken)] if taken < pickable else []
        yield Pick(line.line_id, key, line.key.site_id, taken)


def consume_reservations(to_pick: Iterable[ToPick], reservations: Iterable[HardReservation]) -> dict[UUID, Decimal]:
    """How much of each reservation is used up when the goods leave: the oldest of a demand first."""
    wanted = {line.demand_id: line.quantity for line in to_pick}
    consumed = {}
    for reservation in sorted(reservations, key=lambda each: each.id):
        taken = min(wanted[reservation.demand_id], reservation.open_quantity)
        wanted[reservation.demand_id] -= taken
        if taken:
            consumed[reservation.id] = taken
    assert not any(wanted.values()), "a demand has more reserved than its reservations say"
    return consumed

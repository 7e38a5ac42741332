"""What can be promised, and to whom goods go: the decisions of inventory, over frozen values.

Nothing here reads or writes; the callers gather what is needed under locks, decide here, and apply the result. All
quantities are in the item's base unit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

NOTHING = Decimal(0)


class StockKey(NamedTuple):
    """An item at a site. Keys are locked in their own order."""

    item_id: UUID
    site_id: UUID


@dataclass(frozen=True)
class Stock:
    """What a site has of an item. `free` is what may still be promised."""

    key: StockKey
    on_hand: Decimal = NOTHING
    held: Decimal = NOTHING
    reserved: Decimal = NOTHING

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.held - self.reserved


class BinKey(NamedTuple):
    """An item in a bin. Keys are locked in their own order."""

    item_id: UUID
    location_id: UUID


@dataclass(frozen=True)
class BinStock:
    """What a bin has of an item. `pickable` is what may still be taken."""

    key: BinKey
    site_id: UUID
    on_hand: Decimal = NOTHING
    held: Decimal = NOTHING
    pinned: Decimal = NOTHING

    @property
    def pickable(self) -> Decimal:
        return self.on_hand - self.held - self.pinned


@dataclass(frozen=True)
class ExpectedSupply:
    """Goods on their way. `unpegged` is what nobody was promised yet."""

    id: UUID
    key: StockKey
    expected_date: date
    open_quantity: Decimal
    pegged: Decimal = NOTHING

    @property
    def unpegged(self) -> Decimal:
        return self.open_quantity - self.pegged


@dataclass(frozen=True)
class Wanted:
    """A demand that asks for goods. It takes no supply that is expected after `latest`, where that is given."""

    demand_id: UUID
    key: StockKey
    quantity: Decimal
    due_date: date
    latest: date | None = None


@dataclass(frozen=True)
class Peg:
    """A part of an expected supply, promised to a demand."""

    supply_id: UUID
    quantity: Decimal
    expected_date: date


@dataclass(frozen=True)
class Allocation:
    """What a demand got: reserved on stock, pegged to expected supply, and what is short."""

    wanted: Wanted
    reserved: Decimal
    pegs: tuple[Peg, ...]

    @property
    def pegged(self) -> Decimal:
        return sum((peg.quantity for peg in self.pegs), NOTHING)

    @property
    def short(self) -> Decimal:
        return self.wanted.quantity - self.reserved - self.pegged

    @property
    def covered(self) -> Decimal:
        return self.reserved + self.pegged

    def promised_date(self, today: date) -> date | None:
        """When all of it can leave: no earlier than wanted, no earlier than its last part arrives; None while short."""
        if self.short:
            return None
        return max([today, self.wanted.due_date, *(peg.expected_date for peg in self.pegs)])


def plan_allocation(
    wanted: Iterable[Wanted], stocks: Mapping[StockKey, Stock], supplies: Iterable[ExpectedSupply]
) -> tuple[Allocation, ...]:
    """Gives each demand what is free on stock, then what is expected soonest and unpegged.

    The earlier due date is served first; a tie is broken by the demand's id, never by its position. The sum of what is
    given never exceeds what is free or unpegged, whatever the demands are.
    """
    free = {key: stock.free for key, stock in stocks.items()}
    coming = _by_key(supplies)
    given = []
    for demand in sorted(wanted, key=lambda each: (each.due_date, each.demand_id)):
        reserved = min(demand.quantity, free.get(demand.key, NOTHING))
        free[demand.key] = free.get(demand.key, NOTHING) - reserved
        pegs, coming[demand.key] = _take(coming[demand.key], demand.quantity - reserved, demand.latest)
        given.append(Allocation(demand, reserved, pegs))
    return tuple(given)


def _by_key(supplies: Iterable[ExpectedSupply]) -> defaultdict[StockKey, list[ExpectedSupply]]:
    coming: defaultdict[StockKey, list[ExpectedSupply]] = defaultdict(list)
    for supply in sorted(supplies, key=lambda each: (each.expected_date, each.id)):
        if supply.unpegged > 0:
            coming[supply.key].append(supply)
    return coming


def _take(
    supplies: Sequence[ExpectedSupply], quantity: Decimal, latest: date | None
) -> tuple[tuple[Peg, ...], list[ExpectedSupply]]:
    """Pegs `quantity` to the supplies in turn; answers the pegs and the supplies with what is left of them."""
    pegs, left = [], []
    for supply in supplies:
        in_time = latest is None or supply.expected_date <= latest
        taken = min(quantity, supply.unpegged) if in_time else NOTHING
        quantity -= taken
        if taken:
            pegs.append(Peg(supply.id, taken, supply.expected_date))
        if taken < supply.unpegged:
            left.append(replace(supply, pegged=supply.pegged + taken))
    return tuple(pegs), left


@dataclass(frozen=True)
class Waiting:
    """A demand that stock does not cover yet: what is short, and its pegs on the supplies that have just arrived."""

    demand_id: UUID
    key: StockKey
    short: Decimal
    priority: int
    promised_at: datetime
    pegs: tuple[Peg, ...] = ()

    @property
    def turn(self) -> tuple[int, datetime, UUID]:
        """Who is served first: the lower priority number, then the earlier promise; a tie is broken by the id."""
        return self.priority, self.promised_at, self.demand_id


@dataclass(frozen=True)
class Serving:
    """What a waiting demand gets from stock: its pegs come true first, then a share of what is free."""

    demand_id: UUID
    key: StockKey
    from_pegs: tuple[Peg, ...] = ()
    from_free: Decimal = NOTHING

    @property
    def pegged(self) -> Decimal:
        return sum((peg.quantity for peg in self.from_pegs), NOTHING)

    @property
    def quantity(self) -> Decimal:
        return self.pegged + self.from_free


def serve_waiting(
    waiting: Iterable[Waiting], *, free: Mapping[StockKey, Decimal], arrived: Mapping[UUID, Decimal]
) -> tuple[Serving, ...]:
    """Gives arrived goods to those who wait for them.

    free: what may be promised of each key, arrivals included. arrived: how much came of each supply.
    A supply's own pegs are served first; what is then free goes to demands that are short. Both in turn. Those who get
    nothing are not named.
    """
    in_turn = sorted(waiting, key=lambda each: each.turn)
    stock, left = dict(free), dict(arrived)
    kept = {each.demand_id: _redeem(each, left, stock) for each in in_turn}
    servings = []
    for demand in in_turn:
        extra = min(demand.short, stock.get(demand.key, NOTHING))
        stock[demand.key] = stock.get(demand.key, NOTHING) - extra
        servings.append(Serving(demand.demand_id, demand.key, kept[demand.demand_id], extra))
    return tuple(serving for serving in servings if serving.quantity)


def _redeem(demand: Waiting, left: dict[UUID, Decimal], stock: dict[StockKey, Decimal]) -> tuple[Peg, ...]:
    """The demand's pegs that come true; takes them from what arrived and from what is free."""
    redeemed = []
    for peg in demand.pegs:
        quantity = min(peg.quantity, left.get(peg.supply_id, NOTHING), stock.get(demand.key, NOTHING))
        if quantity > 0:
            left[peg.supply_id] -= quantity
            stock[demand.key] -= quantity
            redeemed.append(replace(peg, quantity=quantity))
    return tuple(redeemed)


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


@dataclass(frozen=True)
class DatedQuantity:
    """So much, on or by a date."""

    on: date
    quantity: Decimal


def available_to_promise(
    physical: Decimal, supplies: Iterable[DatedQuantity], demands: Iterable[DatedQuantity], *, at: date, horizon: date
) -> Decimal:
    """ATP(t): the least, over every date u from `at` to `horizon`, of physical + supply by u - demand due by u.

    `physical` is the stock that is not held. Each demand counts once, reserved or not. Accepting an order of this size
    at this date makes no earlier promise late. Never negative: what is already over-promised leaves nothing.
    """
    changes: defaultdict[date, Decimal] = defaultdict(lambda: NOTHING)
    for supply in supplies:
        changes[max(supply.on, at)] += supply.quantity
    for demand in demands:
        changes[max(demand.on, at)] -= demand.quantity
    level = physical + changes.pop(at, NOTHING)
    lowest = level
    for day in sorted(day for day in changes if day <= horizon):
        level += changes[day]
        lowest = min(lowest, level)
    return max(lowest, NOTHING)

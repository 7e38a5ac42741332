"""What can be promised, and to whom goods go: the decisions of inventory, over frozen values.

Nothing here reads or writes; the callers gather what is needed under locks, decide here, and apply the result. All
quantities are in the item's base unit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar
from uuid import UUID

NOTHING = Decimal(0)

K = TypeVar("K")


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
    """A demand that asks for goods.

    Where they are given, it takes no supply that is expected before `earliest` or after `latest`: what is overdue may
    be long in coming.
    """

    demand_id: UUID
    key: StockKey
    quantity: Decimal
    due_date: date
    latest: date | None = None
    earliest: date | None = None

    def accepts(self, supply: ExpectedSupply) -> bool:
        """Whether the supply comes when it is wanted."""
        in_time = self.latest is None or supply.expected_date <= self.latest
        return in_time and (self.earliest is None or supply.expected_date >= self.earliest)


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

    def without(self, cut: Decimal) -> "Allocation":
        """The same goods for a demand that wants so much less."""
        return replace(self, wanted=replace(self.wanted, quantity=self.wanted.quantity - cut))

    def promised_date(self, today: date) -> date | None:
        """When all of it can leave; None while a part is short."""
        return None if self.short else promised_date(self.wanted.due_date, self.pegs, today)


def promised_date(due_date: date, pegs: Iterable[Peg], today: date) -> date:
    """When goods that are covered can leave: no earlier than wanted, no earlier than their last part arrives.

    What is overdue has not come today either: tomorrow is the earliest.
    """
    tomorrow = today + timedelta(days=1)
    arrivals = (peg.expected_date if peg.expected_date >= today else tomorrow for peg in pegs)
    return max([today, due_date, *arrivals])


def plan_allocation(
    wanted: Iterable[Wanted], stocks: Mapping[StockKey, Stock], supplies: Iterable[ExpectedSupply]
) -> tuple[Allocation, ...]:
    """Gives each demand what is free on stock, then what is expected soonest and unpegged.

    The earlier due date is served first; a tie is broken by the demand's id, never by its position. The sum of what is
    given never exceeds what is free or unpegged, whatever the demands are.
    """
    free = {key: stock.free for key, stock in stocks.items()}
    coming = by_key(supplies)
    given = []
    for demand in sorted(wanted, key=lambda each: (each.due_date, each.demand_id)):
        reserved = min(demand.quantity, free.get(demand.key, NOTHING))
        free[demand.key] = free.get(demand.key, NOTHING) - reserved
        pegs, coming[demand.key] = take_pegs(coming[demand.key], demand.quantity - reserved, demand.accepts)
        given.append(Allocation(demand, reserved, pegs))
    return tuple(given)


def by_key(supplies: Iterable[ExpectedSupply]) -> defaultdict[StockKey, list[ExpectedSupply]]:
    """The supplies of each key that have something unpegged, the soonest first."""
    coming: defaultdict[StockKey, list[ExpectedSupply]] = defaultdict(list)
    for supply in sorted(supplies, key=lambda each: (each.expected_date, each.id)):
        if supply.unpegged > 0:
            coming[supply.key].append(supply)
    return coming


def take_pegs(
    supplies: Sequence[ExpectedSupply], quantity: Decimal, accepts: Callable[[ExpectedSupply], bool] = lambda _: True
) -> tuple[tuple[Peg, ...], list[ExpectedSupply]]:
    """Pegs `quantity` to accepted supplies in turn; answers the pegs, and the supplies with what is left of them."""
    pegs, left = [], []
    for supply in supplies:
        taken = min(quantity, supply.unpegged) if accepts(supply) else NOTHING
        quantity -= taken
        if taken:
            pegs.append(Peg(supply.id, taken, supply.expected_date))
        if taken < supply.unpegged:
            left.append(replace(supply, pegged=supply.pegged + taken))
    return tuple(pegs), left


def total_by(pairs: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    """The sums of the quantities by what they belong to; what comes to nothing is left out."""
    totals: dict[K, Decimal] = {}
    for of, quantity in pairs:
        totals[of] = totals.get(of, NOTHING) + quantity
    return {of: total for of, total in totals.items() if total}


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

"""Who gets goods that become free: a decision over frozen values.

Goods become free when they arrive, or when an order gives them back. Those who wait are served in turn, by priority and
then by the age of their promise, in four passes:

1. what was pegged to the arrived goods comes true;
2. what is free on stock goes to those who are short;
3. what is still free goes to those whose goods are on their way, who give their pegs back;
4. expected goods that nobody holds are pegged to those who are still short.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.inventory.rules import NOTHING, ExpectedSupply, Peg, StockKey, by_key, promised_date, take_pegs, total_by


@dataclass(frozen=True, kw_only=True)
class Goods:
    """What becomes free in an operation, in base units."""

    stock: Mapping[StockKey, Decimal] = field(default_factory=dict)
    """How much more can be promised of each key than its balance says."""
    arrived: Mapping[UUID, Decimal] = field(default_factory=dict)
    """How much of it came of each expected supply."""
    offered: tuple[ExpectedSupply, ...] = ()
    """Expected goods that nobody holds (any more)."""
    leaving: frozenset[UUID] = frozenset()
    """Demands that end in this operation and get nothing."""
    first: UUID | None = None
    """The demand that the goods were got for: it is served before all others."""

    @property
    def keys(self) -> frozenset[StockKey]:
        return frozenset({*self.stock, *(supply.key for supply in self.offered)})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A demand that waits: stock does not cover it. Its pegs are merged by supply."""

    demand_id: UUID
    kind: str
    document_id: UUID
    line_id: UUID
    key: StockKey
    due_date: date
    priority: int
    promised_at: datetime
    open_quantity: Decimal
    reserved: Decimal
    pegs: tuple[Peg, ...] = ()

    @property
    def turn(self) -> tuple[int, datetime, UUID]:
        """Who is served first: the lower priority number, then the earlier promise; a tie is broken by the id."""
        return self.priority, self.promised_at, self.demand_id


@dataclass(frozen=True)
class Share:
    """What a claim gets, and how it stands then."""

    claim: Claim
    redeemed: tuple[Peg, ...] = ()
    from_free: Decimal = NOTHING
    replaced: tuple[Peg, ...] = ()
    promised: tuple[Peg, ...] = ()

    @property
    def quantity(self) -> Decimal:
        """What it gets on stock."""
        return _sum(self.redeemed) + self.from_free + _sum(self.replaced)

    @property
    def reserved(self) -> Decimal:
        return self.claim.reserved + self.quantity

    @property
    def ended(self) -> Mapping[UUID, Decimal]:
        """How much of its pegs on each supply is over: it came true, or is not needed any more."""
        return _by_supply((*self.redeemed, *self.replaced))

    @property
    def pegs(self) -> tuple[Peg, ...]:
        """What it is still to get of expected supplies."""
        left = (replace(peg, quantity=peg.quantity - self.ended.get(peg.supply_id, NOTHING)) for peg in self.claim.pegs)
        return (*(peg for peg in left if peg.quantity), *self.promised)

    @property
    def short(self) -> Decimal:
        return self.claim.open_quantity - self.reserved - _sum(self.pegs)

    @property
    def is_allocated(self) -> bool:
        """Whether all of it is reserved on stock."""
        return self.reserved == self.claim.open_quantity

    def promised_date(self, today: date) -> date | None:
        """When all of it can leave; None while a part is short."""
        return None if self.short else promised_date(self.claim.due_date, self.pegs, today)


def serve_waiting(claims: Iterable[Claim], goods: Goods, free: Mapping[StockKey, Decimal]) -> tuple[Share, ...]:
    """Gives the goods to those who wait; names only those who get something.

    free: what the balances say can be promised of the keys in `goods.stock`, without these goods.
    """
    pool = _Pool(
        stock={key: free.get(key, NOTHING) + more for key, more in goods.stock.items()},
        arrived=dict(goods.arrived),
        coming=by_key(goods.offered),
    )
    staying = [claim for claim in claims if claim.demand_id not in goods.leaving]
    shares = [Share(claim) for claim in sorted(staying, key=lambda each: (each.demand_id != goods.first, each.turn))]
    for serve in _PASSES:
        shares = [serve(share, pool) for share in shares]
    return tuple(share for share in shares if share.quantity or share.promised)


@dataclass
class _Pool:
    """What is left to be given while the claims have their turn."""

    stock: dict[StockKey, Decimal]
    arrived: dict[UUID, Decimal]
    coming: dict[StockKey, list[ExpectedSupply]]

    def take(self, key: StockKey, wanted: Decimal) -> Decimal:
        """As much of the wanted as is left on stock."""
        taken = min(wanted, self.stock.get(key, NOTHING))
        if taken:
            self.stock[key] -= taken
        return taken

    def take_pegs(self, key: StockKey, pegs: Iterable[Peg]) -> tuple[Peg, ...]:
        """The pegs, as far as stock covers them."""
        taken = (replace(peg, quantity=self.take(key, peg.quantity)) for peg in pegs)
        return tuple(peg for peg in taken if peg.quantity)


def _redeem(share: Share, pool: _Pool) -> Share:
    """Its pegs on what arrived come true."""
    due = [replace(peg, quantity=min(peg.quantity, pool.arrived.get(peg.supply_id, NOTHING))) for peg in share.pegs]
    redeemed = pool.take_pegs(share.claim.key, due)
    for peg in redeemed:
        pool.arrived[peg.supply_id] -= peg.quantity
    return replace(share, redeemed=redeemed)


def _fill(share: Share, pool: _Pool) -> Share:
    """What it is short of comes from what is free."""
    return replace(share, from_free=pool.take(share.claim.key, share.short))


def _replace(share: Share, pool: _Pool) -> Share:
    """It takes what is free instead of waiting: the pegs that come last are given back first."""
    latest_first = sorted(share.pegs, key=lambda peg: (peg.expected_date, peg.supply_id), reverse=True)
    return replace(share, replaced=pool.take_pegs(share.claim.key, latest_first))


def _promise(share: Share, pool: _Pool) -> Share:
    """What it is still short of is pegged to goods that nobody holds."""
    key = share.claim.key
    promised, pool.coming[key] = take_pegs(pool.coming.get(key, []), share.short)
    return replace(share, promised=promised)


_PASSES: tuple[Callable[[Share, _Pool], Share], ...] = (_redeem, _fill, _replace, _promise)


@dataclass(frozen=True)
class PegReservation:
    """A reservation on an expected supply, with what is left of it."""

    id: UUID
    demand_id: UUID
    supply_id: UUID
    open_quantity: Decimal


def end_pegs(ended: Mapping[tuple[UUID, UUID], Decimal], reservations: Iterable[PegReservation]) -> dict[UUID, Decimal]:
    """How much of each reservation is over, given how much is by demand and supply: the oldest first."""
    left = dict(ended)
    taken = {}
    for reservation in sorted(reservations, key=lambda each: each.id):
        of = reservation.demand_id, reservation.supply_id
        if quantity := min(reservation.open_quantity, left.get(of, NOTHING)):
            taken[reservation.id] = quantity
            left[of] -= quantity
    assert not any(left.values()), "a demand has more pegged than its reservations say"
    return taken


@dataclass(frozen=True)
class Expectation:
    """What a supply will bring now, and when."""

    quantity: Decimal
    on: date


@dataclass(frozen=True)
class Revision:
    """A demand before and after its supplies changed."""

    before: Claim
    after: Claim

    @property
    def lost(self) -> dict[UUID, Decimal]:
        """How much of each supply it will not get any more."""
        left = _by_supply(self.after.pegs)
        pegs = self.before.pegs
        return total_by((peg.supply_id, peg.quantity - left.get(peg.supply_id, NOTHING)) for peg in pegs)


def revise_pegs(claims: Iterable[Claim], expectations: Mapping[UUID, Expectation]) -> tuple[Revision, ...]:
    """Fits pegs to what their supplies will bring now. Who has his turn last loses first."""
    left = {supply_id: expectation.quantity for supply_id, expectation in expectations.items()}
    revisions = []
    for claim in sorted(claims, key=lambda each: each.turn):
        kept = []
        for peg in claim.pegs:
            if expectation := expectations.get(peg.supply_id):
                quantity = min(peg.quantity, left[peg.supply_id])
                left[peg.supply_id] -= quantity
                peg = Peg(peg.supply_id, quantity, expectation.on)
            kept.append(peg)
        revisions.append(Revision(claim, replace(claim, pegs=tuple(peg for peg in kept if peg.quantity))))
    return tuple(revisions)


def _by_supply(pegs: Iterable[Peg]) -> dict[UUID, Decimal]:
    return total_by((peg.supply_id, peg.quantity) for peg in pegs)


def _sum(pegs: Iterable[Peg]) -> Decimal:
    return sum((peg.quantity for peg in pegs), NOTHING)

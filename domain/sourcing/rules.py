"""The ways out of a shortage, ranked: pure decisions over frozen values.

Every option is brought to one scale, money: what the goods are worth, what it costs to bring them, what the delay
costs, and what stays uncovered costs. The lowest sum is the best. All terms are in the entity's currency; quantities
are in the item's base unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from math import lcm
from typing import Any, NamedTuple
from uuid import UUID

from domain.inventory.rules import StockKey
from domain.sourcing.lifecycle import OptionKind
from kernel.money import round_money

DELAY_COST_PER_DAY = Decimal("0.01")
"""What a day of delay costs, as a part of the sales value that waits."""

UNCOVERED_DAYS = 30
"""What an option leaves uncovered is charged as if it were this many days late."""


@dataclass(frozen=True)
class Shortfall:
    """A demand that is short, and what one base unit of it sells for."""

    demand_id: UUID
    key: StockKey
    quantity: Decimal
    due_date: date
    unit_value: Decimal

    @property
    def value(self) -> Decimal:
        return self.quantity * self.unit_value


@dataclass(frozen=True)
class OpenShortage:
    """A shortage on record that is not over: how much it says is missing, and how far it is."""

    id: UUID
    demand_id: UUID
    quantity: Decimal
    status: str


@dataclass(frozen=True)
class Cover:
    """How a demand stands now: what it is short of, and whether all of it is reserved on stock."""

    shortfall: Shortfall
    is_allocated: bool


@dataclass(frozen=True)
class Giver:
    """A sister site that has the item: what is free there, what its policy keeps, and the lane from it.

    increment: the smallest quantity of the item that exists.
    """

    site_id: UUID
    site_code: str
    to_site_id: UUID
    item_id: UUID
    increment: Decimal
    free: Decimal
    reorder_level: Decimal
    unit_cost: Decimal
    lead_time_days: int
    cost_per_unit: Decimal

    @property
    def spare(self) -> Decimal:
        """What it can give without going below its own policy."""
        return spare_of(self.free, self.reorder_level, self.increment)


@dataclass(frozen=True)
class Spare:
    """What a site of another legal entity has of an item; `unit_cost` is in the giver's currency."""

    giver_id: UUID
    item_id: UUID
    sku: str
    site_code: str
    increment: Decimal
    free: Decimal
    reorder_level: Decimal
    unit_cost: Decimal


class OfferCut(StrEnum):
    """Why there may be more offers than those that are told."""

    AGREEMENTS = "agreements"
    """There are more agreements in force than one question looks under; the first by their codes were."""
    SITES = "sites"
    """More sites have something to spare than one question reads; the first by SKU were."""


@dataclass(frozen=True)
class Offer:
    """What a legal entity lets another have of an item from one site: how much, from which day, at which price.

    All that the taker is told of the giver. The price is that of one base unit, in the giver's currency.
    """

    agreement_code: str
    giver_code: str
    item_id: UUID
    sku: str
    site_code: str
    quantity: Decimal
    unit_price: Decimal
    currency: str
    earliest_date: date


@dataclass(frozen=True)
class Seller:
    """A supplier's terms for the item; `rate` converts its currency to the entity's. `increment`: as in `Giver`."""

    supplier_id: UUID
    supplier_code: str
    item_id: UUID
    increment: Decimal
    amount: Decimal
    currency: str
    rate: Decimal
    minimum_quantity: Decimal
    order_multiple: Decimal
    lead_time_days: int


class ScoreTerms(NamedTuple):
    """What a score is made of."""

    goods: Decimal
    freight: Decimal
    delay: Decimal
    uncovered: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self, Decimal(0))


@dataclass(frozen=True)
class Option:
    """One way out: what it brings, when, at what cost, and why. `source_id` is the giving site or the supplier."""

    kind: str
    source_id: UUID
    quantity: Decimal
    arrival_date: date
    landed_cost: Decimal
    terms: ScoreTerms
    reason: str
    inputs: Giver | Seller


@dataclass(frozen=True)
class OfferedOption:
    """An option on record: what was offered, and what it was computed from, as stored."""

    id: UUID
    shortage_id: UUID
    demand_id: UUID
    kind: str
    status: str
    source_id: UUID
    quantity: Decimal
    inputs: Mapping[str, Any]

    def still_holds(self, fresh: Option) -> bool:
        """Whether what can be had now is as good as what was offered: as much, as fast, and no dearer."""
        terms = fresh.inputs
        if isinstance(terms, Giver):
            cost, offered_cost = terms.cost_per_unit, self.inputs["cost_per_unit"]
        else:
            cost, offered_cost = terms.amount, self.inputs["amount"]
        return (
            fresh.quantity == self.quantity
            and terms.lead_time_days <= self.inputs["lead_time_days"]
            and cost <= Decimal(offered_cost)
            and getattr(terms, "currency", None) == self.inputs.get("currency")
        )


def spare_of(free: Decimal, reorder_level: Decimal, increment: Decimal) -> Decimal:
    """What can be given without going below a policy: whole increments, whatever the policy says."""
    above = max(free - reorder_level, Decimal(0))
    return above - above % increment


def agreed_price(unit_cost: Decimal, *, markup_percent: Decimal, currency: str) -> Decimal:
    """The giver's cost and the agreed part of it, to a hundredth of the minor unit: small parts cost less than one."""
    exact = unit_cost * (100 + markup_percent)
    return round_money(exact, currency) / 100


def find_standing(offered: OfferedOption, ranked: Iterable[Option]) -> Option | None:
    """The option as it can be had now; None when it is stale."""
    same = (option for option in ranked if (option.kind, option.source_id) == (offered.kind, offered.source_id))
    return next((option for option in same if offered.still_holds(option)), None)


def rank_options(
    shortfall: Shortfall, givers: Iterable[Giver], sellers: Iterable[Seller], *, today: date, currency: str
) -> tuple[Option, ...]:
    """All ways out of the shortfall, the best first; a tie goes to the earlier arrival, then to the lower source id."""
    transfers = (_transfer(shortfall, giver, today, currency) for giver in givers if giver.spare > 0)
    purchases = (_purchase(shortfall, seller, today, currency) for seller in sellers)
    return tuple(
        sorted([*transfers, *purchases], key=lambda each: (each.terms.total, each.arrival_date, each.source_id))
    )


def _transfer(shortfall: Shortfall, giver: Giver, today: date, currency: str) -> Option:
    quantity = min(shortfall.quantity, giver.spare)
    arrival = today + timedelta(days=giver.lead_time_days)
    terms = _score(
        shortfall, arrival, goods=quantity * giver.unit_cost, freight=quantity * giver.cost_per_unit, brought=quantity
    )
    reason = (
        f"{giver.site_code} has {giver.free:f} free and keeps {giver.reorder_level:f}; "
        f"{quantity:f} can be there on {arrival}."
    )
    return _option(OptionKind.TRANSFER, giver.site_id, quantity, arrival, terms, reason, giver, currency)


def _purchase(shortfall: Shortfall, seller: Seller, today: date, currency: str) -> Option:
    quantity = order_quantity(shortfall.quantity, seller)
    arrival = today + timedelta(days=seller.lead_time_days)
    # What is bought beyond the shortage is stock, not a cost of covering it.
    used = min(quantity, shortfall.quantity)
    terms = _score(shortfall, arrival, goods=used * seller.amount * seller.rate, freight=Decimal(0), brought=quantity)
    # Not the price: the reason is read by people who may not see it.
    reason = f"{seller.supplier_code} delivers in {seller.lead_time_days} days"
    if quantity > shortfall.quantity:
        reason += (
            f"; {quantity:f} meets its minimum of {seller.minimum_quantity:f} in multiples of {seller.order_multiple:f}"
        )
    return _option(OptionKind.BUY, seller.supplier_id, quantity, arrival, terms, f"{reason}.", seller, currency)


def _option(
    kind: str,
    source_id: UUID,
    quantity: Decimal,
    arrival: date,
    terms: ScoreTerms,
    reason: str,
    inputs: Giver | Seller,
    currency: str,
) -> Option:
    rounded = ScoreTerms(*(round_money(term, currency) for term in terms))
    landed = rounded.goods + rounded.freight
    return Option(kind, source_id, quantity, arrival, landed, rounded, reason, inputs)


def _score(shortfall: Shortfall, arrival: date, *, goods: Decimal, freight: Decimal, brought: Decimal) -> ScoreTerms:
    covered = min(brought, shortfall.quantity)
    days_late = max((arrival - shortfall.due_date).days, 0)
    per_day = shortfall.unit_value * DELAY_COST_PER_DAY
    return ScoreTerms(
        goods=goods,
        freight=freight,
        delay=covered * per_day * days_late,
        uncovered=(shortfall.quantity - covered) * per_day * UNCOVERED_DAYS,
    )


def order_quantity(needed: Decimal, seller: Seller) -> Decimal:
    """The least quantity that covers the need, that the supplier accepts, and that exists."""
    wanted = max(needed, seller.minimum_quantity)
    step = common_multiple(seller.order_multiple, seller.increment)
    return (wanted / step).to_integral_value(rounding=ROUND_CEILING) * step


def common_multiple(one: Decimal, other: Decimal) -> Decimal:
    """The least quantity that is a whole multiple of both."""
    (above, below), (above_other, below_other) = one.as_integer_ratio(), other.as_integer_ratio()
    return Decimal(lcm(above * below_other, above_other * below)) / (below * below_other)

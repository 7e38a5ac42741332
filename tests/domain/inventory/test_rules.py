"""What may be promised: tables of cases, and properties that hold for all of them."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.inventory.rules import (
    DatedQuantity,
    ExpectedSupply,
    Peg,
    Stock,
    StockKey,
    Wanted,
    available_to_promise,
    plan_allocation,
)

TODAY = date(2026, 3, 2)
KEYS = [StockKey(UUID(int=item), UUID(int=9)) for item in (1, 2)]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def wanted(number: int, quantity: int, *, key: StockKey = KEYS[0], due: int = 0, latest: int | None = None) -> Wanted:
    return Wanted(UUID(int=number), key, Decimal(quantity), day(due), None if latest is None else day(latest))


def supply(number: int, quantity: int, *, key: StockKey = KEYS[0], on: int = 5, pegged: int = 0) -> ExpectedSupply:
    return ExpectedSupply(UUID(int=number), key, day(on), Decimal(quantity), Decimal(pegged))


def stock(on_hand: int, *, held: int = 0, reserved: int = 0, key: StockKey = KEYS[0]) -> dict[StockKey, Stock]:
    return {key: Stock(key, Decimal(on_hand), Decimal(held), Decimal(reserved))}


def test_stock_first_then_the_soonest_supply_then_short() -> None:
    (got,) = plan_allocation([wanted(1, 10)], stock(3), [supply(12, 4, on=9), supply(11, 2, on=4)])
    assert got.reserved == 3
    assert got.pegs == (Peg(UUID(int=11), Decimal(2), day(4)), Peg(UUID(int=12), Decimal(4), day(9)))
    assert got.short == 1
    assert got.promised_date(TODAY) is None


def test_a_promise_waits_for_its_last_part_and_is_never_before_the_wish() -> None:
    (late,) = plan_allocation([wanted(1, 5)], stock(3), [supply(11, 2, on=4)])
    (early,) = plan_allocation([wanted(1, 3, due=7)], stock(3), [])
    assert late.promised_date(TODAY) == day(4)
    assert early.promised_date(TODAY) == day(7)


def test_held_stock_and_pegged_supply_are_not_given_again() -> None:
    (got,) = plan_allocation([wanted(1, 9)], stock(8, held=2, reserved=3), [supply(11, 5, pegged=4)])
    assert [got.reserved, got.pegged, got.short] == [Decimal(3), Decimal(1), Decimal(5)]


def test_a_supply_that_comes_too_late_is_left_for_others() -> None:
    strict, patient = plan_allocation(
        [wanted(1, 4, latest=3), wanted(2, 4)], stock(0), [supply(11, 2, on=2), supply(12, 9, on=6)]
    )
    assert [strict.pegged, strict.short] == [Decimal(2), Decimal(2)]
    assert patient.pegs == (Peg(UUID(int=12), Decimal(4), day(6)),)


def test_the_earlier_wish_is_served_first_and_a_tie_by_the_key() -> None:
    demands = [wanted(3, 4, due=2), wanted(2, 4, due=1), wanted(1, 4, due=2)]
    got = {each.wanted.demand_id.int: each.reserved for each in plan_allocation(demands, stock(6), [])}
    assert got == {2: 4, 1: 2, 3: 0}


quantities = st.integers(0, 12)
some_key = st.sampled_from(KEYS)
wishes = st.lists(
    st.builds(
        lambda quantity, key, due, latest: (quantity + 1, key, due, latest),
        quantities,
        some_key,
        st.integers(0, 9),
        st.none() | st.integers(0, 9),
    ),
    max_size=8,
)
arrivals = st.lists(st.tuples(quantities, some_key, st.integers(0, 9)), max_size=5)
balances = st.tuples(quantities, quantities, quantities).map(lambda each: (sum(each), each[0], each[1]))


@given(wishes=wishes, arrivals=arrivals, first=balances, second=balances, shuffled=st.randoms())
def test_no_more_is_given_than_there_is(
    wishes: list[tuple[int, StockKey, int, int | None]],
    arrivals: list[tuple[int, StockKey, int]],
    first: tuple[int, int, int],
    second: tuple[int, int, int],
    shuffled: object,
) -> None:
    demands = [
        wanted(n, quantity, key=key, due=due, latest=latest) for n, (quantity, key, due, latest) in enumerate(wishes)
    ]
    supplies = [supply(100 + n, quantity, key=key, on=on) for n, (quantity, key, on) in enumerate(arrivals)]
    stocks = {
        key: Stock(key, Decimal(on_hand), Decimal(held), Decimal(reserved))
        for key, (on_hand, held, reserved) in zip(KEYS, (first, second), strict=True)
    }
    plan = plan_allocation(demands, stocks, supplies)

    reserved: defaultdict[StockKey, Decimal] = defaultdict(Decimal)
    pegged: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for got in plan:
        assert got.reserved >= 0
        assert got.short >= 0
        assert got.reserved + got.pegged + got.short == got.wanted.quantity
        reserved[got.wanted.key] += got.reserved
        for peg in got.pegs:
            assert peg.quantity > 0
            assert got.wanted.latest is None or peg.expected_date <= got.wanted.latest
            pegged[peg.supply_id] += peg.quantity
    assert all(reserved[key] <= stocks[key].free for key in KEYS)
    assert all(pegged[each.id] <= each.unpegged for each in supplies)
    # Whoever is short leaves nothing on stock.
    assert all(reserved[got.wanted.key] == stocks[got.wanted.key].free for got in plan if got.short)
    # The answer does not hang on the sequence of the question.
    turned = list(demands)
    shuffled.shuffle(turned)  # type: ignore[attr-defined]
    assert plan_allocation(turned, stocks, supplies) == plan


def dated(*changes: tuple[int, int]) -> list[DatedQuantity]:
    return [DatedQuantity(day(on), Decimal(quantity)) for on, quantity in changes]


def atp(physical: int, supplies: list[DatedQuantity], demands: list[DatedQuantity], *, at: int = 0) -> Decimal:
    return available_to_promise(Decimal(physical), supplies, demands, at=day(at), horizon=day(30))


def test_what_a_later_demand_needs_is_not_promised_now() -> None:
    assert atp(10, dated(), dated((5, 8))) == 2
    assert atp(10, dated((5, 20)), dated((5, 8))) == 10
    assert atp(10, dated((6, 20)), dated((5, 8))) == 2
    assert atp(10, dated((6, 20)), dated((5, 8)), at=6) == 22
    assert atp(3, dated(), dated((1, 8))) == 0


schedules = st.lists(st.tuples(st.integers(-2, 12), st.integers(1, 9)), max_size=6)


@given(physical=st.integers(0, 20), coming=schedules, going=schedules, at=st.integers(0, 12))
def test_accepting_the_atp_makes_no_earlier_promise_late(
    physical: int, coming: list[tuple[int, int]], going: list[tuple[int, int]], at: int
) -> None:
    """On every day on which there was enough for all promises, there still is."""

    def level(on: int, demands: list[tuple[int, int]]) -> int:
        return (
            physical
            + sum(quantity for when, quantity in coming if when <= on)
            - sum(quantity for when, quantity in demands if when <= on)
        )

    accepted = int(atp(physical, dated(*coming), dated(*going), at=at))
    after = [*going, (at, accepted)]
    for on in range(-2, 31):
        if level(on, going) >= 0:
            assert level(on, after) >= 0
    # And not one piece more could have been accepted.
    if all(level(on, going) >= 0 for on in range(at, 31)):
        assert min(level(on, [*going, (at, accepted + 1)]) for on in range(at, 31)) < 0

"""Who gets goods that become free: whatever waits and whatever comes, some things always hold."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.inventory.rules import ExpectedSupply, Peg, StockKey
from domain.inventory.serving import Claim, Expectation, Goods, Share, revise_pegs, serve_waiting

KEYS = [StockKey(UUID(int=item), UUID(int=100)) for item in (1, 2)]
TODAY = date(2026, 3, 2)
SUPPLIES = {KEYS[0]: [UUID(int=201), UUID(int=202)], KEYS[1]: [UUID(int=203)]}

quantities = st.integers(0, 9).map(Decimal)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Up to eight demands, each covered by stock and pegs to some part."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        key = draw(st.sampled_from(KEYS))
        pegs = tuple(
            Peg(supply, draw(st.integers(1, 5).map(Decimal)), TODAY + timedelta(days=draw(st.integers(0, 9))))
            for supply in draw(st.lists(st.sampled_from(SUPPLIES[key]), unique=True))
        )
        reserved, short = draw(quantities), draw(quantities)
        made.append(
            Claim(
                demand_id=UUID(int=number),
                kind="sales_order_line",
                document_id=UUID(int=300 + number),
                line_id=UUID(int=400 + number),
                key=key,
                due_date=TODAY,
                priority=draw(st.integers(1, 3)),
                promised_at=datetime(2026, 3, draw(st.integers(1, 9)), tzinfo=UTC),
                open_quantity=reserved + short + sum((peg.quantity for peg in pegs), Decimal(0)),
                reserved=reserved,
                pegs=pegs,
            )
        )
    return made


stocks = st.dictionaries(st.sampled_from(KEYS), quantities)


@given(claims(), stocks, st.integers(0, 9).map(Decimal))
def test_all_that_is_free_is_given_while_anybody_waits(
    waiting: list[Claim], stock: dict[StockKey, Decimal], offered: Decimal
) -> None:
    supply = ExpectedSupply(UUID(int=500), KEYS[0], TODAY, offered)
    shares = serve_waiting(waiting, Goods(stock=stock, offered=(supply,)), {})
    after = {claim.demand_id: Share(claim) for claim in waiting} | {each.claim.demand_id: each for each in shares}
    for key, quantity in stock.items():
        of_key = [share for share in after.values() if share.claim.key == key]
        given_out = sum((share.quantity for share in of_key), Decimal(0))
        still_waiting = sum((share.claim.open_quantity - share.reserved for share in of_key), Decimal(0))
        assert given_out <= quantity
        assert given_out == quantity or not still_waiting
    promised = sum((peg.quantity for share in shares for peg in share.promised), Decimal(0))
    short = sum((share.short for share in after.values() if share.claim.key == KEYS[0]), Decimal(0))
    assert promised <= offered
    assert promised == offered or not short
    assert all(share.short >= 0 and all(peg.quantity > 0 for peg in share.pegs) for share in after.values())


@given(claims(), st.dictionaries(st.sampled_from([UUID(int=201), UUID(int=202), UUID(int=203)]), quantities))
def test_what_arrives_makes_its_own_pegs_true_first(waiting: list[Claim], arrived: dict[UUID, Decimal]) -> None:
    keys = {supply: key for key, supplies in SUPPLIES.items() for supply in supplies}
    stock: defaultdict[StockKey, Decimal] = defaultdict(Decimal)
    for supply, quantity in arrived.items():
        stock[keys[supply]] += quantity
    shares = serve_waiting(waiting, Goods(stock=stock, arrived=arrived), {})
    for supply, quantity in arrived.items():
        pegged = sum((peg.quantity for claim in waiting for peg in claim.pegs if peg.supply_id == supply), Decimal(0))
        redeemed = sum(
            (peg.quantity for share in shares for peg in share.redeemed if peg.supply_id == supply), Decimal(0)
        )
        assert redeemed == min(quantity, pegged)


@given(claims(), quantities)
def test_pegs_never_exceed_what_will_come_and_the_last_loses_first(waiting: list[Claim], coming: Decimal) -> None:
    supply, later = UUID(int=201), TODAY + timedelta(days=30)
    revisions = revise_pegs(waiting, {supply: Expectation(coming, later)})
    kept = [(each, peg) for each in revisions for peg in each.after.pegs if peg.supply_id == supply]
    assert sum((peg.quantity for _, peg in kept), Decimal(0)) <= coming
    assert all(peg.expected_date == later for _, peg in kept)
    losers = [each.before.turn for each in revisions if each.lost]
    whole = [each.before.turn for each, _ in kept if not each.lost]
    assert not losers or not whole or max(whole) < min(losers)

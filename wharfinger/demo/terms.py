"""On which terms the demo group trades: prices, purchase prices, policies, tolerances, rates, agreements."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from wharfinger.demo.catalogue import Good, goods
from wharfinger.demo.companies import Company
from wharfinger.demo.parties import suppliers
from wharfinger.demo.proposals import proposed

VALID_FROM = "2025-01-01"
EUR_PER_USD = Decimal("0.92")
LIST = "STANDARD"
SISTERS = {"DE": "FR", "FR": "DE"}
"""Who lets whom see what it could spare."""
BREAK_QUANTITY = 100
_BREAK_FACTOR = Decimal("0.92")
_CENT = Decimal("0.01")


def in_currency_of(company: Company, amount: Decimal) -> Decimal:
    """An amount in USD in the company's currency, in cents and at least one."""
    converted = amount * EUR_PER_USD if company.currency == "EUR" else amount
    return max(converted.quantize(_CENT, rounding=ROUND_HALF_UP), _CENT)


def propose_rates() -> Iterator[ProposedChange]:
    """What a dollar and a euro are worth."""
    for start, end, rate in (
        ("USD", "EUR", EUR_PER_USD),
        ("EUR", "USD", (1 / EUR_PER_USD).quantize(Decimal("0.0001"))),
    ):
        yield proposed(
            "exchange_rate", f"{start}-{end}", from_currency=start, to_currency=end, valid_from=VALID_FROM, rate=rate
        )


def propose_terms(company: Company) -> Iterator[ProposedChange]:
    """Everything that holds in one company."""
    yield proposed(
        "price_list",
        f"{company.code}/{LIST}",
        code=LIST,
        name=f"Standard prices {company.code}",
        currency=company.currency,
    )
    yield proposed("match_tolerance", company.code, price_percent=Decimal(2), quantity_percent=Decimal(1))
    for index, good in enumerate(goods()):
        yield from _prices(company, good)
        yield from _purchase_prices(company, good, index)
        yield from _policies(company, good)


def propose_agreements(company: Company) -> Iterator[ProposedChange]:
    """What the company lets its sister see and have."""
    if company.code in SISTERS:
        yield proposed(
            "inter_company_agreement",
            f"{company.code}/SISTER",
            code="SISTER",
            giver_entity=named(company.code),
            taker_entity=named(SISTERS[company.code]),
            covers="offers_and_pairs",
            markup_percent=Decimal(5),
            title_transfer="at_shipment",
            pair_limit_amount=Decimal(20_000),
            pair_limit_currency=company.currency,
            valid_from=VALID_FROM,
        )


def _prices(company: Company, good: Good) -> Iterator[ProposedChange]:
    for minimum, factor in ((0, Decimal(1)), (BREAK_QUANTITY, _BREAK_FACTOR)):
        yield proposed(
            "price",
            f"{company.code}/{good.sku}/{minimum}",
            price_list=named(LIST),
            item=named(good.sku),
            minimum_quantity=minimum,
            valid_from=VALID_FROM,
            amount=in_currency_of(company, good.price * factor),
        )


def _purchase_prices(company: Company, good: Good, index: int) -> Iterator[ProposedChange]:
    """One supplier for every item; a second, dearer and faster one, for every third."""
    parties = suppliers()
    first = parties[index % len(parties)]
    chosen = [(first, Decimal(1), 5 + first.index % 5 * 4)]
    if index % 3 == 0:
        chosen.append((parties[(index + 7) % len(parties)], Decimal("1.12"), 3))
    multiple = good.family.packs[0][1] if good.family.packs else 1
    for party, factor, lead_time_days in chosen:
        yield proposed(
            "supplier_price",
            f"{company.code}/{good.sku}/{party.code}",
            supplier=named(party.code),
            item=named(good.sku),
            amount=in_currency_of(company, good.cost * factor),
            currency=company.currency,
            minimum_quantity=multiple,
            order_multiple=multiple,
            lead_time_days=lead_time_days,
        )


def _policies(company: Company, good: Good) -> Iterator[ProposedChange]:
    for rank, site in enumerate(company.sites):
        yield proposed(
            "inventory_policy",
            f"{company.code}/{good.sku}/{site.code}",
            item=named(good.sku),
            site=named(site.code),
            reorder_level=(20, 10, 5)[rank],
        )

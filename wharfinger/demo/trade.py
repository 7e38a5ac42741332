"""What goes on in the demo group: stock that is there, and orders that are open, some of them short."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from domain.inventory.open_stock import OpeningLine
from domain.orders.lifecycle import WhenShort
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine
from wharfinger.demo.catalogue import Good, goods
from wharfinger.demo.companies import COMPANIES, Company
from wharfinger.demo.parties import CUSTOMER_COUNT, customers
from wharfinger.demo.proposals import demo_id
from wharfinger.demo.terms import in_currency_of

ORDERS = {"US": 24, "DE": 16, "FR": 14}
SHORT_EVERY = 4
"""Every so many orders one wants more than its site has."""
_SEED = 1864


@dataclass(frozen=True)
class DemoOrder:
    """An order that the demo places, with the key that places it once."""

    key: str
    command: PlaceSalesOrder


def opening_stock(company: Company) -> Iterator[OpeningLine]:
    """Four fifths of the goods lie at the first site, half of them at each other."""
    random = Random(f"{_SEED}/stock/{company.code}")  # noqa: S311 - invented goods, not secrets
    for good in goods():
        for rank, site in enumerate(company.sites):
            share, most = (0.8, 40) if rank == 0 else (0.5, 60)
            quantity = random.randint(2, most) * 5
            location = site.bin("A", random.randint(1, 6))
            if random.random() < share:
                yield OpeningLine(
                    item_id=demo_id("item", good.sku),
                    location_id=company.own_id("location", location),
                    quantity=Decimal(quantity),
                    unit_cost=in_currency_of(company, good.cost),
                    reference=f"demo/{site.code}/{good.sku}",
                )


def open_orders(today: date) -> Iterator[DemoOrder]:
    """The orders of all companies, in the order in which they are placed."""
    everything = tuple(goods())
    for company in COMPANIES:
        random = Random(f"{_SEED}/orders/{company.code}")  # noqa: S311 - as above
        stocked = {line.item_id for line in opening_stock(company) if f"/{company.sites[0].code}/" in line.reference}
        there = [good for good in everything if demo_id("item", good.sku) in stocked]
        for number in range(1, ORDERS[company.code] + 1):
            chosen = random.sample(there, random.randint(1, 5))
            wanted = [_line(good, random.randint(1, 8), number, index) for index, good in enumerate(chosen)]
            customer = customers()[random.randrange(CUSTOMER_COUNT - 1)]
            command = PlaceSalesOrder(
                entity_id=company.id,
                customer_id=demo_id("customer", customer.code),
                lines=tuple(wanted),
                requested_date=today + timedelta(days=random.randint(0, 20)),
                when_short=WhenShort.BACKORDER,
            )
            yield DemoOrder(f"demo/order/{company.code}/{number}", command)


def _line(good: Good, quantity: int, number: int, index: int) -> PlaceSalesOrderLine:
    """The first line of every so many orders is more than any bin of the demo holds."""
    wanted = quantity + 210 if index == 0 and number % SHORT_EVERY == 0 else quantity
    return PlaceSalesOrderLine(item_id=demo_id("item", good.sku), quantity=Decimal(wanted))

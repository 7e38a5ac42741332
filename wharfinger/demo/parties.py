"""The suppliers and customers of the demo group: invented names, always the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any

from masterdata.governance.submit import ProposedChange
from wharfinger.demo.proposals import proposed

SUPPLIER_COUNT = 40
CUSTOMER_COUNT = 84

_PLACES = (
    ("US", "Baltimore"),
    ("DE", "Bremen"),
    ("FR", "Nantes"),
    ("US", "Duluth"),
    ("NL", "Rotterdam"),
    ("IT", "Genoa"),
    ("US", "Oakland"),
    ("PL", "Gdynia"),
    ("ES", "Bilbao"),
    ("DE", "Lübeck"),
)
_MAKERS = ("Anchor", "Beacon", "Capstan", "Dock", "Ebbline", "Fairlead", "Grapnel", "Halyard", "Ironkeel", "Jetty")
_TRADES = ("Works", "Fasteners", "Industries", "Mills")
_BUYERS = ("Keelson", "Lantern", "Mainsail", "Northpier", "Oakum", "Portside", "Quayside", "Rigging", "Spinnaker",
           "Topmast", "Undertow", "Vanguard")  # fmt: skip
_SHOPS = ("Builders", "Marine", "Hardware", "Facilities", "Yards", "Retail", "Engineering")
_FIRST = ("Ava", "Ben", "Chloe", "David", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jonas", "Kira")
_LAST = ("Albers", "Brandt", "Castel", "Duval", "Eriksen", "Fontaine", "Grant", "Haas", "Ivers")

CARRIER = "S-900"
"""The code of the carrier, which is a supplier of freight."""


@dataclass(frozen=True)
class Party:
    """A supplier or customer."""

    code: str
    name: str
    country: str
    city: str
    contact: str
    index: int

    @property
    def values(self) -> dict[str, Any]:
        """What suppliers and customers both have."""
        return {
            "code": self.code,
            "name": self.name,
            "country": self.country,
            "city": self.city,
            "contact": self.contact,
            "phone": f"+00 555 {1000 + self.index * 37:04}",
        }


def suppliers() -> tuple[Party, ...]:
    """Who the group buys goods from."""
    return _parties("S", (f"{maker} {trade}" for trade, maker in product(_TRADES, _MAKERS)), SUPPLIER_COUNT)


def customers() -> tuple[Party, ...]:
    """Who the group sells to."""
    return _parties("C", (f"{buyer} {shop}" for shop, buyer in product(_SHOPS, _BUYERS)), CUSTOMER_COUNT)


def _parties(prefix: str, names: Iterator[str], count: int) -> tuple[Party, ...]:
    people = cycle(f"{first} {last}" for last, first in product(_LAST, _FIRST))
    described = zip(islice(names, count), cycle(_PLACES), people, strict=False)
    return tuple(
        Party(f"{prefix}-{100 + index}", name, country, city, contact, index)
        for index, (name, (country, city), contact) in enumerate(described)
    )


def propose_suppliers() -> Iterator[ProposedChange]:
    """The suppliers, and the carrier."""
    for party in suppliers():
        currency = "USD" if party.country == "US" else "EUR"
        lead_time_days = 5 + party.index % 5 * 4
        yield proposed("supplier", party.code, **party.values, currency=currency, lead_time_days=lead_time_days)
    yield proposed("supplier", CARRIER, code=CARRIER, name="Harbour Line Freight", country="NL", currency="EUR")


def propose_customers() -> Iterator[ProposedChange]:
    """The customers: some are served first, some take parts, one is on credit hold."""
    rules = ("backorder", "backorder", "backorder", "partial", "backorder", "refuse")
    for party in customers():
        yield proposed(
            "customer",
            party.code,
            **party.values,
            priority=50 if party.index % 10 == 0 else 100,
            when_short=rules[party.index % len(rules)],
            credit_status="hold" if party.index == CUSTOMER_COUNT - 1 else "good",
        )

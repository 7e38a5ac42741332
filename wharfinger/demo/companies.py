"""The companies of the demo group with their sites, places and lanes."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from uuid import UUID

from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from masterdata.locations.kinds import LocationKind
from wharfinger.demo.proposals import demo_id, proposed

ZONES = (("A", "Shelves", 6), ("B", "Bulk", 4))
"""Code, name and number of bins of the zones that every site has."""


@dataclass(frozen=True)
class Site:
    """A warehouse."""

    code: str
    name: str

    def bin(self, zone: str, number: int) -> str:
        """The code of a bin."""
        return f"{self.code}-{zone}{number:02}"


@dataclass(frozen=True)
class Company:
    """A company of the group. The first site serves orders that name none."""

    code: str
    name: str
    country: str
    currency: str
    time_zone: str
    sites: tuple[Site, ...]
    lane_days: int
    parent: str | None = None

    @property
    def id(self) -> UUID:
        return demo_id("legal_entity", self.code)

    def own_id(self, noun: str, key: str) -> UUID:
        """The id of an object that belongs to the company."""
        return demo_id(noun, f"{self.code}/{key}")


COMPANIES = (
    Company(
        code="US",
        name="Tidewater Supply Inc.",
        country="US",
        currency="USD",
        time_zone="America/New_York",
        sites=(Site("EWR", "Newark"), Site("ORD", "Chicago"), Site("SEA", "Seattle")),
        lane_days=4,
    ),
    Company(
        code="DE",
        name="Tidewater Handel GmbH",
        country="DE",
        currency="EUR",
        time_zone="Europe/Berlin",
        sites=(Site("HAM", "Hamburg"), Site("MUC", "Munich")),
        lane_days=2,
        parent="US",
    ),
    Company(
        code="FR",
        name="Tidewater Distribution SAS",
        country="FR",
        currency="EUR",
        time_zone="Europe/Paris",
        sites=(Site("LEH", "Le Havre"), Site("LYS", "Lyon")),
        lane_days=2,
        parent="US",
    ),
)


def propose_companies() -> Iterator[ProposedChange]:
    """The legal entities."""
    for company in COMPANIES:
        yield proposed(
            "legal_entity",
            company.code,
            code=company.code,
            name=company.name,
            country=company.country,
            currency=company.currency,
            time_zone=company.time_zone,
            parent=named(company.parent) if company.parent else None,
        )


def propose_places(company: Company) -> Iterator[ProposedChange]:
    """Sites with zones and bins, the places of goods on their way or in doubt, and the counterparties."""
    for priority, site in enumerate(company.sites, start=1):
        yield _place(company, site.code, site.name, LocationKind.SITE, site=site.code, priority=priority)
        for zone, zone_name, bins in ZONES:
            code = f"{site.code}-{zone}"
            yield _place(company, code, zone_name, LocationKind.ZONE, site=site.code, parent=site.code)
            for number in range(1, bins + 1):
                bin_code = site.bin(zone, number)
                yield _place(
                    company,
                    bin_code,
                    f"{zone_name} {number}",
                    LocationKind.BIN,
                    site=site.code,
                    parent=code,
                    priority=number if zone == "A" else 50 + number,
                )
    for code, name, kind in (
        ("IN-TRANSIT", "In transit", LocationKind.IN_TRANSIT),
        ("QUARANTINE", "Quarantine", LocationKind.QUARANTINE),
    ):
        yield _place(company, code, name, kind, site=code)
    for kind in (LocationKind.SUPPLIER, LocationKind.CUSTOMER, LocationKind.ADJUSTMENT):
        yield _place(company, f"{kind.upper()}S", f"{kind.title()}s", kind)


def propose_lanes(company: Company) -> Iterator[ProposedChange]:
    """A lane from each site to each other."""
    for start, end in permutations(company.sites, 2):
        yield proposed(
            "lane",
            f"{company.code}/{start.code}-{end.code}",
            from_site=named(start.code),
            to_site=named(end.code),
            lead_time_days=company.lane_days,
            cost_per_unit=Decimal("0.15"),
        )


def _place(
    company: Company,
    code: str,
    name: str,
    kind: LocationKind,
    *,
    site: str | None = None,
    parent: str | None = None,
    priority: int = 100,
) -> ProposedChange:
    return proposed(
        "location",
        f"{company.code}/{code}",
        code=code,
        name=name,
        kind=str(kind),
        site=named(site) if site else None,
        parent=named(parent) if parent else None,
        priority=priority,
    )

"""The goods of the demo group: families of items that differ by one measure, with their units and prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from masterdata.governance.submit import ProposedChange
from wharfinger.demo.proposals import proposed

UNITS = (
    ("C62", "one", "count"),
    ("PR", "pair", "count"),
    ("SET", "set", "count"),
    ("XBX", "box", "count"),
    ("XCT", "carton", "count"),
    ("XPX", "pallet", "count"),
    ("XRO", "roll", "count"),
    ("XBG", "bag", "count"),
    ("XDR", "drum", "count"),
    ("KGM", "kilogram", "mass"),
    ("MTR", "metre", "length"),
    ("LTR", "litre", "volume"),
    ("HUR", "hour", "time"),
)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Family:
    """Items of one kind. The price rises by `step` from one size to the next."""

    category: str
    prefix: str
    name: str
    sizes: tuple[str, ...]
    price: str
    step: str = "0.12"
    unit: str = "C62"
    increment: str = "1"
    packs: tuple[tuple[str, int], ...] = ()

    @property
    def is_published(self) -> bool:
        """What we need for ourselves is not for partners."""
        return self.category not in ("Packaging", "Cleaning")


@dataclass(frozen=True)
class Good:
    """One item, with its list price in USD."""

    sku: str
    name: str
    price: Decimal
    family: Family

    @property
    def cost(self) -> Decimal:
        """What the group pays for it, more or less."""
        return (self.price * Decimal("0.6")).quantize(_CENT)


_METRIC = ("M5", "M6", "M8", "M10", "M12", "M14", "M16", "M20")
_GLOVES = ("6", "7", "8", "9", "10", "11")
_SHOES = tuple(str(size) for size in range(36, 48))
_WRENCHES = ("8 mm", "10 mm", "12 mm", "13 mm", "14 mm", "17 mm", "19 mm", "22 mm", "24 mm", "27 mm")
_BOXED = (("XBX", 100), ("XCT", 1000))
_SMALL = (("XBX", 10), ("XCT", 60))
_BY_METRE = (("XRO", 100), ("XPX", 2400))

FAMILIES = (
    Family("Fasteners", "BLT", "Hex bolt {} x 50, zinc", _METRIC, "0.18", packs=_BOXED),
    Family("Fasteners", "BLS", "Hex bolt {} x 80, stainless", _METRIC, "0.42", packs=_BOXED),
    Family("Fasteners", "NUT", "Hex nut {}, zinc", _METRIC, "0.06", packs=_BOXED),
    Family("Fasteners", "WSH", "Washer {}, zinc", _METRIC, "0.04", packs=_BOXED),
    Family("Fasteners", "ANC", "Wall anchor {}", _METRIC[:6], "0.22", packs=_BOXED),
    Family("Rope and chain", "ROP", "Mooring rope {}", ("8 mm", "10 mm", "12 mm", "16 mm", "20 mm", "24 mm", "28 mm"),
           "1.10", "0.30", "MTR", "0.5", _BY_METRE),
    Family("Rope and chain", "CHN", "Steel chain {}", ("4 mm", "6 mm", "8 mm", "10 mm", "13 mm"),
           "2.40", "0.35", "MTR", "0.5", (("XDR", 50),)),
    Family("Rope and chain", "SHK", "Bow shackle {}", ("0.5 t", "1 t", "2 t", "3.25 t", "4.75 t", "6.5 t"),
           "3.20", "0.40", packs=_SMALL),
    Family("Safety", "GLV", "Work gloves, size {}", _GLOVES, "3.90", "0.00", "PR", packs=(("XBX", 12), ("XCT", 120))),
    Family("Safety", "GLC", "Cut-proof gloves, size {}", _GLOVES, "8.40", "0.00", "PR", packs=(("XBX", 12),)),
    Family("Safety", "BOT", "Safety boots, size {}", _SHOES, "64.00", "0.00", "PR", packs=(("XCT", 6),)),
    Family("Safety", "HLM", "Helmet, {}", ("white", "yellow", "blue", "red", "green"),
           "14.50", "0.00", packs=_SMALL),
    Family("Safety", "VST", "High-visibility vest, {}", ("S", "M", "L", "XL", "XXL"), "6.80", "0.00", packs=_SMALL),
    Family("Hand tools", "WRN", "Combination wrench {}", _WRENCHES, "5.60", "0.14", packs=_SMALL),
    Family("Hand tools", "SCR", "Screwdriver {}", ("PH1", "PH2", "PH3", "PZ1", "PZ2", "TX15", "TX20", "TX30"),
           "3.40", "0.05", packs=_SMALL),
    Family("Hand tools", "HAM", "Hammer {}", ("200 g", "300 g", "500 g", "800 g", "1 kg", "1.5 kg"),
           "9.80", packs=_SMALL),
    Family("Hand tools", "PLI", "Pliers, {}", ("combination", "long nose", "side cutting", "water pump", "locking"),
           "11.20", "0.15", packs=_SMALL),
    Family("Hand tools", "SKT", "Socket set, {} pieces", ("12", "24", "46", "94", "172"), "24.00", "0.60", "SET"),
    Family("Power tools", "DRL", "Cordless drill {}", ("12 V", "14.4 V", "18 V", "36 V"), "79.00", "0.35"),
    Family("Power tools", "GRN", "Angle grinder {}", ("115 mm", "125 mm", "150 mm", "180 mm", "230 mm"),
           "68.00", "0.22"),
    Family("Power tools", "BIT", "Drill bit {}, HSS",
           ("2 mm", "3 mm", "4 mm", "5 mm", "6 mm", "8 mm", "10 mm", "12 mm"), "0.90", "0.25", packs=(("XBX", 10),)),
    Family("Electrical", "CBL", "Cable 3 x {}", ("0.75", "1.0", "1.5", "2.5", "4.0", "6.0"),
           "0.62", "0.40", "MTR", "0.5", _BY_METRE),
    Family("Electrical", "LED", "LED lamp {}", ("4 W", "6 W", "8 W", "11 W", "14 W", "18 W"),
           "2.90", "0.20", packs=_SMALL),
    Family("Electrical", "SWT", "Switch, {}", ("one-way", "two-way", "cross", "dimmer", "timer"),
           "4.10", "0.45", packs=_SMALL),
    Family("Electrical", "BAT", "Battery {}", ("AAA", "AA", "C", "D", "9 V"), "0.48", "0.50", packs=_BOXED),
    Family("Plumbing", "PIP", "Copper pipe {}", ("12 mm", "15 mm", "18 mm", "22 mm", "28 mm", "35 mm"),
           "4.30", "0.28", "MTR", "0.5", (("XPX", 300),)),
    Family("Plumbing", "ELB", "Elbow 90 degrees {}", ("12 mm", "15 mm", "18 mm", "22 mm", "28 mm", "35 mm"),
           "0.85", "0.30", packs=_BOXED),
    Family("Plumbing", "VLV", "Ball valve {}", ("3/8 in", "1/2 in", "3/4 in", "1 in", "1 1/4 in"),
           "6.90", "0.35", packs=_SMALL),
    Family("Packaging", "BOX", "Folding box {}", ("XS", "S", "M", "L", "XL", "XXL"),
           "0.35", "0.40", packs=(("XPX", 600),)),
    Family("Packaging", "TAP", "Packing tape {}", ("brown", "clear", "white", "fragile"), "1.45", "0.08",
           packs=(("XBX", 6), ("XCT", 36))),
    Family("Packaging", "FLM", "Stretch film {}", ("17 my", "20 my", "23 my", "30 my"),
           "8.20", "0.18", packs=(("XCT", 6),)),
    Family("Cleaning", "DET", "Detergent, {}", ("neutral", "lemon", "industrial", "acid"),
           "1.90", "0.30", "KGM", "0.5",
           (("XBG", 20), ("XPX", 800))),
    Family("Cleaning", "SLT", "De-icing salt, {}", ("fine", "coarse"),
           "0.32", "0.10", "KGM", "1", (("XBG", 25), ("XPX", 1000))),
    Family("Paint and oil", "PNT", "Metal paint, {}", ("white", "black", "grey", "red", "blue", "green", "yellow"),
           "9.50", "0.02", "LTR", "0.5", (("XDR", 20),)),
    Family("Paint and oil", "OIL", "Hydraulic oil {}", ("HLP 22", "HLP 32", "HLP 46", "HLP 68"),
           "3.80", "0.06", "LTR", "0.5",
           (("XDR", 200),)),
    Family("Paint and oil", "GRS", "Grease, {}", ("multi-purpose", "marine", "high temperature"),
           "7.40", "0.25", "KGM", "0.5",
           (("XDR", 50),)),
)  # fmt: skip


def goods() -> Iterator[Good]:
    """Every item, in a fixed order."""
    for family in FAMILIES:
        for index, size in enumerate(family.sizes):
            price = Decimal(family.price) * (1 + index * Decimal(family.step))
            yield Good(f"{family.prefix}-{index + 1:02}", family.name.format(size), price.quantize(_CENT), family)


def propose_units() -> Iterator[ProposedChange]:
    """The units of measure."""
    for code, name, dimension in UNITS:
        yield proposed("unit", code, code=code, name=name, dimension=dimension)


def propose_items() -> Iterator[ProposedChange]:
    """The items with their packs."""
    for good in goods():
        yield proposed(
            "item",
            good.sku,
            sku=good.sku,
            name=good.name,
            category=good.family.category,
            base_unit=good.family.unit,
            base_increment=good.family.increment,
            is_published=good.family.is_published,
            units=[{"unit": unit, "numerator": factor} for unit, factor in good.family.packs],
        )

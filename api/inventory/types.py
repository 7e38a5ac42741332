"""Inventory: balances, movements, supply, demand and reservations."""

from api.reads.composites import money
from api.reads.kinds import DECIMAL
from api.reads.nodes import Computed, Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.inventory.lifecycle import DemandKind, ReservationStatus, SupplyKind
from domain.inventory.model import BinBalance, Demand, Movement, Reservation, SiteBalance, Supply

_BALANCE = Node(
    model=SiteBalance,
    name="Balance",
    description="What a site has of an item, and how much of it is promised; in base units.",
    columns=("on_hand", "held", "reserved"),
    computed={
        "available": Computed(
            expression=lambda row: row.c.on_hand - row.c.held - row.c.reserved,
            kind=DECIMAL,
            description="What may still be promised, in base units.",
        )
    },
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
    },
    filters=("entity", "item", "site"),
    order=("item_id", "site_id"),
)
_BIN_BALANCE = Node(
    model=BinBalance,
    name="BinBalance",
    description="What a location inside a site has of an item, in base units.",
    columns=("on_hand", "held", "pinned"),
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
        "location": ToOne("location_id", "Location"),
    },
    filters=("entity", "item", "site", "location"),
    order=("item_id", "location_id"),
)
_MOVEMENT = Node(
    model=Movement,
    name="Movement",
    description="Goods went from one location to another. Movements are never changed.",
    columns=("quantity", "effective_at", "recorded_at", "document_type", "actor", "reference"),
    composites={"value": money("value")},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "item": ToOne("item_id", "Item"),
        "from_location": ToOne("from_location_id", "Location"),
        "to_location": ToOne("to_location_id", "Location"),
    },
    filters=("entity", "item", "recorded_at"),
    orders=("recorded_at",),
    order=("-recorded_at",),
)
_SUPPLY = Node(
    model=Supply,
    name="Supply",
    description="Goods expected at a site, in base units.",
    columns=("kind", "expected_date", "open_quantity", "pegged"),
    enums={"kind": SupplyKind},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
    },
    filters=("entity", "item"),
    order=("item_id", "expected_date"),
)
_DEMAND = Node(
    model=Demand,
    name="Demand",
    description="Goods wanted from a site, in base units.",
    columns=("kind", "due_date", "priority", "promised_at", "open_quantity", "reserved", "pegged"),
    enums={"kind": DemandKind},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
    },
    many={"reservations": ToMany("Reservation", "demand_id", "What was promised to it.", order=("reserved_at",))},
    filters=("entity", "item"),
    order=("item_id", "due_date"),
)
_RESERVATION = Node(
    model=Reservation,
    name="Reservation",
    description="A promise of stock, or of expected supply, to a demand; in base units.",
    columns=("quantity", "open_quantity", "status", "reserved_at"),
    enums={"status": ReservationStatus},
    one={
        "demand": ToOne("demand_id", "Demand"),
        "supply": ToOne("supply_id", "Supply"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
    },
    filters=("item", "site", "status"),
    order=("reserved_at",),
)

NODES = {
    Resource.BALANCE: (_BALANCE, _BIN_BALANCE),
    Resource.MOVEMENT: (_MOVEMENT,),
    Resource.SUPPLY: (_SUPPLY,),
    Resource.DEMAND: (_DEMAND,),
    Resource.RESERVATION: (_RESERVATION,),
}

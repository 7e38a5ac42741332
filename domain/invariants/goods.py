"""What must be true of goods: where they are, and to whom they are promised."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, union_all

from authz.vocabulary import Resource
from domain.finance.model import ValuationLayer
from domain.fulfillment.model import ReceiptLine, ShipmentLine
from domain.invariants.statements import Invariant, amounts
from domain.inventory.lifecycle import DemandKind
from domain.inventory.model import BinBalance, Demand, Movement, Reservation, SiteBalance, Supply
from domain.orders.lifecycle import LineStatus
from domain.orders.model import SalesOrderLine
from domain.procurement.model import PurchaseOrderLine
from masterdata.locations.model import Location


def _bins_by_site() -> Select[Any]:
    return amounts(BinBalance.entity_id, BinBalance.item_id, BinBalance.on_hand, place_id=BinBalance.site_id)


def _moved_by_location() -> CompoundSelect[Any]:
    """What went in less what came out, by item and location. Virtual places keep no balance."""
    return union_all(
        _ends(Movement.to_location_id, Movement.quantity, place_id=Movement.to_location_id),
        _ends(Movement.from_location_id, -Movement.quantity, place_id=Movement.from_location_id),
    )


def _moved_by_item() -> CompoundSelect[Any]:
    """What came into the entity less what left it, by item."""
    return union_all(
        _ends(Movement.to_location_id, Movement.quantity), _ends(Movement.from_location_id, -Movement.quantity)
    )


def _ends(location_id: Any, quantity: Any, **place: Any) -> Select[Any]:
    """One end of each movement, where that end is a real place."""
    return (
        amounts(Movement.entity_id, Movement.item_id, quantity, **place)
        .join(Location, and_(Location.entity_id == Movement.entity_id, Location.id == location_id))
        .where(Location.site_id.is_not(None))
    )


def _promised(subject_id: Any, **place: Any) -> Select[Any]:
    """What reservations still promise; one that is used up or given back promises nothing."""
    return amounts(Reservation.entity_id, subject_id, Reservation.open_quantity, **place)


_ON_STOCK = Reservation.supply_id.is_(None)
_ON_SUPPLY = Reservation.supply_id.is_not(None)
_OF_SALES_ORDERS = Demand.kind == DemandKind.SALES_ORDER_LINE
_TAKEN_OVER = SalesOrderLine.status == LineStatus.CLOSED


def _still_wanted() -> Select[Any]:
    left = SalesOrderLine.quantity - SalesOrderLine.shipped_quantity - SalesOrderLine.cancelled_quantity
    return amounts(SalesOrderLine.entity_id, SalesOrderLine.id, left).where(~_TAKEN_OVER)


GOODS = (
    Invariant(
        "bins_make_up_sites",
        "What a site has of an item is what its bins have.",
        (Resource.BALANCE,),
        amounts(SiteBalance.entity_id, SiteBalance.item_id, SiteBalance.on_hand, place_id=SiteBalance.site_id),
        _bins_by_site(),
    ),
    Invariant(
        "movements_make_up_bins",
        "What a location has of an item is what movements brought less what they took.",
        (Resource.BALANCE, Resource.MOVEMENT),
        amounts(BinBalance.entity_id, BinBalance.item_id, BinBalance.on_hand, place_id=BinBalance.location_id),
        _moved_by_location(),
    ),
    Invariant(
        "movements_make_up_layers",
        "The valuation layers of an item hold what movements brought into the entity less what they took out.",
        (Resource.JOURNAL, Resource.MOVEMENT),
        amounts(ValuationLayer.entity_id, ValuationLayer.item_id, ValuationLayer.quantity),
        _moved_by_item(),
    ),
    Invariant(
        "reservations_make_up_sites",
        "What is reserved at a site is what its reservations on stock still promise.",
        (Resource.BALANCE, Resource.RESERVATION),
        amounts(SiteBalance.entity_id, SiteBalance.item_id, SiteBalance.reserved, place_id=SiteBalance.site_id),
        _promised(Reservation.item_id, place_id=Reservation.site_id).where(_ON_STOCK),
    ),
    Invariant(
        "reservations_make_up_demands",
        "What is reserved for a demand is what its reservations on stock still promise.",
        (Resource.DEMAND, Resource.RESERVATION),
        amounts(Demand.entity_id, Demand.id, Demand.reserved),
        _promised(Reservation.demand_id).where(_ON_STOCK),
    ),
    Invariant(
        "pegs_make_up_demands",
        "What is pegged for a demand is what its reservations on expected supply still promise.",
        (Resource.DEMAND, Resource.RESERVATION),
        amounts(Demand.entity_id, Demand.id, Demand.pegged),
        _promised(Reservation.demand_id).where(_ON_SUPPLY),
    ),
    Invariant(
        "pegs_make_up_supplies",
        "What is pegged of a supply is what the reservations on it still promise.",
        (Resource.SUPPLY, Resource.RESERVATION),
        amounts(Supply.entity_id, Supply.id, Supply.pegged),
        _promised(Reservation.supply_id).where(_ON_SUPPLY),
    ),
    Invariant(
        "order_lines_make_up_demands",
        "What a demand still wants is what its sales order line has not shipped or cancelled.",
        (Resource.DEMAND, Resource.SALES_ORDER),
        amounts(Demand.entity_id, Demand.line_id, Demand.open_quantity).where(_OF_SALES_ORDERS),
        _still_wanted(),
    ),
    Invariant(
        "shipments_make_up_order_lines",
        "What left of a sales order line is what its shipments say.",
        (Resource.SALES_ORDER, Resource.SHIPMENT),
        amounts(SalesOrderLine.entity_id, SalesOrderLine.id, SalesOrderLine.shipped_quantity).where(~_TAKEN_OVER),
        amounts(ShipmentLine.entity_id, ShipmentLine.sales_order_line_id, ShipmentLine.quantity),
    ),
    Invariant(
        "receipts_make_up_purchase_order_lines",
        "What arrived of a purchase order line is what its receipts say.",
        (Resource.PURCHASE_ORDER, Resource.RECEIPT),
        amounts(PurchaseOrderLine.entity_id, PurchaseOrderLine.id, PurchaseOrderLine.received_quantity),
        amounts(ReceiptLine.entity_id, ReceiptLine.purchase_order_line_id, ReceiptLine.quantity),
    ),
)
"""All invariants of goods, in the order in which they are told."""

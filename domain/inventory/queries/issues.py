"""Statements by which promised goods leave: demands, their reservations on stock, and the bins to take from."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Numeric, Uuid, bindparam, case, select, update

from authz.actor import Actor
from domain.inventory.lifecycle import ReservationStatus
from domain.inventory.model import BinBalance, Demand, Reservation
from domain.inventory.picking import HardReservation, PickBin, ReservedDemand
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import BinKey, BinStock, StockKey
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())
_ISSUED = GivenRows("issued", id=Uuid(), quantity=Numeric())

_LOCK_DEMANDS = (
    select(Demand.id, Demand.line_id, Demand.item_id, Demand.site_id, Demand.reserved)
    .where(Demand.entity_id == _ENTITY, Demand.document_id == bindparam("document", type_=Uuid()))
    .order_by(Demand.id)
    .with_for_update(key_share=True)
)

_LOCK_RESERVATIONS = (
    select(Reservation.id, Reservation.demand_id, Reservation.open_quantity)
    .where(
        Reservation.entity_id == _ENTITY,
        any_of(Reservation.demand_id, "demands"),
        Reservation.supply_id.is_(None),
        Reservation.status == ReservationStatus.ACTIVE,
    )
    .order_by(Reservation.id)
    .with_for_update(key_share=True)
)

_LOCK_BINS = (
    select(
        BinBalance.item_id,
        BinBalance.location_id,
        BinBalance.site_id,
        BinBalance.on_hand,
        BinBalance.held,
        BinBalance.pinned,
        Location.priority,
        Location.code,
    )
    .join(
        WANTED_KEYS.rows, (BinBalance.item_id == WANTED_KEYS.c.item_id) & (BinBalance.site_id == WANTED_KEYS.c.site_id)
    )
    .join(Location, (Location.entity_id == _ENTITY) & (Location.id == BinBalance.location_id))
    .where(BinBalance.entity_id == _ENTITY)
    .order_by(BinBalance.item_id, BinBalance.location_id)
    .with_for_update(of=BinBalance, key_share=True)
)

_ISSUE_DEMANDS = (
    update(Demand)
    .where(Demand.entity_id == _ENTITY, Demand.id == _ISSUED.c.id)
    .values(open_quantity=Demand.open_quantity - _ISSUED.c.quantity, reserved=Demand.reserved - _ISSUED.c.quantity)
)

_CONSUME = (
    update(Reservation)
    .where(Reservation.entity_id == _ENTITY, Reservation.id == _ISSUED.c.id)
    .values(
        open_quantity=Reservation.open_quantity - _ISSUED.c.quantity,
        status=case(
            (Reservation.open_quantity == _ISSUED.c.quantity, ReservationStatus.CONSUMED), else_=Reservation.status
        ),
    )
)


async def lock_reserved_demands(op: Operation[Actor], entity_id: UUID, document_id: UUID) -> dict[UUID, ReservedDemand]:
    """The demands of a document by its lines, locked in id order."""
    op.lock(LockRank.DEMAND)
    rows = await op.execute(_LOCK_DEMANDS, {"entity": entity_id, "document": document_id})
    return {row.line_id: ReservedDemand(row.id, StockKey(row.item_id, row.site_id), row.reserved) for row in rows}


async def lock_hard_reservations(
    op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]
) -> list[HardReservation]:
    """The active reservations of these demands on stock, locked in id order, which is their age."""
    op.lock(LockRank.RESERVATION)
    rows = await op.execute(_LOCK_RESERVATIONS, {"entity": entity_id, "demands": sorted(set(demand_ids))})
    return [HardReservation(**row) for row in rows.mappings()]


async def lock_pick_bins(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> list[PickBin]:
    """All bins that have these items at these sites, locked in key order.

    The sites are locked already, and whoever moves goods locks the site first: no bin can appear or change meanwhile.
    """
    op.lock(LockRank.BIN_BALANCE)
    rows = await op.execute(_LOCK_BINS, {"entity": entity_id, **key_parameters(keys)})
    return [
        PickBin(
            BinStock(BinKey(row.item_id, row.location_id), row.site_id, row.on_hand, row.held, row.pinned),
            row.priority,
            row.code,
        )
        for row in rows
    ]


async def apply_issued_demands(op: Operation[Actor], entity_id: UUID, issued: Mapping[UUID, Decimal]) -> None:
    """Takes what leaves from what the demands still want and from what is reserved for them."""
    await op.change(_ISSUE_DEMANDS, {"entity": entity_id, **_ISSUED.parameters(issued.items())}, rows=len(issued))


async def apply_consumed(op: Operation[Actor], entity_id: UUID, consumed: Mapping[UUID, Decimal]) -> None:
    """Takes what leaves from the reservations; one with nothing left is consumed."""
    await op.change(_CONSUME, {"entity": entity_id, **_ISSUED.parameters(consumed.items())}, rows=len(consumed))

"""Statements on those who wait for goods, and on what they get."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, Text, Uuid, bindparam, case, select, update

from authz.actor import Actor
from domain.inventory.lifecycle import ReservationStatus
from domain.inventory.model import Demand, Reservation, SiteBalance, Supply
from domain.inventory.queries.keys import WANTED_KEYS, key_parameters
from domain.inventory.rules import NOTHING, Peg, StockKey
from domain.inventory.serving import Claim, PegReservation
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.rows import Row

_ENTITY = bindparam("entity", type_=Uuid())
_ENDED = GivenRows("ended", id=Uuid(), quantity=Numeric(), status=Text())
_SERVED = GivenRows("served", id=Uuid(), reserved=Numeric(), pegged=Numeric())

_CLAIM = (
    Demand.id.label("demand_id"),
    Demand.kind,
    Demand.document_id,
    Demand.line_id,
    Demand.item_id,
    Demand.site_id,
    Demand.due_date,
    Demand.priority,
    Demand.promised_at,
    Demand.open_quantity,
    Demand.reserved,
)
_WAITING = (
    select(*_CLAIM)
    .join(WANTED_KEYS.rows, (Demand.item_id == WANTED_KEYS.c.item_id) & (Demand.site_id == WANTED_KEYS.c.site_id))
    .where(Demand.entity_id == _ENTITY, Demand.open_quantity > Demand.reserved)
)
_OF_DOCUMENT = (
    select(*_CLAIM)
    .where(Demand.entity_id == _ENTITY, Demand.document_id == bindparam("document", type_=Uuid()))
    .order_by(Demand.id)
)
_NAMED = select(*_CLAIM).where(Demand.entity_id == _ENTITY, any_of(Demand.id, "demands"))

_PEGS = (
    select(
        Reservation.id,
        Reservation.demand_id,
        Reservation.supply_id,
        Reservation.open_quantity,
        Supply.expected_date,
    )
    .join(Supply, (Supply.entity_id == _ENTITY) & (Supply.id == Reservation.supply_id))
    .where(
        Reservation.entity_id == _ENTITY,
        any_of(Reservation.demand_id, "demands"),
        Reservation.status == ReservationStatus.ACTIVE,
    )
    .order_by(Reservation.id)
)

_HOLDERS = (
    select(Reservation.demand_id)
    .distinct()
    .where(
        Reservation.entity_id == _ENTITY,
        any_of(Reservation.supply_id, "supplies"),
        Reservation.status == ReservationStatus.ACTIVE,
    )
)
_OPEN_RESERVATIONS = (
    select(Reservation.id, Reservation.supply_id, Reservation.open_quantity)
    .where(
        Reservation.entity_id == _ENTITY,
        any_of(Reservation.demand_id, "demands"),
        Reservation.status == ReservationStatus.ACTIVE,
    )
    .order_by(Reservation.id)
)

_FREE = (
    select(
        SiteBalance.item_id,
        SiteBalance.site_id,
        (SiteBalance.on_hand - SiteBalance.held - SiteBalance.reserved).label("free"),
    )
    .join(
        WANTED_KEYS.rows,
        (SiteBalance.item_id == WANTED_KEYS.c.item_id) & (SiteBalance.site_id == WANTED_KEYS.c.site_id),
    )
    .where(SiteBalance.entity_id == _ENTITY)
)

_DEMANDS = select(Demand.id).where(Demand.entity_id == _ENTITY, any_of(Demand.id, "demands")).order_by(Demand.id)
_LOCK_DEMANDS = _DEMANDS.with_for_update(key_share=True)
_SEIZE_DEMANDS = _DEMANDS.with_for_update(key_share=True, skip_locked=True)

_END_RESERVATIONS = (
    update(Reservation)
    .where(Reservation.entity_id == _ENTITY, Reservation.id == _ENDED.c.id)
    .values(
        open_quantity=Reservation.open_quantity - _ENDED.c.quantity,
        status=case((Reservation.open_quantity == _ENDED.c.quantity, _ENDED.c.status), else_=Reservation.status),
    )
)
_SERVE_DEMANDS = (
    update(Demand)
    .where(Demand.entity_id == _ENTITY, Demand.id == _SERVED.c.id)
    .values(reserved=Demand.reserved + _SERVED.c.reserved, pegged=Demand.pegged + _SERVED.c.pegged)
)

_CLOSE_DEMANDS = (
    update(Demand)
    .where(Demand.entity_id == _ENTITY, any_of(Demand.id, "demands"))
    .values(open_quantity=0, reserved=0, pegged=0)
)


async def gather_claims(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> list[Claim]:
    """Those who wait for goods of these keys, with their pegs."""
    return await _claims(op, entity_id, await op.execute(_WAITING, {"entity": entity_id, **key_parameters(keys)}))


async def gather_named_claims(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> list[Claim]:
    """These demands with their pegs, whether they wait or not."""
    return await _claims(op, entity_id, await op.execute(_NAMED, _demands(entity_id, demand_ids)))


async def gather_claims_of(op: Operation[Actor], entity_id: UUID, document_id: UUID) -> list[Claim]:
    """The demands of a document with their pegs, whether they wait or not."""
    return await _claims(op, entity_id, await op.execute(_OF_DOCUMENT, {"entity": entity_id, "document": document_id}))


async def gather_holders(op: Operation[Actor], entity_id: UUID, supply_ids: Collection[UUID]) -> list[Claim]:
    """The demands that have pegs on these supplies, with all their pegs."""
    rows = await op.execute(_HOLDERS, {"entity": entity_id, "supplies": sorted(set(supply_ids))})
    return await gather_named_claims(op, entity_id, list(rows.scalars()))


async def _claims(op: Operation[Actor], entity_id: UUID, found: Iterable[Row]) -> list[Claim]:
    rows = list(found)
    if not rows:
        return []
    pegs: defaultdict[UUID, dict[UUID, Peg]] = defaultdict(dict)
    for row in await op.execute(_PEGS, _demands(entity_id, [row.demand_id for row in rows])):
        merged = pegs[row.demand_id].get(row.supply_id)
        quantity = row.open_quantity + (merged.quantity if merged else NOTHING)
        pegs[row.demand_id][row.supply_id] = Peg(row.supply_id, quantity, row.expected_date)
    return [_claim(row, pegs[row.demand_id].values()) for row in rows]


def _claim(row: Row, pegs: Iterable[Peg]) -> Claim:
    return Claim(
        demand_id=row.demand_id,
        kind=row.kind,
        document_id=row.document_id,
        line_id=row.line_id,
        key=StockKey(row.item_id, row.site_id),
        due_date=row.due_date,
        priority=row.priority,
        promised_at=row.promised_at,
        open_quantity=row.open_quantity,
        reserved=row.reserved,
        pegs=tuple(pegs),
    )


async def gather_pegs(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> list[PegReservation]:
    """The active pegs of these demands. Whoever changes a reservation holds the lock of its demand."""
    rows = await op.execute(_PEGS, _demands(entity_id, demand_ids))
    return [PegReservation(row.id, row.demand_id, row.supply_id, row.open_quantity) for row in rows]


async def gather_open_reservations(
    op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]
) -> Sequence[Row]:
    """Id, supply and open quantity of all active reservations of these demands, on stock and on supplies."""
    return (await op.execute(_OPEN_RESERVATIONS, _demands(entity_id, demand_ids))).all()


async def gather_free(op: Operation[Actor], entity_id: UUID, keys: Collection[StockKey]) -> dict[StockKey, Decimal]:
    """What may still be promised of these keys, as it is now, without a lock."""
    rows = await op.execute(_FREE, {"entity": entity_id, **key_parameters(keys)})
    return {StockKey(row.item_id, row.site_id): row.free for row in rows}


async def lock_demands(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> None:
    """Locks these demands, in id order; with them their reservations."""
    op.lock(LockRank.DEMAND)
    await op.execute(_LOCK_DEMANDS, _demands(entity_id, demand_ids))


async def seize_demands(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> bool:
    """Locks these demands if it can be done without waiting; answers whether it got them all.

    A lock that does not wait closes no circle of waiting: it may be taken out of rank.
    """
    rows = await op.execute(_SEIZE_DEMANDS, _demands(entity_id, demand_ids))
    return len(rows.all()) == len(set(demand_ids))


async def apply_ended_reservations(
    op: Operation[Actor], entity_id: UUID, ended: Iterable[tuple[UUID, Decimal, ReservationStatus]]
) -> None:
    """Takes quantities from reservations: id, quantity, and the status of one with nothing left."""
    rows = list(ended)
    if rows:
        await op.change(_END_RESERVATIONS, {"entity": entity_id, **_ENDED.parameters(rows)}, rows=len(rows))


async def apply_served_demands(
    op: Operation[Actor], entity_id: UUID, served: Mapping[UUID, tuple[Decimal, Decimal]]
) -> None:
    """Adds to what is reserved and to what is pegged of demands; negative quantities take away."""
    if served:
        given = _SERVED.parameters((demand_id, *change) for demand_id, change in served.items())
        await op.change(_SERVE_DEMANDS, {"entity": entity_id, **given}, rows=len(served))


async def apply_closed_demands(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> None:
    """Ends demands: nothing is wanted any more, and nothing is held for them."""
    await op.change(_CLOSE_DEMANDS, _demands(entity_id, demand_ids), rows=len(set(demand_ids)))


def _demands(entity_id: UUID, demand_ids: Collection[UUID]) -> dict[str, Any]:
    return {"entity": entity_id, "demands": sorted(set(demand_ids))}

"""The step by which expected supplies change: when they come, and how much of them.

Pegs beyond what will come are cut, in reverse turn. The caller locks supplies and demands, decides with `revise_pegs`,
applies, and tells those who were promised something.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from authz.actor import Actor
from domain.inventory.lifecycle import ReservationStatus
from domain.inventory.queries.claims import apply_ended_reservations, apply_served_demands, gather_pegs
from domain.inventory.queries.supplies import apply_expectations, apply_pegs
from domain.inventory.rules import total_by
from domain.inventory.serving import Expectation, Revision, end_pegs
from kernel.operation import Operation


async def apply_revisions(
    op: Operation[Actor],
    entity_id: UUID,
    revisions: Sequence[Revision],
    *,
    expectations: Mapping[UUID, Expectation],
) -> None:
    """Releases the pegs that were cut, then sets what the supplies will bring."""
    lost = {(each.before.demand_id, supply): quantity for each in revisions for supply, quantity in each.lost.items()}
    reservations = await gather_pegs(op, entity_id, [demand_id for demand_id, _ in lost])
    ended = end_pegs(lost, reservations)
    await apply_ended_reservations(
        op, entity_id, ((each, quantity, ReservationStatus.RELEASED) for each, quantity in ended.items())
    )
    by_demand = total_by((demand_id, quantity) for (demand_id, _), quantity in lost.items())
    await apply_served_demands(op, entity_id, {each: (Decimal(0), -quantity) for each, quantity in by_demand.items()})
    await apply_pegs(op, entity_id, total_by((supply_id, -quantity) for (_, supply_id), quantity in lost.items()))
    await apply_expectations(op, entity_id, {each: (new.quantity, new.on) for each, new in expectations.items()})

"""The step that brings shortages in line with how their demands stand now.

A shortage whose demand is reserved on stock is resolved. One whose demand is covered by what is on its way is
executing. One that is short of another quantity than it says gets fresh options for this quantity.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from authz.actor import Actor
from domain.cases.lifecycle import CaseType
from domain.cases.rules import Cleared
from domain.sourcing.detect import detect_shortages
from domain.sourcing.lifecycle import SHORTAGE_STATUS, ShortageStatus
from domain.sourcing.queries import apply_shortages, gather_open_shortages
from domain.sourcing.rules import Cover, OpenShortage
from kernel.events import Event
from kernel.operation import Operation


async def settle_shortages(
    op: Operation[Actor], entity_id: UUID, covers: Sequence[Cover], *, currency: str, today: date
) -> list[Cleared]:
    """Resolves, advances or re-ranks the open shortages of these demands. Answers the cases that have cleared."""
    standing = await gather_open_shortages(op, entity_id, [each.shortfall.demand_id for each in covers])
    known = [(each, standing[each.shortfall.demand_id]) for each in covers if each.shortfall.demand_id in standing]
    over = [shortage for each, shortage in known if each.is_allocated]
    covered = [shortage for each, shortage in known if not each.is_allocated and not each.shortfall.quantity]
    await _advance(op, entity_id, over, ShortageStatus.RESOLVED)
    await _advance(op, entity_id, [each for each in covered if each.status != ShortageStatus.EXECUTING])
    short = [each.shortfall for each, shortage in known if _says_otherwise(shortage, each)]
    await detect_shortages(op, entity_id, short, currency=currency, today=today, standing=standing)
    return [Cleared(CaseType.SHORTAGE, shortage.id) for shortage in over]


def _says_otherwise(shortage: OpenShortage, cover: Cover) -> bool:
    """Whether the demand is short in another way than its shortage says."""
    missing = cover.shortfall.quantity
    return missing > 0 and (missing != shortage.quantity or shortage.status == ShortageStatus.EXECUTING)


async def withdraw_shortages(op: Operation[Actor], entity_id: UUID, demand_ids: Collection[UUID]) -> list[Cleared]:
    """Ends the open shortages of demands that are gone. Answers the cases that have cleared."""
    standing = await gather_open_shortages(op, entity_id, demand_ids)
    await _advance(op, entity_id, standing.values(), ShortageStatus.WITHDRAWN)
    return [Cleared(CaseType.SHORTAGE, shortage.id) for shortage in standing.values()]


async def _advance(
    op: Operation[Actor],
    entity_id: UUID,
    shortages: Collection[OpenShortage],
    status: ShortageStatus = ShortageStatus.EXECUTING,
) -> None:
    for shortage in shortages:
        SHORTAGE_STATUS.require(shortage.status, status)
        op.record(_event(entity_id, shortage, status))
    await apply_shortages(op, entity_id, {shortage.id: (status, shortage.quantity) for shortage in shortages})


def _event(entity_id: UUID, shortage: OpenShortage, status: ShortageStatus) -> Event:
    return Event(
        type=f"Shortage{status.title()}",
        subject_type="Shortage",
        subject_id=shortage.id,
        entity_id=entity_id,
        payload={"demandId": shortage.demand_id, "quantity": shortage.quantity, "status": status},
    )

"""The step that closes cases by themselves when what they were opened for has cleared."""

from collections.abc import Collection
from uuid import UUID

from authz.actor import Actor
from domain.cases.lifecycle import CaseStatus
from domain.cases.queries import close_open_cases
from domain.cases.rules import Cleared
from kernel.events import Event
from kernel.operation import Operation


async def close_cases(op: Operation[Actor], entity_id: UUID, cleared: Collection[Cleared]) -> None:
    """Closes the open cases of these types and subjects, and records the events."""
    if not cleared:
        return
    for closed in await close_open_cases(op, entity_id, cleared):
        op.record(
            Event(
                type="CaseClosed",
                subject_type="ExceptionCase",
                subject_id=closed.id,
                entity_id=entity_id,
                payload={"type": closed.type, "status": CaseStatus.AUTO_CLOSED},
            )
        )

"""The step that opens cases: one open case per type and subject; a repeat adds an occurrence."""

from collections.abc import Sequence
from uuid import UUID

from authz.actor import Actor
from domain.cases.queries import upsert_cases
from domain.cases.rules import NewCase
from kernel.events import Event
from kernel.operation import Operation


async def open_cases(op: Operation[Actor], entity_id: UUID, cases: Sequence[NewCase]) -> None:
    """Opens the cases, or adds an occurrence to those that are open already, and records the events."""
    if not cases:
        return
    for case, opened in zip(cases, await upsert_cases(op, entity_id, cases), strict=True):
        op.record(
            Event(
                type="CaseOpened" if opened.occurrences == 1 else "CaseRecurred",
                subject_type="ExceptionCase",
                subject_id=opened.id,
                entity_id=entity_id,
                payload={
                    "type": case.type,
                    "status": opened.status,
                    "summary": case.summary,
                    "severity": case.severity,
                    "currency": case.currency,
                    "ownerRole": case.owner_role,
                    "occurrences": opened.occurrences,
                },
            )
        )

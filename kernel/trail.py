"""The audit of what is refused outside an operation: a read by a field that is masked, a question about others' rights.

An operation writes its own row of the audit, refused or not (operation.py). A read that is refused has none, and no
statement either; its refusal is written in a short transaction of its own, which a read that is answered never pays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.audit import AuditEntry
from kernel.db import enter_context
from kernel.ids import new_id
from kernel.operation import Subject
from kernel.statements import insert


async def record_refusal(
    engine: AsyncEngine, actor: Subject, asked: str, reasons: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Writes that the actor asked for something, and why it was refused."""
    await _record(engine, actor, _row(actor, asked, "refused", {"reasons": list(reasons)}, at))


async def record_answer(
    engine: AsyncEngine,
    actor: Subject,
    asked: str,
    detail: Mapping[str, Any],
    *,
    at: datetime,
    entity_id: UUID | None = None,
) -> None:
    """Writes that the actor asked for something of which every answer is to be known, and got it."""
    await _record(engine, actor, _row(actor, asked, "done", detail, at) | {"entity_id": entity_id})


def _row(actor: Subject, asked: str, outcome: str, detail: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entity_id": None,
        "at": at,
        "actor": actor.subject,
        "on_behalf_of": actor.on_behalf_of,
        "mutation": asked,
        "outcome": outcome,
        "detail": dict(detail),
    }


async def _record(engine: AsyncEngine, actor: Subject, row: dict[str, Any]) -> None:
    async with engine.begin() as connection:
        await enter_context(connection, actor.row_context)
        await insert(connection, AuditEntry, [row])

"""Rows of the audit in transactions of their own: of what was refused, and of what outsiders only tried.

An operation that is done writes its own row (operation.py). One that is refused is undone, and so is a trial; a read
that is refused has no statement at all. What is written of these costs nothing to whoever is answered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.audit import AuditEntry, Subject, audit_row
from kernel.statements import insert
from kernel.writers import Writers


async def record_refusal(
    writers: Writers, actor: Subject, asked: str, reasons: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Writes that the actor asked for something, and why it was refused."""
    row = audit_row(actor, asked, "refused", {"reasons": list(reasons)}, at=at)
    await write_alone(writers, actor, row)


async def write_alone(writers: Writers, actor: Subject, row: dict[str, Any]) -> None:
    """Writes one row."""
    async with writers.transaction(actor.row_context) as transaction:
        await insert(transaction.driver, AuditEntry, [row])
        await transaction.commit()

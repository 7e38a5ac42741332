"""The audit of what is refused outside an operation: a read by a field that is masked, a question about others' rights.

An operation writes its own row of the audit, refused or not (operation.py). A read that is refused has none, and no
statement either; its refusal is written in a short transaction of its own, which a read that is answered never pays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kernel.audit import AuditEntry, audit_row
from kernel.operation import Subject
from kernel.statements import insert
from kernel.writers import Writers


async def record_refusal(
    writers: Writers, actor: Subject, asked: str, reasons: Sequence[Mapping[str, Any]], *, at: datetime
) -> None:
    """Writes that the actor asked for something, and why it was refused."""
    row = audit_row(actor, asked, "refused", {"reasons": list(reasons)}, at=at)
    async with writers.transaction(actor.row_context) as transaction:
        await insert(transaction.driver, AuditEntry, [row])
        await transaction.commit()

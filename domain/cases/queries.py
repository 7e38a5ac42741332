"""Every statement of cases."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Executable, Numeric, Text, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from authz.actor import Actor
from domain.cases.lifecycle import CaseStatus
from domain.cases.model import IS_OPEN, ExceptionCase
from domain.cases.rules import Cleared, NewCase
from kernel.db import GivenRows
from kernel.ids import new_id
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.rows import Row

_GIVEN = GivenRows(
    "given",
    id=Uuid(),
    type=Text(),
    subject_type=Text(),
    subject_id=Uuid(),
    summary=Text(),
    severity=Numeric(),
    currency=Text(),
    owner_role=Text(),
    detail=JSONB(),
)
_AT = bindparam("at", type_=DateTime(timezone=True))


def _upsert_statement() -> Executable:
    given = (_GIVEN.c[name] for name in _GIVEN.names)
    new = select(bindparam("entity", type_=Uuid()), *given, _AT, _AT).order_by(_GIVEN.c.type, _GIVEN.c.subject_id)
    statement = insert(ExceptionCase).from_select(
        ["entity_id", *_GIVEN.names, "opened_at", "last_occurred_at"], new, include_defaults=False
    )
    latest = {name: statement.excluded[name] for name in ("summary", "severity", "detail", "last_occurred_at")}
    return statement.on_conflict_do_update(
        index_elements=["entity_id", "type", "subject_id"],
        index_where=text(IS_OPEN),
        set_={"occurrences": ExceptionCase.occurrences + 1, "version": ExceptionCase.version + 1, **latest},
    ).returning(
        ExceptionCase.id, ExceptionCase.type, ExceptionCase.subject_id, ExceptionCase.status, ExceptionCase.occurrences
    )


_UPSERT = _upsert_statement()

_CLEARED = GivenRows("cleared", type=Text(), subject_id=Uuid())

_CLOSE = (
    update(ExceptionCase)
    .where(
        ExceptionCase.entity_id == bindparam("entity"),
        ExceptionCase.type == _CLEARED.c.type,
        ExceptionCase.subject_id == _CLEARED.c.subject_id,
        text(IS_OPEN),
    )
    .values(status=CaseStatus.AUTO_CLOSED, closed_at=_AT, version=ExceptionCase.version + 1)
    .returning(ExceptionCase.id, ExceptionCase.type)
)


async def upsert_cases(op: Operation[Actor], entity_id: UUID, cases: Sequence[NewCase]) -> list[Row]:
    """Inserts each case, or adds an occurrence to the open one; answers id and occurrences in the cases' order.

    The rows are written in key order, so that two operations that open the same cases wait and do not deadlock.
    """
    op.lock(LockRank.OPENED_CASE)
    given = [(new_id(), *_values(case)) for case in cases]
    rows = await op.execute(_UPSERT, {"entity": entity_id, "at": op.now, **_GIVEN.parameters(given)})
    by_subject = {(row.type, row.subject_id): row for row in rows}
    return [by_subject[case.type, case.subject_id] for case in cases]


def _values(case: NewCase) -> tuple[Any, ...]:
    return (
        case.type,
        case.subject_type,
        case.subject_id,
        case.summary,
        case.severity,
        case.currency,
        case.owner_role,
        case.detail,
    )


async def close_open_cases(op: Operation[Actor], entity_id: UUID, cleared: Collection[Cleared]) -> list[Row]:
    """Closes the open cases of these types and subjects; answers their id and type."""
    op.lock(LockRank.CLEARED_CASE)
    given = _CLEARED.parameters(sorted(set(cleared)))
    rows = await op.execute(_CLOSE, {"entity": entity_id, "at": op.now, **given})
    return list(rows)

"""The types of cases, and their statuses."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class CaseType(StrEnum):
    """What kind of exception a case is."""

    SHORTAGE = "shortage"
    """A demand that nothing covers."""
    PARTIAL_FILL = "partial_fill"
    """A part of an order was cut off."""
    PROMISE_AT_RISK = "promise_at_risk"
    """Something promised will come later than promised."""
    MATCH_VARIANCE = "match_variance"
    """A supplier's invoice differs from order or receipt beyond the tolerance."""


class CaseStatus(StrEnum):
    """How far the handling of a case is."""

    OPEN = "open"
    """Nobody has seen it yet."""
    ACKNOWLEDGED = "acknowledged"
    """Somebody has seen it."""
    IN_WORK = "in_work"
    """Somebody works on it."""
    AWAITING_APPROVAL = "awaiting_approval"
    """What shall be done waits for approval."""
    RESOLVED = "resolved"
    """It was settled by somebody."""
    DISMISSED = "dismissed"
    """Nothing needs to be done."""
    AUTO_CLOSED = "auto_closed"
    """What it was opened for has cleared."""


_CLOSED = (CaseStatus.RESOLVED, CaseStatus.DISMISSED, CaseStatus.AUTO_CLOSED)

CASE_STATUS = lifecycle(
    "case",
    {
        CaseStatus.OPEN: (CaseStatus.ACKNOWLEDGED, CaseStatus.IN_WORK, CaseStatus.AWAITING_APPROVAL, *_CLOSED),
        CaseStatus.ACKNOWLEDGED: (CaseStatus.IN_WORK, CaseStatus.AWAITING_APPROVAL, *_CLOSED),
        CaseStatus.IN_WORK: (CaseStatus.AWAITING_APPROVAL, *_CLOSED),
        CaseStatus.AWAITING_APPROVAL: (CaseStatus.IN_WORK, *_CLOSED),
        CaseStatus.RESOLVED: (),
        CaseStatus.DISMISSED: (),
        CaseStatus.AUTO_CLOSED: (),
    },
)

"""The statuses of a step of an approval, and the verdicts."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class StepStatus(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    """Steps before it are open."""
    OPEN = "open"
    """Somebody must decide."""
    APPROVED = "approved"
    """It was approved."""
    REJECTED = "rejected"
    """It was rejected, and the document with it."""
    VOID = "void"
    """It counts no longer: the document was taken back, or its content is another now."""


class Verdict(StrEnum):
    """What somebody decided."""

    APPROVED = "approved"
    """Let it happen."""
    REJECTED = "rejected"
    """Never let it happen."""
    RETURNED = "returned"
    """Hand it back for rework."""


STEP_STATUS = lifecycle(
    "step",
    {
        StepStatus.WAITING: (StepStatus.OPEN, StepStatus.VOID),
        StepStatus.OPEN: (StepStatus.APPROVED, StepStatus.REJECTED, StepStatus.VOID),
        StepStatus.APPROVED: (StepStatus.VOID,),
        StepStatus.REJECTED: (),
        StepStatus.VOID: (),
    },
)

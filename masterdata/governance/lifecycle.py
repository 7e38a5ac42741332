"""The statuses of a change request and the results of its lines."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class ChangeRequestStatus(StrEnum):
    """How far a change request is."""

    DRAFT = "draft"
    """It is being written."""
    SUBMITTED = "submitted"
    """It waits for a decision."""
    IN_REVIEW = "in_review"
    """Some decided on it, and others are still to."""
    APPROVED = "approved"
    """It may become active."""
    SCHEDULED = "scheduled"
    """It becomes active by itself at its instant."""
    ACTIVATING = "activating"
    """It is becoming active now."""
    ACTIVE = "active"
    """Its changes are in force."""
    FAILED = "failed"
    """Its activation failed and may be tried again."""
    RETURNED = "returned"
    """It was handed back to its submitter for rework."""
    REJECTED = "rejected"
    """It was refused."""
    WITHDRAWN = "withdrawn"
    """Its submitter took it back."""
    EXPIRED = "expired"
    """Nobody decided on it in time."""
    SUPERSEDED = "superseded"
    """What it would change was changed otherwise meanwhile, and nothing of it is left."""
    REVERTED = "reverted"
    """Another change request took its changes back."""


class LineOperation(StrEnum):
    """What a line does to its object."""

    CREATE = "create"
    """It makes it."""
    UPDATE = "update"
    """It changes it."""
    EXTEND = "extend"
    """It gives an object of the group what a legal entity keeps of it."""
    BLOCK = "block"
    """It forbids its use for now."""
    RETIRE = "retire"
    """It takes it out of use for ever."""
    MERGE = "merge"
    """It makes it an alias of another."""
    UNMERGE = "unmerge"
    """It takes a merge back."""


class FieldDecision(StrEnum):
    """What was decided on a single proposed value."""

    PENDING = "pending"
    """Nothing yet."""
    ACCEPTED = "accepted"
    """It may become active."""
    REFUSED = "refused"
    """It may not."""


class LineResult(StrEnum):
    """What became of a line of a change request."""

    PENDING = "pending"
    """Nothing yet."""
    CREATED = "created"
    """It made an object."""
    UPDATED = "updated"
    """It changed an object."""
    UNCHANGED = "unchanged"
    """The object was like that already."""
    REFUSED = "refused"
    """It could not be taken; its message says why."""


_BACK = (ChangeRequestStatus.RETURNED, ChangeRequestStatus.REJECTED, ChangeRequestStatus.WITHDRAWN)
CHANGE_REQUEST_STATUS = lifecycle(
    "change request",
    {
        ChangeRequestStatus.DRAFT: (ChangeRequestStatus.SUBMITTED, ChangeRequestStatus.WITHDRAWN),
        ChangeRequestStatus.SUBMITTED: (
            ChangeRequestStatus.IN_REVIEW,
            ChangeRequestStatus.APPROVED,
            ChangeRequestStatus.SUPERSEDED,
            ChangeRequestStatus.EXPIRED,
            *_BACK,
        ),
        ChangeRequestStatus.IN_REVIEW: (
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.APPROVED,
            ChangeRequestStatus.SUPERSEDED,
            ChangeRequestStatus.EXPIRED,
            *_BACK,
        ),
        ChangeRequestStatus.APPROVED: (
            ChangeRequestStatus.SCHEDULED,
            ChangeRequestStatus.ACTIVATING,
            ChangeRequestStatus.ACTIVE,
            ChangeRequestStatus.FAILED,
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.SUPERSEDED,
            ChangeRequestStatus.WITHDRAWN,
            ChangeRequestStatus.EXPIRED,
        ),
        ChangeRequestStatus.SCHEDULED: (
            ChangeRequestStatus.APPROVED,
            ChangeRequestStatus.ACTIVATING,
            ChangeRequestStatus.ACTIVE,
            ChangeRequestStatus.FAILED,
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.SUPERSEDED,
            ChangeRequestStatus.WITHDRAWN,
        ),
        ChangeRequestStatus.ACTIVATING: (
            ChangeRequestStatus.ACTIVE,
            ChangeRequestStatus.FAILED,
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.SUPERSEDED,
        ),
        ChangeRequestStatus.ACTIVE: (ChangeRequestStatus.REVERTED,),
        ChangeRequestStatus.FAILED: (
            ChangeRequestStatus.ACTIVATING,
            ChangeRequestStatus.ACTIVE,
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.SUPERSEDED,
            ChangeRequestStatus.WITHDRAWN,
        ),
        ChangeRequestStatus.RETURNED: (
            ChangeRequestStatus.SUBMITTED,
            ChangeRequestStatus.WITHDRAWN,
            ChangeRequestStatus.EXPIRED,
        ),
        ChangeRequestStatus.REJECTED: (),
        ChangeRequestStatus.WITHDRAWN: (),
        ChangeRequestStatus.EXPIRED: (),
        ChangeRequestStatus.SUPERSEDED: (),
        ChangeRequestStatus.REVERTED: (),
    },
)
FIELD_DECISION = lifecycle(
    "proposed value",
    {
        FieldDecision.PENDING: (FieldDecision.ACCEPTED, FieldDecision.REFUSED),
        FieldDecision.ACCEPTED: (FieldDecision.PENDING, FieldDecision.REFUSED),
        FieldDecision.REFUSED: (FieldDecision.PENDING,),
    },
)
LINE_RESULT = lifecycle(
    "change request line",
    {
        LineResult.PENDING: (LineResult.CREATED, LineResult.UPDATED, LineResult.UNCHANGED, LineResult.REFUSED),
        LineResult.CREATED: (),
        LineResult.UPDATED: (),
        LineResult.UNCHANGED: (),
        LineResult.REFUSED: (),
    },
)

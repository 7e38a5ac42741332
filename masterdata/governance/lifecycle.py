"""The statuses of a change request and the results of its lines."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class ChangeRequestStatus(StrEnum):
    """How far a change request is."""

    DRAFT = "draft"
    """It is being written."""
    SUBMITTED = "submitted"
    """It waits for a decision."""
    APPROVED = "approved"
    """It may become active."""
    ACTIVE = "active"
    """Its changes are in force."""
    FAILED = "failed"
    """Its activation failed and may be tried again."""
    REJECTED = "rejected"
    """It was refused."""
    WITHDRAWN = "withdrawn"
    """Its submitter took it back."""


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


CHANGE_REQUEST_STATUS = lifecycle(
    "change request",
    {
        ChangeRequestStatus.DRAFT: (ChangeRequestStatus.SUBMITTED, ChangeRequestStatus.WITHDRAWN),
        ChangeRequestStatus.SUBMITTED: (
            ChangeRequestStatus.APPROVED,
            ChangeRequestStatus.REJECTED,
            ChangeRequestStatus.WITHDRAWN,
        ),
        ChangeRequestStatus.APPROVED: (ChangeRequestStatus.ACTIVE, ChangeRequestStatus.FAILED),
        ChangeRequestStatus.ACTIVE: (),
        ChangeRequestStatus.FAILED: (ChangeRequestStatus.ACTIVE, ChangeRequestStatus.WITHDRAWN),
        ChangeRequestStatus.REJECTED: (),
        ChangeRequestStatus.WITHDRAWN: (),
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

"""The status of a change request and of its lines."""

from kernel.lifecycle import lifecycle

CHANGE_REQUEST_STATUS = lifecycle(
    "change request",
    draft=("submitted", "withdrawn"),
    submitted=("approved", "rejected", "withdrawn"),
    approved=("active", "failed"),
    active=(),
    failed=("active", "withdrawn"),
    rejected=(),
    withdrawn=(),
)
LINE_RESULT = lifecycle(
    "change request line",
    pending=("created", "updated", "unchanged", "refused"),
    created=(),
    updated=(),
    unchanged=(),
    refused=(),
)

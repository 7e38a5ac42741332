"""The status of a case."""

from kernel.lifecycle import lifecycle

CASE_STATUS = lifecycle(
    "case",
    open=("acknowledged", "in_work", "awaiting_approval", "resolved", "dismissed", "auto_closed"),
    acknowledged=("in_work", "awaiting_approval", "resolved", "dismissed", "auto_closed"),
    in_work=("awaiting_approval", "resolved", "dismissed", "auto_closed"),
    awaiting_approval=("in_work", "resolved", "dismissed", "auto_closed"),
    resolved=(),
    dismissed=(),
    auto_closed=(),
)
CASE_TYPES = ("shortage", "partial_fill", "promise_at_risk", "match_variance")

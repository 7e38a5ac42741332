"""The status of a shortage and of an option."""

from kernel.lifecycle import lifecycle

SHORTAGE_STATUS = lifecycle(
    "shortage",
    detected=("proposed", "resolved", "withdrawn"),
    proposed=("executing", "resolved", "withdrawn"),
    executing=("proposed", "resolved", "withdrawn"),
    resolved=(),
    withdrawn=(),
)
OPTION_STATUS = lifecycle("option", offered=("chosen", "lapsed"), chosen=(), lapsed=())
OPTION_KINDS = ("transfer", "buy")

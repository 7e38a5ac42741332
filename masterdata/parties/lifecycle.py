"""The statuses of suppliers and customers."""

from enum import StrEnum

from kernel.lifecycle import lifecycle


class PartyStatus(StrEnum):
    """Whether a supplier or customer may be traded with."""

    ACTIVE = "active"
    """It may."""
    BLOCKED = "blocked"
    """It may not for now."""
    RETIRED = "retired"
    """It may not any more."""


class CreditStatus(StrEnum):
    """Whether a customer may order on credit."""

    GOOD = "good"
    """It may."""
    HOLD = "hold"
    """No new orders until a credit controller lifts it."""


PARTY_STATUS = lifecycle(
    "party",
    {
        PartyStatus.ACTIVE: (PartyStatus.BLOCKED, PartyStatus.RETIRED),
        PartyStatus.BLOCKED: (PartyStatus.ACTIVE, PartyStatus.RETIRED),
        PartyStatus.RETIRED: (),
    },
)
CREDIT_STATUS = lifecycle("credit", {CreditStatus.GOOD: (CreditStatus.HOLD,), CreditStatus.HOLD: (CreditStatus.GOOD,)})
